import { randomBytes, randomUUID } from 'node:crypto';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import type { DomainEvent, DomainEventType } from '../../src/domain/catalogue.js';
import type { EventMetadata } from '../../src/domain/event.js';
import type { LoggedEvent, RequestValues } from '../../src/eventstore/event-codec.js';
import { createEventLog, type EventLog } from '../../src/eventstore/event-log.js';
import type { EventStore } from '../../src/eventstore/event-store.js';
import type { LogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { openFold as openFoldOf, type Fold } from '../../src/projections/fold.js';
import type { Projection } from '../../src/projections/projection.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { openTakeIn } from '../../src/projections/taking-in.js';
import { createPersonKeys } from '../../src/vault/person-keys.js';
import { fixedKeyRing } from '../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../src/vault/sqlite/sqlite-vault.js';
import { FIRST } from '../conformance/vault/given.js';

/** When everything happens that is not said to happen at another moment. */
export const NOW = '2026-01-01T00:00:00.000Z';

export const METADATA: EventMetadata = {
  occurredAt: NOW,
  actor: { kind: 'USER', id: 'ada' },
  sessionId: 'session',
  requestId: 'request',
  correlationId: 'request',
  causationId: null,
};

/** Where an event stands in the log, and what stands beside it; the rest is made up. */
export interface Place {
  readonly position: number;
  readonly stream?: string;
  readonly metadata?: Partial<EventMetadata>;
  readonly request?: RequestValues | null;
}

/** An event as read models get it. */
export function logged(event: DomainEvent, { position, stream = 'user-sam', metadata, request }: Place): LoggedEvent {
  const place = { id: `event-${position}`, stream, version: position, position: BigInt(position) };
  const said = { metadata: { ...METADATA, ...metadata } };
  const stored = { ...{ type: event.type, revision: 1, data: event.data, recordedAt: NOW }, ...place, ...said };
  return { ...event, ...place, ...said, request: request ?? null, stored };
}

/** Events one after the other, from position 1 on. */
export function inLog(...events: readonly DomainEvent[]): readonly LoggedEvent[] {
  return events.map((event, index) => logged(event, { position: index + 1 }));
}

/** A read model that takes in events by itself; answers what stopped it. */
export interface LoneFold extends Fold {
  apply(events: readonly LoggedEvent[], position: bigint): Error | null;
}

/** Opens a read model that takes in events by itself. */
export function openFold(database: SqliteConnection, projection: Projection): LoneFold {
  const fold = openFoldOf(database, projection);
  const takeIn = openTakeIn(database);
  return { ...fold, apply: (events, position) => takeIn([fold], events, position).get(fold) ?? null };
}

/** A read-model file in memory in which a projection has taken in events, all at once. */
export function given(projection: Projection, ...events: readonly LoggedEvent[]): SqliteConnection {
  const { connection } = openReadModelFile(':memory:');
  const failure = openFold(connection, projection).apply(events, events.at(-1)?.position ?? 0n);
  if (failure !== null) throw failure;
  return connection;
}

/** All rows of a projection's tables. */
export function rowsOf(database: SqliteConnection, { tables }: Projection): Readonly<Record<string, unknown[]>> {
  return Object.fromEntries(
    tables.map((table) => [table, database.prepare(`SELECT * FROM "${table}" ORDER BY 1, 2`).all()]),
  );
}

/** A log with the vault that opens its personal values. */
export interface Ledger {
  readonly store: EventStore;
  readonly log: EventLog;
  /** Appends an event to a stream of its own; answers its position. */
  append(event: DomainEvent): Promise<bigint>;
  /** Appends an event that no release knows. */
  appendUnreadable(): Promise<bigint>;
  close(): Promise<void>;
}

const PERSON = 'person';

/** Opens a log in one file and a vault in another, or in the same. */
export async function openLedger(logDatabase: LogDatabase, vaultDatabase = logDatabase): Promise<Ledger> {
  const store = openSqliteEventStore({ database: logDatabase, now: () => NOW, pollMilliseconds: 10 });
  const vault = openSqliteVault({ database: vaultDatabase, keys: fixedKeyRing(FIRST), now: () => NOW });
  await vault.put({ kind: 'person', id: PERSON }, randomBytes(32)).catch(() => undefined);
  const log = createEventLog(store, createPersonKeys(vault));
  return {
    store,
    log,
    async append(event) {
      const id = randomUUID();
      const envelope = {
        ...{ metadata: METADATA, eventIds: [id], subjectPersonId: PERSON },
        request: { personId: PERSON, values: { ip: '192.0.2.1', userAgent: 'test' } },
      };
      return (await log.append(`${categoryOf(event.type)}-${id}`, 0, [event], envelope)).position;
    },
    async appendUnreadable() {
      const id = randomUUID();
      const event = { id, type: 'FromTheFuture', revision: 1, data: {}, metadata: METADATA };
      return (await store.append(`user-${id}`, 0, [event])).position;
    },
    async close() {
      await store.close();
      await vault.close();
      await logDatabase.close();
      await vaultDatabase.close();
    },
  };
}

function categoryOf(type: DomainEventType): 'account' | 'mfa' | 'user' {
  if (type.startsWith('Mfa')) return 'mfa';
  return type === 'PrimaryAccountRegistered' ? 'account' : 'user';
}
