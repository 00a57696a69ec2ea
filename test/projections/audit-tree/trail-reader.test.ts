import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventStore, ReadAllOptions } from '../../../src/eventstore/event-store.js';
import { parseConnection } from '../../../src/eventstore/eventstoredb/connection-string.js';
import { openEventStoreDbEventStore } from '../../../src/eventstore/eventstoredb/eventstoredb-event-store.js';
import { DbStreams } from '../../../src/eventstore/eventstoredb/streams.js';
import { openLogDatabase } from '../../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../../src/eventstore/sqlite/sqlite-event-store.js';
import { recordHash } from '../../../src/audit/leaf.js';
import { auditTreeProjection } from '../../../src/projections/audit-tree/audit-tree-projection.js';
import type { AuditTrees } from '../../../src/projections/audit-tree/audit-trees.js';
import { createTrailReader, type ReadRecord } from '../../../src/projections/audit-tree/trail-reader.js';
import { decodeEvent } from '../../../src/eventstore/event-codec.js';
import { hex } from '../../audit/merkle/given.js';
import { ACME, event, times } from '../../support/builders.js';
import { startDouble } from '../../support/eventstoredb/double.js';
import { given, METADATA, NOW, openFold } from '../given.js';
import { OTHER, treesIn } from './given.js';

/** A log with the trees over it. */
interface Ground {
  readonly store: EventStore;
  readonly trees: AuditTrees;
  close(): Promise<void>;
}

async function sqliteStore() {
  const database = openLogDatabase({ path: ':memory:' });
  const store = openSqliteEventStore({ database, now: () => NOW });
  return { store, seal: async () => undefined, close: () => store.close().then(() => database.close()) };
}

async function eventStoreDbStore() {
  const double = await startDouble();
  const streams = new DbStreams(parseConnection({ url: double.url, credentials: null, caFile: null }));
  const store = openEventStoreDbEventStore({ streams });
  const sealed = { id: randomUUID(), type: 'SecretPut', data: {}, metadata: {} };
  return {
    store,
    // A vault's events lie in the same server, and are none of the log.
    seal: (count: number) =>
      streams.append(
        `vault-${randomUUID()}`,
        -1n,
        times(count, () => ({ ...sealed, id: randomUUID() })),
      ),
    async close() {
      await store.close();
      await streams.close();
      await double.close();
    },
  };
}

type Opened = Awaited<ReturnType<typeof sqliteStore | typeof eventStoreDbStore>>;

function enabled(accountId: string) {
  const { data } = event('MfaEnabled', { accountId });
  return { id: randomUUID(), type: 'MfaEnabled', revision: 1, data, metadata: METADATA };
}

/** How many of an account's events, of strangers' and of the vault's are appended one after the other. */
const STORY = [
  [5, 0, 0],
  [1, 1, 0],
  [700, 0, 1],
  [1, 40, 3],
  [1, 1, 1],
  [1, 3, 2],
  [1, 700, 0],
  [30, 0, 0],
] as const;

async function write({ store, seal }: Opened): Promise<void> {
  const append = (accountId: string, count: number) =>
    store.append(
      `mfa-${randomUUID()}`,
      0,
      times(count, () => enabled(accountId)),
    );
  for (const [own, strange, secret] of STORY) {
    if (strange > 0) await append(OTHER, strange);
    if (secret > 0) await seal(secret);
    await append(ACME, own);
  }
}

async function groundOn(opened: Opened): Promise<Ground> {
  const { store, close } = opened;
  await write(opened);
  const database = given(auditTreeProjection);
  const fold = openFold(database, auditTreeProjection);
  for (let after = 0n; ;) {
    const { events, position } = await store.readAll({ after, limit: 400 });
    if (position === after) break;
    const decoded = events.map((stored) => decodeEvent(stored, () => null));
    expect(fold.apply(decoded, position)).toBeNull();
    after = position;
  }
  return { store, trees: treesIn(database), close };
}

const COUNT = STORY.reduce((sum, [own]) => sum + own, 0);

/** A store that notes how it is read. */
function noting(store: EventStore) {
  const reads: ReadAllOptions[] = [];
  const readAll: EventStore['readAll'] = (options) => {
    reads.push(options);
    return store.readAll(options);
  };
  return { reads, store: { ...store, readAll } };
}

