import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { MAX_REVISION } from '../../support/eventstoredb/log.js';
import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { CLASSIC, clients, collect, event, events, failure } from './clients.js';

let double: Double;
const { open, disposeAll } = clients();

beforeEach(async () => {
  double = await startDouble();
});

afterEach(async () => {
  await disposeAll();
  await double.close();
});

async function revisions(read: Parameters<typeof collect>[0]): Promise<(bigint | undefined)[]> {
  return (await collect(read)).map((resolved) => resolved.event?.revision);
}

test('a stream is read in both directions, from a revision on that is included', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(5), CLASSIC);
  expect(await revisions(client.readStream('s', { fromRevision: 2n }))).toEqual([2n, 3n, 4n]);
  expect(await revisions(client.readStream('s', { fromRevision: 2n, maxCount: 2 }))).toEqual([2n, 3n]);
  expect(await revisions(client.readStream('s', { fromRevision: 2n, direction: 'backwards' }))).toEqual([2n, 1n, 0n]);
  expect(await revisions(client.readStream('s', { fromRevision: 'end', direction: 'backwards', maxCount: 1 }))).toEqual(
    [4n],
  );
  expect(await revisions(client.readStream('s', { fromRevision: 5n }))).toEqual([]);
});

test('the whole log begins with events of the system, and its positions grow with gaps', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(2), CLASSIC);
  const all = await collect(client.readAll());
  expect(all[0]?.event?.streamId).toMatch(/^\$/);
  const positions = all.map((resolved) => resolved.event?.position);
  const commits = positions.map((position) => position?.commit ?? 0n);
  commits.forEach((commit, index) => expect(commit).toBeGreaterThan((commits[index - 1] ?? 99n) + 1n));
  expect(positions.map((position) => position?.prepare)).toEqual(commits);
});

test('the whole log is read forwards with the position that is named, backwards without', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(3), CLASSIC);
  const [first, second, third] = (await collect(client.readStream('s'))).map((resolved) => resolved.event);
  const fromPosition = second?.position ?? 'start';
  const ids = async (read: Parameters<typeof collect>[0]) =>
    (await collect(read)).map((resolved) => resolved.event?.id);
  expect(await ids(client.readAll({ fromPosition }))).toEqual([second?.id, third?.id]);
  expect((await ids(client.readAll({ fromPosition, direction: 'backwards' })))[0]).toBe(first?.id);
  expect(await ids(client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 }))).toEqual([third?.id]);
  expect(await ids(client.readAll({ fromPosition: 'end' }))).toEqual([]);
});

test('a stream that is not there is not found, and a read that somebody leaves is closed', async () => {
  const client = await open(double.url);
  expect(await failure(collect(client.readStream('s')))).toMatchObject({ type: 'stream-not-found', streamName: 's' });
  expect(double.counters.open.read).toBe(0);
});

test('what is truncated is gone from the stream, and stays in the log', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(4), CLASSIC);
  await client.setStreamMetadata('s', { truncateBefore: 2 }, CLASSIC);
  expect(await revisions(client.readStream('s'))).toEqual([2n, 3n]);
  expect(await revisions(client.readStream('s', { fromRevision: 'end', direction: 'backwards' }))).toEqual([3n, 2n]);
  expect((await client.getStreamMetadata('s')).metadata).toEqual({ truncateBefore: 2 });
  const all = await collect(client.readAll());
  expect(all.filter((resolved) => resolved.event?.streamId === 's')).toHaveLength(4);
  expect(all.at(-1)?.event).toMatchObject({ type: '$metadata', streamId: '$$s' });
  await client.setStreamMetadata('s', { truncateBefore: 9 }, CLASSIC);
  expect(await revisions(client.readStream('s'))).toEqual([]);
  expect(await client.appendToStream('s', event(), { expectedRevision: 3n, ...CLASSIC })).toMatchObject({
    nextExpectedRevision: 4n,
  });
});

test('of a stream with a largest count the last events are read', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(4), CLASSIC);
  await client.setStreamMetadata('s', { maxCount: 3 }, CLASSIC);
  expect(await revisions(client.readStream('s'))).toEqual([1n, 2n, 3n]);
});

test('a stream that was deleted is not found, and goes on with its revisions when it is created again', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(2), CLASSIC);
  const error = await failure(client.deleteStream('s', { expectedRevision: 0n }));
  expect(error).toMatchObject({ type: 'wrong-expected-version', expectedVersion: 0n, actualVersion: 1n });
  await client.deleteStream('s', { expectedRevision: 1n });
  expect(await failure(collect(client.readStream('s')))).toMatchObject({ type: 'stream-not-found' });
  const existing = { expectedRevision: 'stream_exists', ...CLASSIC } as const;
  expect(await failure(client.appendToStream('s', event(), existing))).toMatchObject({ type: 'stream-deleted' });
  const again = await client.appendToStream('s', event(), { expectedRevision: 'no_stream', ...CLASSIC });
  expect(again.nextExpectedRevision).toBe(2n);
  expect(await revisions(client.readStream('s'))).toEqual([2n]);
});

test('a stream with a tombstone is neither read nor written nor deleted again', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), CLASSIC);
  await client.tombstoneStream('s');
  const deleted = { type: 'stream-deleted', streamName: 's' };
  expect(await failure(collect(client.readStream('s')))).toMatchObject(deleted);
  expect(await failure(client.appendToStream('s', event(), CLASSIC))).toMatchObject(deleted);
  expect(await failure(client.appendToStream('s', event()))).toMatchObject(deleted);
  expect(await failure(client.tombstoneStream('s'))).toMatchObject(deleted);
  expect(await failure(client.deleteStream('s'))).toMatchObject(deleted);
  const [last] = await collect(client.readAll({ fromPosition: 'end', direction: 'backwards', maxCount: 1 }));
  expect(last?.event).toMatchObject({ type: '$streamDeleted', streamId: 's', revision: MAX_REVISION });
});
