import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Batch, EventStore, StoredEvent } from '../../src/eventstore/event-store.js';
import { EventStoreError } from '../../src/eventstore/event-store.js';
import type { LogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { follow } from '../conformance/event-store/follower.js';
import { event, events, freshStream, idsOf, streamOf } from '../conformance/event-store/given.js';
import type { Workplace } from '../conformance/sqlite-node.js';
import { workplace } from '../conformance/sqlite-node.js';
import { sqliteError } from '../sqlite/given.js';

const deadline = 30_000;

let place: Workplace;
let database: LogDatabase;
let store: EventStore;

function storeOn(on: LogDatabase, batchSize = 500): EventStore {
  return openSqliteEventStore({ database: on, now: () => '2026-01-01T00:00:00.000Z', pollMilliseconds: 10, batchSize });
}

beforeEach(() => {
  place = workplace();
  database = place.open();
  store = storeOn(database);
});

afterEach(async () => {
  await store.close();
  await place.dispose();
});

async function errorOf(attempt: Promise<unknown>): Promise<EventStoreError> {
  const error = await attempt.catch((reason: unknown) => reason);
  if (error instanceof EventStoreError) return error;
  throw new Error('no error of the event store', { cause: error });
}

/** How many transactions the -wal file holds: the frames that say how long the file is after them. */
function commits(): number {
  const wal = readFileSync(`${place.file}-wal`);
  const frame = 24 + wal.readUInt32BE(8);
  let count = 0;
  for (let at = 32; at + frame <= wal.length; at += frame) if (wal.readUInt32BE(at + 4) > 0) count += 1;
  return count;
}

describe('Appending to SQLite', () => {
  it('makes the appends of one turn durable by one commit', async () => {
    await store.append(freshStream(), 0, events(1));
    const before = commits();
    await Promise.all(Array.from({ length: 50 }, () => store.append(freshStream(), 0, events(2))));
    expect(commits() - before).toBe(1);
    await store.append(freshStream(), 0, events(2));
    expect(commits() - before).toBe(2);
  });

  it('refuses the loser of a race and no other append of its turn', async () => {
    const stream = freshStream();
    const attempts = [stream, freshStream(), stream, freshStream()].map((name) => store.append(name, 0, events(2)));
    const outcomes = (await Promise.allSettled(attempts)).map(({ status }) => status);
    expect(outcomes).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect((await store.readAll({ after: 0n, limit: 10 })).events).toHaveLength(6);
  });

  it('appends in the order of the calls', async () => {
    const stream = freshStream();
    const given = events(20);
    await Promise.all(given.map((one, version) => store.append(stream, version, [one])));
    expect(idsOf(await store.readStream(stream))).toEqual(idsOf(given));
  });

  it('takes more appends than one commit holds', async () => {
    const streams = Array.from({ length: 1_200 }, freshStream);
    await Promise.all(streams.map((stream) => store.append(stream, 0, events(1))));
    const { events: stored } = await store.readAll({ after: 0n, limit: 2_000 });
    expect(stored.map(({ stream }) => stream)).toEqual(streams);
  });

  it('keeps positions exact beyond what a number can hold', async () => {
    await store.append(freshStream(), 0, events(1));
    database.connection.exec('UPDATE sqlite_sequence SET seq = 9007199254740993');
    const stream = freshStream();
    const { position } = await store.append(stream, 0, events(2));
    expect(position).toBe(9_007_199_254_740_995n);
    expect(await store.head()).toBe(position);
    const page = await store.readAll({ after: 9_007_199_254_740_994n, limit: 10 });
    expect(page.events.map((stored) => stored.position)).toEqual([position]);
    expect((await store.readStream(stream)).map((stored) => stored.position)).toEqual([position - 1n, position]);
  });
});

describe('An SQLite log whose disk is full', () => {
  const PAGES = 40;

  async function fill(): Promise<readonly StoredEvent[]> {
    database.connection.pragma(`max_page_count = ${PAGES}`);
    const stream = freshStream();
    for (let version = 0; version < 1_000; version += 1) {
      const answer = await store
        .append(stream, version, [event({ data: { text: 'x'.repeat(5_000) } })])
        .catch(errorOfReason);
      if (answer instanceof EventStoreError) {
        expect(answer).toMatchObject({
          code: 'UNAVAILABLE',
          message: 'the event log is unavailable: the disk is full',
        });
        return store.readStream(stream).then((stored) => {
          expect(stored).toHaveLength(version);
          return stored;
        });
      }
    }
    throw new Error('the disk was never full');
  }

  const errorOfReason = (reason: unknown): unknown => reason;

  it('is unavailable for what has no room, keeps what it acknowledged, and goes on when there is room again', async () => {
    const [first] = await fill();
    if (first === undefined) throw new Error('nothing was stored');
    const stored = await store.readStream(first.stream);
    expect(database.connection.pragma('quick_check')).toBe('ok');
    database.connection.pragma('max_page_count = 1000000');
    expect(await store.append(first.stream, stored.length, events(1))).toMatchObject({ version: stored.length + 1 });
  });

  it('answers every append of a turn truly', async () => {
    database.connection.pragma(`max_page_count = ${PAGES}`);
    const streams = Array.from({ length: 60 }, freshStream);
    const outcomes = await Promise.allSettled(
      streams.map((stream) => store.append(stream, 0, [event({ data: { text: 'x'.repeat(5_000) } })])),
    );
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    for (const [index, { status }] of outcomes.entries()) {
      expect(await store.readStream(streams[index] ?? '')).toHaveLength(status === 'fulfilled' ? 1 : 0);
    }
  });
});

describe('An SQLite log that cannot be written', () => {
  it('is unavailable for appends, readable all the while, and goes on when it can be', async () => {
    const { stream } = await streamOf(store, 2);
    database.connection.pragma('query_only = ON');
    const error = await errorOf(store.append(stream, 2, [event({ data: { word: 'confidential' } })]));
    expect(error).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'the event log is unavailable: the file cannot be written',
    });
    expect(`${error.message} ${String(error.cause)}`).not.toContain('confidential');
    expect(await store.readStream(stream)).toHaveLength(2);
    database.connection.pragma('query_only = OFF');
    expect(await store.append(stream, 2, events(1))).toMatchObject({ version: 3 });
  });

  it('is unavailable when another process holds it locked for too long', async () => {
    const hasty = storeOn(place.open(100));
    const { stream } = await streamOf(hasty, 1);
    database.connection.exec('BEGIN IMMEDIATE');
    const attempts = [hasty.append(stream, 1, events(1)), hasty.append(freshStream(), 0, events(1))];
    for (const attempt of attempts) {
      expect(await errorOf(attempt)).toMatchObject({
        code: 'UNAVAILABLE',
        message: 'the event log is unavailable: another process holds the file locked',
      });
    }
    database.connection.exec('ROLLBACK');
    expect(await hasty.readStream(stream)).toHaveLength(1);
    expect(await hasty.append(stream, 1, events(1))).toMatchObject({ version: 2 });
  });

  it('waits for a lock to go, and lets the process go on meanwhile', async () => {
    const patient = storeOn(place.open(60_000));
    database.connection.exec('BEGIN IMMEDIATE');
    let answered = false;
    const appending = patient.append(freshStream(), 0, events(1)).finally(() => (answered = true));
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(answered).toBe(false);
    database.connection.exec('ROLLBACK');
    expect(await appending).toMatchObject({ version: 1 });
  });
});