async function all(records: AsyncIterable<ReadRecord>): Promise<readonly ReadRecord[]> {
  const read: ReadRecord[] = [];
  for await (const one of records) read.push(one);
  return read;
}

describe.each([
  ['SQLite', sqliteStore],
  ['EventStoreDB', eventStoreDbStore],
])('Records read from a log on %s', (_, open) => {
  let opened: Opened;
  let ground: Ground;
  beforeAll(async () => {
    opened = await open();
    ground = await groundOn(opened);
  });
  // Also where the ground could not be laid: a server that nobody closes keeps the worker alive.
  afterAll(() => opened.close());

  it('are those whose leaves the tree has, in order', async () => {
    const { store, trees } = ground;
    const read = await all(createTrailReader(store, trees).recordsOf(ACME, 0, Infinity));
    expect(read.map(({ record }) => record.seq)).toEqual(Array.from({ length: COUNT }, (__, seq) => seq));
    const nodes = trees.nodesOf(ACME);
    for (const { record } of read) expect(hex(recordHash(record))).toBe(hex(nodes.get(0, record.seq) ?? Buffer.of()));
  });

  it.each([
    [0, 1],
    [4, 7],
    [600, 720],
    [700, 705],
    [COUNT - 1, COUNT],
    [COUNT, COUNT + 5],
    [9, 9],
  ])('are those from %i to before %i', async (from, to) => {
    const { store, trees } = ground;
    const read = await all(createTrailReader(store, trees).recordsOf(ACME, from, to));
    const seqs = Array.from({ length: Math.max(0, Math.min(to, COUNT) - from) }, (__, index) => from + index);
    expect(read.map(({ record }) => record.seq)).toEqual(seqs);
    expect(read.every(({ record, stored }) => record.id === stored.id && stored.data.accountId === ACME)).toBe(true);
  });

  it('are found by their place, each by itself', async () => {
    const { store, trees } = ground;
    const reader = createTrailReader(store, trees);
    for (const seq of [0, 5, 6, 706, 707, 708, 709, COUNT - 1])
      expect((await reader.recordAt(ACME, seq))?.record.seq).toBe(seq);
    expect(await reader.recordAt(ACME, COUNT)).toBeNull();
    expect(await reader.recordAt('nobody', 0)).toBeNull();
  });
});

describe('Reading records', () => {
  it('reads the log only as it is asked for more, a bounded piece at once, and few strangers', async () => {
    const { store, trees, close } = await groundOn(await sqliteStore());
    const noted = noting({
      ...{ append: store.append.bind(store), readStream: store.readStream.bind(store) },
      ...{ readAll: store.readAll.bind(store), subscribe: store.subscribe.bind(store) },
      ...{ head: store.head.bind(store), close: store.close.bind(store) },
    });
    const records = createTrailReader(noted.store, trees).recordsOf(ACME, 0, Infinity)[Symbol.asyncIterator]();
    expect(noted.reads).toEqual([]);
    await records.next();
    expect(noted.reads).toEqual([{ after: 0n, limit: 5 }]);
    for (let read = 1; read < COUNT; read += 1) await records.next();
    expect((await records.next()).done).toBe(true);
    expect(noted.reads.length).toBeLessThan(15);
    expect(noted.reads.every(({ limit }) => limit <= 500)).toBe(true);
    expect(noted.reads.reduce((sum, { limit }) => sum + limit, 0)).toBeLessThan(2 * COUNT);
    await close();
  });

  it('says so where the log does not have a record that the trees have', async () => {
    const { trees, close } = await groundOn(await sqliteStore());
    const another = await sqliteStore();
    const reader = createTrailReader(another.store, trees);
    await expect(reader.recordAt(ACME, 0)).rejects.toMatchObject({ code: 'RECORD_MISSING' });
    await write(another);
    await expect(reader.recordAt(ACME, COUNT - 1)).resolves.not.toBeNull();
    const shorter = { ...another.store, readAll: async () => ({ events: [], position: 10_000n }) };
    await expect(createTrailReader(shorter, trees).recordAt(ACME, 3)).rejects.toThrow(/record 3 of account acme/);
    await another.close();
    await close();
  });
});
