import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { CLASSIC, clients, collect, event, events, follow, load } from './clients.js';

const { eventTypeFilter, excludeSystemEvents, streamNameFilter } = await load();

let double: Double;
const { open, disposeAll } = clients();

beforeEach(async () => {
  double = await startDouble({ systemEvents: false });
});

afterEach(async () => {
  await disposeAll();
  await double.close();
});

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

test('a subscription is told once that it has caught up, before what is new', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(2), CLASSIC);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  expect(subscription.streams()).toEqual(['s', 's']);
  await client.appendToStream('t', event(), CLASSIC);
  await eventually(async () => expect(subscription.streams()).toEqual(['s', 's', 't']));
  expect(subscription.caughtUp()).toBe(1);
});

test('a server can be one that does not tell when a subscription has caught up', async () => {
  const silent = await startDouble({ caughtUp: false });
  const client = await open(silent.url);
  const subscription = follow(client.subscribeToAll());
  await client.appendToStream('s', event(), CLASSIC);
  await eventually(async () => expect(subscription.streams()).toContain('s'));
  expect(subscription.caughtUp()).toBe(0);
  await disposeAll();
  await silent.close();
});

test('a subscription from the end gets what is new only', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), CLASSIC);
  const subscription = follow(client.subscribeToAll({ fromPosition: 'end' }));
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  await client.appendToStream('t', event(), CLASSIC);
  await eventually(async () => expect(subscription.streams()).toEqual(['t']));
});

test('a subscription gets thousands of events in their order', async () => {
  const client = await open(double.url);
  for (const stream of ['a', 'b', 'c']) await client.appendToStream(stream, events(1000), CLASSIC);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.streams()).toHaveLength(3000));
  expect(subscription.streams()).toEqual(double.log.all.map(({ stream }) => stream));
});

test('a subscription to a stream begins after a revision, and waits for a stream that is not there', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(3), CLASSIC);
  const later = follow(client.subscribeToStream('s', { fromRevision: 1n }));
  const missing = follow(client.subscribeToStream('t'));
  await eventually(async () => expect(missing.caughtUp()).toBe(1));
  await client.appendToStream('t', event(), CLASSIC);
  await eventually(async () => expect(missing.streams()).toEqual(['t']));
  await eventually(async () => expect(later.streams()).toEqual(['s']));
});

test('a subscription to a stream fails when the stream gets a tombstone', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), CLASSIC);
  const subscription = follow(client.subscribeToStream('s'));
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  await client.tombstoneStream('s');
  await eventually(async () => expect(subscription.end()).toMatchObject({ type: 'stream-deleted' }));
});

test.each([
  ['types by prefix', eventTypeFilter({ prefixes: ['Good'] }), ['user-1']],
  ['types by regular expression', eventTypeFilter({ regex: '^Bad$' }), ['user-2', 'user-2']],
  ['streams by prefix', streamNameFilter({ prefixes: ['other-', 'user-1'] }), ['user-1', 'other-1']],
  ['streams by regular expression', streamNameFilter({ regex: '^user-' }), ['user-1', 'user-2', 'user-2']],
  ['all but system events', excludeSystemEvents(), ['user-1', 'user-2', 'user-2', 'other-1']],
])('a subscription filters %s', async (_name, filter, expected) => {
  const client = await open(double.url);
  await client.appendToStream('user-1', event('Good'), CLASSIC);
  await client.appendToStream('user-2', [event('Bad'), event('Bad')], CLASSIC);
  await client.setStreamMetadata('user-1', { maxCount: 9 }, CLASSIC);
  await client.appendToStream('other-1', event('Neutral'), CLASSIC);
  const subscription = follow(client.subscribeToAll({ filter }));
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  expect(subscription.streams()).toEqual(expected);
});

test('a filtered subscription is told how far it is, whether or not events match', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', events(10), CLASSIC);
  const reached: bigint[] = [];
  const filter = streamNameFilter({
    prefixes: ['none'],
    maxSearchWindow: 2,
    checkpointInterval: 2,
    checkpointReached: (_subscription, { commit }) => void reached.push(commit),
  });
  const subscription = follow(client.subscribeToAll({ filter }));
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  expect(reached).toEqual([3, 7].map((index) => double.log.all[index]?.position));
});

test('a subscription that the server ends with OK ends without a word', async () => {
  const client = await open(double.url);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  double.endSubscriptions();
  await eventually(async () => expect(subscription.end()).toBe('ok'));
});

test('a subscription can be dropped as a consumer that is too slow', async () => {
  const client = await open(double.url);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  double.endSubscriptions('too-slow');
  await eventually(async () => expect(subscription.end()).toMatchObject({ type: 'timeout', code: 10 }));
});

test('a live reader that takes nothing is dropped if the server is set to, one that reads is not', async () => {
  const client = await open(double.url);
  double.faults.slowConsumers = true;
  const slow = client.subscribeToAll();
  const reader = follow(client.subscribeToAll());
  const ends: unknown[] = [];
  slow.on('error', (error) => ends.push(error));
  await eventually(async () => expect(double.counters.open.subscribe).toBe(2));
  await eventually(async () => expect(reader.caughtUp()).toBe(1));
  const large = { ...event(), data: { text: 'x'.repeat(100_000) } };
  await eventually(async () => {
    await client.appendToStream('s', { ...large, id: crypto.randomUUID() }, CLASSIC);
    expect(double.counters.faults.slowConsumers).toBe(1);
  });
  await eventually(async () => expect(reader.streams()).toHaveLength(double.log.all.length));
  slow.resume();
  await eventually(async () => expect(ends).toMatchObject([{ type: 'timeout' }]));
});

test('a subscription with a filter that is no regular expression is refused', async () => {
  const client = await open(double.url);
  const subscription = follow(client.subscribeToAll({ filter: eventTypeFilter({ regex: '(' }) }));
  await eventually(async () => expect(subscription.end()).toMatchObject({ code: 3 }));
  expect(double.counters.open.subscribe).toBe(0);
});

test('a subscription that is left by break stays open, until it is unsubscribed', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), CLASSIC);
  const subscription = client.subscribeToAll();
  for await (const _ of subscription) break;
  await collect(client.readAll());
  expect(double.counters.open.subscribe).toBe(1);
  await subscription.unsubscribe();
  await eventually(async () => expect(double.counters.open.subscribe).toBe(0));
});
