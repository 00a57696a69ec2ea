import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { instantOf } from '../../src/domain/instant.js';
import type { EventStore } from '../../src/eventstore/event-store.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import type { Telling } from './job.js';
import { IN_FLIGHT, usualEvent } from './appended-event.js';

export interface AppendParams {
  readonly folder: string;
  readonly milliseconds: number;
}

/** The value of `PRAGMA synchronous` for FULL. */
const FULL = 2;

async function appendUntil(store: EventStore, deadline: number): Promise<number> {
  const stream = `session-${randomUUID()}`;
  let version = 0;
  while (performance.now() < deadline) ({ version } = await store.append(stream, version, [usualEvent()]));
  return version;
}

/** Appends of one event each through the port, so many at a time; how many a second. @throws unless all are in the log */
export async function appendThroughPort(
  { folder, milliseconds }: AppendParams,
  tell: Telling,
): Promise<{ readonly perSecond: number }> {
  const database = openLogDatabase({ path: join(folder, 'log.db') });
  if (database.connection.pragma('synchronous') !== FULL) throw new Error('the log is not durable');
  const store = openSqliteEventStore({ database, now: () => instantOf(Date.now()) });
  const round = async (duration: number) => {
    const deadline = performance.now() + duration;
    const counts = await Promise.all(Array.from({ length: IN_FLIGHT }, () => appendUntil(store, deadline)));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  const warmUp = await round(milliseconds / 4);
  tell.started();
  const from = performance.now();
  const count = await round(milliseconds);
  const perSecond = count / ((performance.now() - from) / 1_000);
  const stored = Number(await store.head());
  if (stored !== warmUp + count)
    throw new Error(`${warmUp + count} appends were acknowledged, ${stored} are in the log`);
  await store.close();
  await database.close();
  return { perSecond };
}
