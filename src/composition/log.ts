import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, EventStoreDbConfig } from '../config.js';
import type { Instant } from '../domain/instant.js';
import { EventStoreError, type EventStore } from '../eventstore/event-store.js';
import { parseConnection, placeOf } from '../eventstore/eventstoredb/connection-string.js';
import { openEventStoreDbEventStore } from '../eventstore/eventstoredb/eventstoredb-event-store.js';
import { DbStreams } from '../eventstore/eventstoredb/streams.js';
import { openLogDatabase, openLogDatabaseToRead, type LogDatabase } from '../eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../eventstore/sqlite/sqlite-event-store.js';
import type { KeyRingSource } from '../vault/key-ring-source.js';
import { openEventStoreDbVault } from '../vault/eventstoredb/eventstoredb-vault.js';
import { SECRETS_NAMES } from '../vault/sqlite/secrets-table.js';
import { openSqliteVault } from '../vault/sqlite/sqlite-vault.js';
import type { Vault } from '../vault/vault.js';

/** Where the log and the vault are, opened. */
export interface OpenedLog {
  openStore(): EventStore;
  openVault(keys: KeyRingSource): Vault;
  /** Lets go what store and vault share; both are closed before. */
  close(): Promise<void>;
}

/** What the log is opened with beside its settings. */
export interface LogContext {
  readonly now: () => Instant;
  /** Told what the operator should know, in words that hold no password. */
  readonly onWarning: (message: string) => void;
}

/** Events that are handed to a subscriber at once: read models write a page once where it changes often, and little lives long. */
const BATCH = 1_000;

function logFileIn(dataDir: string): string {
  return join(dataDir, 'log.db');
}

function onSqlite(database: LogDatabase, { now }: LogContext): OpenedLog {
  return {
    openStore: () => openSqliteEventStore({ database, now, batchSize: BATCH }),
    openVault: (keys) => openSqliteVault({ database, keys, now }),
    close: () => database.close(),
  };
}

function openEventStoreDb({ url, username, password, caFile }: EventStoreDbConfig, context: LogContext): OpenedLog {
  const { now, onWarning } = context;
  const credentials = username === null || password === null ? null : { username, password };
  const connection = parseConnection({ url, credentials, caFile });
  if (!connection.tls) onWarning(`the connection to ${placeOf(connection)} is not encrypted, and names no user`);
  const streams = new DbStreams(connection);
  const onDrop = (reason: string) => onWarning(`a subscription to the event log begins anew: ${reason}`);
  return {
    openStore: () => openEventStoreDbEventStore({ streams, onDrop }),
    openVault: (keys) => openEventStoreDbVault({ streams, keys, now }),
    close: () => streams.close(),
  };
}

/** Opens the log that the settings name: the one place that chooses between adapters. */
export function openLog({ eventStore, dataDir }: Config, context: LogContext): OpenedLog {
  switch (eventStore.kind) {
    case 'SQLITE':
      return onSqlite(openLogDatabase({ path: logFileIn(dataDir) }), context);
    case 'EVENTSTOREDB':
      return openEventStoreDb(eventStore, context);
  }
}

/** Sees to it that a log is there, so that a command with the wrong settings makes none. @throws `UNREADABLE_FILE` where there is none */
export async function expectLog(config: Config, context: LogContext): Promise<void> {
  if (config.eventStore.kind !== 'SQLITE') return;
  const path = logFileIn(config.dataDir);
  if (!existsSync(path))
    throw new EventStoreError('UNREADABLE_FILE', `there is no event log ${path}: set DATA_DIR to the service's folder`);
  await openLogToRead(config, context).close();
}

/** Opens the log that the settings name beside a service that may be running: a file so that nothing can be written to it. */
export function openLogToRead(config: Config, context: LogContext): OpenedLog {
  const { eventStore, dataDir } = config;
  if (eventStore.kind !== 'SQLITE') return openLog(config, context);
  const path = logFileIn(dataDir);
  const database = openLogDatabaseToRead({ path });
  for (const name of database.missing(SECRETS_NAMES))
    context.onWarning(`the event log ${path} lacks ${name}: somebody removed it; restore the file from a backup`);
  return onSqlite(database, context);
}
