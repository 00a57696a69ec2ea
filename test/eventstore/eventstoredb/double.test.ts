import { afterEach, beforeEach, expect, test } from '@jest/globals';

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

for (const [protocol, options] of [
  ['Append', CLASSIC],
  ['BatchAppend', {}],
] as const) {
  test(`${protocol} writes events of one stream at once`, async () => {
    const client = await open(double.url);
    const result = await client.appendToStream('s', events(3), { expectedRevision: 'no_stream', ...options });
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 2n });
    const read = await collect(client.readStream('s'));
    expect(read.map(({ event }) => event?.revision)).toEqual([0n, 1n, 2n]);
    expect(read.at(-1)?.event?.position).toEqual(result.position);
    expect(double.counters.appends).toEqual({
      append: 0,
      batchAppend: 0,
      [protocol === 'Append' ? 'append' : 'batchAppend']: 1,
    });
  });

  test(`of 20 that create a stream by ${protocol}, one does`, async () => {
    const client = await open(double.url);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () =>
        client.appendToStream('s', event(), { expectedRevision: 'no_stream', ...options }),
      ),
    );
    const lost = outcomes.filter(({ status }) => status === 'rejected');
    expect(lost).toHaveLength(19);
    for (const outcome of lost) {
      expect(outcome).toMatchObject({
        reason: { type: 'wrong-expected-version', streamName: 's', expectedVersion: 'no_stream', actualVersion: 0n },
      });
    }
  });

  test(`a write repeated by ${protocol} is answered as it was, and written once`, async () => {
    const client = await open(double.url);
    const first = events(2);
    const written = await client.appendToStream('s', first, { expectedRevision: 'no_stream', ...options });
    await client.appendToStream('s', event(), { expectedRevision: 1n, ...options });
    const again = await client.appendToStream('s', first, { expectedRevision: 'no_stream', ...options });
    expect(again).toEqual(written);
    expect(await collect(client.readStream('s'))).toHaveLength(3);
  });
}

test('an append that expects another revision says which one there is', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(2), CLASSIC);
  for (const [expectedRevision, actualVersion] of [
    [0n, 1n],
    [7n, 1n],
    ['no_stream', 1n],
  ] as const) {
    const error = await failure(client.appendToStream('s', event(), { expectedRevision, ...CLASSIC }));
    expect(error).toMatchObject({ type: 'wrong-expected-version', expectedVersion: expectedRevision, actualVersion });
  }
  const error = await failure(client.appendToStream('t', event(), { expectedRevision: 'stream_exists', ...CLASSIC }));
  expect(error).toMatchObject({ expectedVersion: 'stream_exists', actualVersion: 'no_stream' });
});

test('a write that repeats only some events of another is refused', async () => {
  const client = await open(double.url);
  const [first, second, third] = [event(), event(), event()];
  await client.appendToStream('s', [first, second, third], { expectedRevision: 'no_stream', ...CLASSIC });
  for (const repeated of [
    [first, event()],
    [event(), second],
    [first, event(), third],
    [first, second, third, event()],
  ]) {
    const error = await failure(client.appendToStream('s', repeated, { expectedRevision: 'no_stream', ...CLASSIC }));
    expect(error).toMatchObject({ type: 'wrong-expected-version', actualVersion: 2n });
  }
});

test('the first part of a write, repeated, is answered with the revision that it reached', async () => {
  const client = await open(double.url);
  const [first, second] = [event(), event()];
  await client.appendToStream('s', [first, second], { expectedRevision: 'no_stream', ...CLASSIC });
  const again = await client.appendToStream('s', first, { expectedRevision: 'no_stream', ...CLASSIC });
  expect(again.nextExpectedRevision).toBe(0n);
});

test('an id is stored twice if the revision expected is the one there is', async () => {
  const client = await open(double.url);
  const same = event();
  await client.appendToStream('s', same, { expectedRevision: 'no_stream', ...CLASSIC });
  await client.appendToStream('s', same, { expectedRevision: 0n, ...CLASSIC });
  expect(await collect(client.readStream('s'))).toHaveLength(2);
});

test('an append of any revision is recognised by its ids', async () => {
  const client = await open(double.url);
  const same = events(2);
  const written = await client.appendToStream('s', same, CLASSIC);
  expect(await client.appendToStream('s', same, CLASSIC)).toEqual(written);
  expect(await collect(client.readStream('s'))).toHaveLength(2);
});

test.each([
  ['Append', CLASSIC],
  ['BatchAppend', {}],
])('%s refuses more than the largest append', async (_protocol, options) => {
  const client = await open(double.url);
  const large = { ...event(), data: { text: 'x'.repeat(1_048_576) } };
  const error = await failure(client.appendToStream('s', large, options));
  expect(error).toMatchObject({ type: 'maximum-append-size-exceeded', maxAppendSize: 1_048_576 });
});

test.each(['not-a-uuid', '00000000-0000-0000-0000-000000000000'])('an event with the id %s is refused', async (id) => {
  const client = await open(double.url);
  const error = await failure(client.appendToStream('s', event('Happened', id), CLASSIC));
  expect(error).toMatchObject({ code: 3 });
  expect(double.log.view('s').state).toBe('not-found');
});

test('an event comes back as it went, with its id in small letters', async () => {
  const client = await open(double.url);
  const sent = event('Happened', crypto.randomUUID().toUpperCase());
  await client.appendToStream('s', sent, CLASSIC);
  const [read] = await collect(client.readStream('s'));
  const { data, metadata, type, contentType: _, id } = sent;
  expect(read?.event).toMatchObject({ data, metadata, type, id: id.toLowerCase(), isJson: true, streamId: 's' });
  expect(read?.event?.created).toBeInstanceOf(Date);
});

test('a call with credentials sends none without TLS; one that requires the leader is counted', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), { ...CLASSIC, requiresLeader: true });
  expect(double.counters.authorizations).toEqual([]);
  expect(double.counters.requiresLeader).toBe(1);
});

test('a server without features is written to by Append', async () => {
  const plain = await startDouble({ features: false });
  const client = await open(plain.url);
  await client.appendToStream('s', event());
  expect(plain.counters.appends).toEqual({ append: 1, batchAppend: 0 });
  await disposeAll();
  await plain.close();
});
