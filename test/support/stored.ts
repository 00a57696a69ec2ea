import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { EventMetadata } from '../../src/domain/event.js';
import type { EventStore, StoredEvent } from '../../src/eventstore/event-store.js';
import { parseConnection } from '../../src/eventstore/eventstoredb/connection-string.js';
import { openEventStoreDbEventStore } from '../../src/eventstore/eventstoredb/eventstoredb-event-store.js';
import { DbStreams } from '../../src/eventstore/eventstoredb/streams.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import type { Loose } from './client.js';

/** An event as it lies in the log, its values as a test expects them. */
export interface StoredRow extends Omit<StoredEvent, 'data' | 'metadata' | 'personal'> {
  readonly data: Loose;
  readonly metadata: Loose;
  /** Null where the event has no personal values. */
  readonly personal: Loose;
}

/** Where a service has its log: a server, if it was given one, a file of its folder otherwise. */
export interface LogPlace {
  readonly folder: string;
  readonly eventStoreUrl?: string | null;
}

/** When what is put into the log past the service happened. */
const PAST = '2026-01-01T00:00:00.000Z';
const BATCH = 1_000;

/** A store that closes, with itself, what it lies on. */
function withItsGround(store: EventStore, ground: { close(): Promise<void> }): EventStore {
  return {
    append: (stream, expected, events) => store.append(stream, expected, events),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    async close() {
      await store.close();
      await ground.close();
    },
  };
}

/** Opens the log that a service has, whatever kind it is of, past the service. To be closed by the caller. */
export async function openLogOf({ folder, eventStoreUrl: url = null }: LogPlace): Promise<EventStore> {
  if (url !== null) {
    const streams = new DbStreams(parseConnection({ url, credentials: null, caFile: null }));
    return withItsGround(openEventStoreDbEventStore({ streams }), streams);
  }
  const database = openLogDatabase({ path: join(folder, 'log.db') });
  return withItsGround(openSqliteEventStore({ database, now: () => PAST }), database);
}

async function inLog<T>(place: LogPlace, use: (store: EventStore) => Promise<T>): Promise<T> {
  const store = await openLogOf(place);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function everyEvent(store: EventStore): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let after = 0n; ;) {
    const batch = await store.readAll({ after, limit: BATCH });
    events.push(...batch.events);
    if (batch.position === after) return events;
    after = batch.position;
  }
}

function matching(streams: string): (event: StoredEvent) => boolean {
  const pattern = new RegExp(`^${streams.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  return ({ stream }) => pattern.test(stream);
}

/** Events of the log, read past the service: all, or those of streams whose names match; `*` stands for anything. */
export async function storedEvents(place: LogPlace, streams = '*'): Promise<readonly StoredRow[]> {
  const events = await inLog(place, (store) => (streams.includes('*') ? everyEvent(store) : store.readStream(streams)));
  // Under Jest the driver's arrays are of another realm, which a strict comparison would mind.
  return [...events].filter(matching(streams)).map((event) => ({ ...event, personal: event.personal ?? null }));
}

/** Events as JSON text. */
export function textOf(events: readonly StoredRow[]): string {
  return JSON.stringify(events, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** The types of such events, in the order of the log. */
export async function storedTypes(place: LogPlace, streams = '*'): Promise<readonly string[]> {
  return (await storedEvents(place, streams)).map(({ type }) => type);
}

/** The position of the last event. */
export function headOf(place: LogPlace): Promise<bigint> {
  return inLog(place, (store) => store.head());
}

const METADATA: EventMetadata = {
  ...{ occurredAt: PAST, actor: { kind: 'SYSTEM', id: null }, sessionId: null },
  ...{ requestId: 'past', correlationId: 'past', causationId: null },
};

/** Puts an event at the end of a stream, past the service: as another release would. */
export async function appendPast(place: LogPlace, stream: string, type: string, data: Loose): Promise<void> {
  await inLog(place, async (store) => {
    const [last] = await store.readStream(stream, { direction: 'backwards', limit: 1 });
    await store.append(stream, last?.version ?? 0, [{ id: randomUUID(), type, revision: 1, data, metadata: METADATA }]);
  });
}

/** Appends of so many events stay below what an append may weigh. */
const LONG_EVENTS_AT_ONCE = 40;

/** Makes a trail long, past the service: events of about 20 kB, 12 MB in all, which is more than the buffers of a connection take. */
export async function lengthenTrail(place: LogPlace, accountId: string): Promise<number> {
  const metadata = { ...METADATA, requestId: 'x'.repeat(20_000) };
  const userId = randomUUID();
  const event = () => ({ id: randomUUID(), type: 'MfaUnlocked', revision: 1, data: { accountId, userId }, metadata });
  const count = 15 * LONG_EVENTS_AT_ONCE;
  await inLog(place, async (store) => {
    for (let version = 0; version < count; version += LONG_EVENTS_AT_ONCE)
      await store.append(`mfa-${userId}`, version, Array.from({ length: LONG_EVENTS_AT_ONCE }, event));
  });
  return count;
}
