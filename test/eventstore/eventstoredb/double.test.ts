import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { CLASSIC, clients, collect, event, events, follow } from './clients.js';

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

test('a subscription goes on after the position where it was', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(3), CLASSIC);
  const [first] = await collect(client.readStream('s', { maxCount: 1n }));
  const position = first?.event?.position;
  if (position === undefined) throw new Error('no position');
  const subscription = follow(client.subscribeToAll({ fromPosition: position }));
  await client.appendToStream('t', event(), CLASSIC);
  await eventually(async () => expect(subscription.streams()).toEqual(['s', 's', 't']));
  expect(double.counters.open.subscribe).toBe(1);
  await subscription.stop();
  await eventually(async () => expect(double.counters.open.subscribe).toBe(0));
});