describe('Reading from SQLite', () => {
  it('does not quote an event that it cannot read', async () => {
    database.connection.exec(
      `INSERT INTO events VALUES (NULL, 'session-1', 1, 'id', 'Type', 1, '{ confidential', '{}', NULL, '')`,
    );
    const error = await errorOf(store.readStream('session-1'));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'the event at position 1 is damaged: it is not JSON' });
    expect(error.cause).toBeUndefined();
  });

  it('is refused as CLOSED when the database is closed before the store', async () => {
    await database.close();
    expect(await errorOf(store.head())).toMatchObject({ code: 'CLOSED' });
    expect(await errorOf(store.append(freshStream(), 0, events(1)))).toMatchObject({ code: 'CLOSED' });
  });

  it('settles the appends under way before the database is closed', async () => {
    const appending = store.append(freshStream(), 0, events(1));
    await database.close();
    expect(await appending).toMatchObject({ version: 1 });
  });
});

describe('Subscribing to SQLite', () => {
  it('leaves neither timer nor listener behind, however it ends', async () => {
    const started = jest.spyOn(globalThis, 'setInterval');
    const stopped = jest.spyOn(globalThis, 'clearInterval');
    const { stream } = await streamOf(store, 1);
    const abort = new AbortController();
    const given = { store, deadline };
    const follower = follow(given, { after: 0n, streams: [stream] });
    await follower.untilCount(1);
    for await (const batch of store.subscribe({ after: 0n, signal: abort.signal })) {
      expect(batch.events).toHaveLength(1);
      break;
    }
    await store.append(stream, 1, events(1));
    await follower.untilCount(2);
    await follower.stop();
    const closed = follow(given, { after: 0n, streams: [stream] });
    await closed.untilCount(2);
    await store.close();
    await closed.ended();
    expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
    const timers = started.mock.results.map(({ value }) => value);
    const cleared = stopped.mock.calls.map(([timer]) => timer);
    expect(timers.length).toBeGreaterThan(0);
    for (const timer of timers) {
      expect(cleared).toContain(timer);
      expect((timer as NodeJS.Timeout).hasRef()).toBe(false);
    }
    jest.restoreAllMocks();
  });

  it('takes its listener from the signal each time it has waited', async () => {
    const abort = new AbortController();
    const seen: Batch[] = [];
    const consume = async (): Promise<void> => {
      for await (const batch of store.subscribe({ after: 0n, signal: abort.signal })) {
        seen.push(batch);
        expect(getEventListeners(abort.signal, 'abort')).toHaveLength(0);
        if (seen.length === 20) return;
        void store.append(freshStream(), 0, events(1));
      }
    };
    const consuming = consume();
    await store.append(freshStream(), 0, events(1));
    await consuming;
    expect(seen.flatMap((batch) => batch.events)).toHaveLength(20);
  });

  it('lets the rest of the process have its turn while it catches up', async () => {
    const small = storeOn(database, 10);
    const stream = freshStream();
    await small.append(stream, 0, events(500));
    let turns = 0;
    const turn = (): void => {
      turns += 1;
      immediate = setImmediate(turn);
    };
    let immediate = setImmediate(turn);
    const follower = follow({ store: small, deadline }, { after: 0n, streams: [stream] });
    await follower.untilCount(500);
    clearImmediate(immediate);
    expect(turns).toBeGreaterThanOrEqual(40);
    await follower.stop();
    await small.close();
  });

  const [SQLITE_CORRUPT, SQLITE_IOERR_READ] = [11, 266];

  /** Makes reading the log fail as SQLite does, while `failing` says so. */
  function withFault(errcode: number): { failing: boolean } {
    const fault = { failing: false };
    const { connection } = database;
    const prepare = connection.prepareLists.bind(connection);
    connection.prepareLists = (sql, options) => {
      const statement = prepare<never, never>(sql, options);
      if (!sql.includes('position > ?')) return statement;
      const all = statement.all.bind(statement);
      statement.all = (...parameters) => {
        if (fault.failing) throw sqliteError(errcode);
        return all(...parameters);
      };
      return statement;
    };
    return fault;
  }

  it('goes on after a fault that passes', async () => {
    const fault = withFault(SQLITE_IOERR_READ);
    const faulty = storeOn(database);
    const { stream } = await streamOf(faulty, 1);
    const follower = follow({ store: faulty, deadline }, { after: 0n, streams: [stream] });
    await follower.untilCount(1);
    fault.failing = true;
    await faulty.append(stream, 1, events(1));
    expect(await errorOf(faulty.readAll({ after: 0n, limit: 1 }))).toMatchObject({ code: 'UNAVAILABLE' });
    fault.failing = false;
    await follower.untilCount(2);
    await follower.stop();
    await faulty.close();
  });

  it('fails where the file is damaged', async () => {
    const fault = withFault(SQLITE_CORRUPT);
    const damaged = storeOn(database);
    await streamOf(damaged, 1);
    fault.failing = true;
    const follower = follow({ store: damaged, deadline }, { after: 0n, streams: [] });
    await expect(follower.ended()).rejects.toThrow('the event log is unavailable: the file is damaged');
    await damaged.close();
  });
});
