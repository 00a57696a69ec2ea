import { join } from 'node:path';
import { ConfigError, type Config } from '../config.js';
import type { Instant } from '../domain/instant.js';
import type { EventStore } from '../eventstore/event-store.js';
import { openLogDatabase } from '../eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../eventstore/sqlite/sqlite-event-store.js';
import type { KeyRing } from '../vault/key-ring.js';
import { openSqliteVault } from '../vault/sqlite/sqlite-vault.js';
import type { Vault } from '../vault/vault.js';

/** Where the log and the vault are, opened. */
export interface OpenedLog {
  openStore(): EventStore;
  openVault(keyRing: KeyRing): Vault;
  /** Lets go what store and vault share; both are closed before. */
  close(): Promise<void>;
}

/** What the log is opened with beside its settings. */
export interface LogContext {
  readonly now: () => Instant;
  /** Told what the operator should know, in words that hold no password. */
  readonly onWarning: (message: string) => void;
}

function openSqlite(dataDir: string, now: () => Instant): OpenedLog {
  const database = openLogDatabase({ path: join(dataDir, 'log.db') });
  return {
    openStore: () => openSqliteEventStore({ database, now }),
    openVault: (keyRing) => openSqliteVault({ database, keyRing, now }),
    close: () => database.close(),
  };
}

/** Opens the log that the settings name: the one place that chooses between adapters. */
export async function openLog({ eventStore, dataDir }: Config, { now }: LogContext): Promise<OpenedLog> {
  switch (eventStore.kind) {
    case 'SQLITE':
      return openSqlite(dataDir, now);
    case 'EVENTSTOREDB':
      throw new ConfigError('EVENT_STORE_URL is set: this release does not know EventStoreDB yet. Unset it.');
  }
}
