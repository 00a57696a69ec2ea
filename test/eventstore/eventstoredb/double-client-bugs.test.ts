import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { CLASSIC, clients, collect, event, failure, load } from './clients.js';

/** What is wrong with the client's BatchAppend, and does not happen to an append with credentials of its own. */
let double: Double;
const { open, disposeAll } = clients();

beforeEach(async () => {
  double = await startDouble();
});

afterEach(async () => {
  await disposeAll();
  await double.close();
});

/** Whether a promise has been settled, as far as one can know by now. */
function watched(promise: Promise<unknown>): { readonly settled: () => boolean; readonly error: () => unknown } {
  let settled = false;
  let error: unknown;
  promise
    .catch((reason: unknown) => (error = reason))
    .finally(() => (settled = true))
    .catch(() => undefined);
  return { settled: () => settled, error: () => error };
}

test('an append in a batch has no deadline of its own, one with credentials has', async () => {
  const client = await open(double.url);
  double.faults.hang = new Set(['append', 'batchAppend']);
  const batch = watched(client.appendToStream('s', event(), { deadline: 50 }));
  await eventually(async () => expect(double.counters.open.batchAppend).toBe(1));
  const classic = await failure(client.appendToStream('s', event(), { ...CLASSIC, deadline: 200 }));
  expect(classic).toMatchObject({ type: 'deadline-exceeded' });
  expect(batch.settled()).toBe(false);
  double.dropConnections();
  await eventually(async () => expect(batch.error()).toMatchObject({ type: 'unavailable' }));
});

test('a batch that one client loses fails the appends of every other client', async () => {
  const other = await startDouble();
  for (const each of [double, other]) each.faults.hang = new Set(['append', 'batchAppend']);
  const [client, neighbour] = [await open(double.url), await open(other.url)];
  const batch = watched(neighbour.appendToStream('s', event()));
  const classic = watched(neighbour.appendToStream('s', event(), CLASSIC));
  const own = watched(client.appendToStream('s', event()));
  await eventually(async () => {
    expect(double.counters.open.batchAppend).toBe(1);
    expect(other.counters.open).toMatchObject({ batchAppend: 1, append: 1 });
  });
  double.dropConnections();
  await eventually(async () => expect(own.settled()).toBe(true));
  expect(batch.error()).toMatchObject({ type: 'unavailable' });
  expect(classic.settled()).toBe(false);
  await disposeAll();
  await other.close();
});

test('after the server has ended a batch with OK appends in one hang, others do not', async () => {
  const { EventStoreDBClient } = await load();
  // This client is not disposed of: it waits for the batch for ever.
  const client = EventStoreDBClient.connectionString(double.url);
  await client.appendToStream('s', event());
  double.endBatchAppends();
  await eventually(async () => expect(double.counters.open.batchAppend).toBe(0));
  await collect(client.readStream('s'));
  const batch = watched(client.appendToStream('s', event()));
  await client.appendToStream('s', event(), CLASSIC);
  expect(batch.settled()).toBe(false);
  expect(double.counters.appends).toEqual({ batchAppend: 1, append: 1 });
});

test('without errors for wrong revisions, a batch says that the next is 1', async () => {
  const client = await open(`${double.url}&throwOnAppendFailure=false`);
  for (let count = 0; count < 5; count += 1) await client.appendToStream('s', event(), CLASSIC);
  const refused = { expectedRevision: 'no_stream' } as const;
  expect(await client.appendToStream('s', event(), refused)).toMatchObject({ nextExpectedRevision: 1n });
  expect(await client.appendToStream('s', event(), { ...refused, ...CLASSIC })).toMatchObject({
    success: false,
    nextExpectedRevision: 4n,
  });
});

test('a client that found no cluster for its first batch finds none later', async () => {
  await double.stop();
  const query = 'tls=false&maxDiscoverAttempts=1&discoveryInterval=1';
  const client = await open(`esdb+discover://${double.host}:${double.port}?${query}`);
  expect(await failure(client.appendToStream('s', event()))).toMatchObject({
    message: expect.stringContaining('Failed to discover'),
  });
  await double.start();
  await eventually(() => client.appendToStream('s', event(), CLASSIC));
  expect(await failure(client.appendToStream('s', event()))).toMatchObject({
    message: expect.stringContaining('Failed to discover'),
  });
});

test('a clock of the server that is ahead refuses every batch', async () => {
  const client = await open(double.url);
  double.faults.clockAhead = 20_000;
  expect(await failure(client.appendToStream('s', event()))).toMatchObject({ type: 'deadline-exceeded' });
  await client.appendToStream('s', event(), CLASSIC);
  expect(double.counters.faults.clockAhead).toBe(1);
});
