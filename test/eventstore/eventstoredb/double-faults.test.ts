import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';

import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { CLASSIC, clients, collect, event, events, failure, follow } from './clients.js';

let double: Double;
const { open, disposeAll } = clients();

beforeEach(async () => {
  double = await startDouble();
});

afterEach(async () => {
  await disposeAll();
  await double.close();
});

const isWritten = (stream: string): boolean => double.log.view(stream).state === 'found';

test('a server that takes no calls refuses all of them, until it is reset', async () => {
  const client = await open(double.url);
  double.faults.unavailable = true;
  expect(await failure(client.appendToStream('s', event(), CLASSIC))).toMatchObject({ type: 'unavailable' });
  expect(await failure(collect(client.readAll()))).toMatchObject({ type: 'unavailable' });
  expect(double.counters.faults.unavailable).toBe(2);
  double.resetFaults();
  await client.appendToStream('s', event(), CLASSIC);
});

test('connections that are dropped end what is open, and can be made again', async () => {
  const client = await open(double.url);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  expect(double.connections()).toEqual({ open: 1, opened: 1 });
  double.dropConnections();
  await eventually(async () => expect(subscription.end()).toMatchObject({ type: 'unavailable' }));
  await eventually(async () => expect(double.counters.open.subscribe).toBe(0));
  await client.appendToStream('s', event(), CLASSIC);
  expect(double.connections()).toEqual({ open: 1, opened: 2 });
});

test('an append whose answer is lost is written; sent again, it is answered', async () => {
  const client = await open(double.url);
  double.faults.loseAnswers = 1;
  const sent = events(2);
  const append = () => client.appendToStream('s', sent, { expectedRevision: 'no_stream', ...CLASSIC });
  expect(await failure(append())).toMatchObject({ type: 'unavailable' });
  expect(isWritten('s')).toBe(true);
  expect(await append()).toMatchObject({ success: true, nextExpectedRevision: 1n });
  expect(double.log.all.filter(({ stream }) => stream === 's')).toHaveLength(2);
  expect(double.counters.faults.loseAnswers).toBe(1);
});

test('an append that is lost on its way is not written', async () => {
  const client = await open(double.url);
  double.faults.loseRequests = 1;
  const append = () => client.appendToStream('s', event(), { expectedRevision: 'no_stream', ...CLASSIC });
  expect(await failure(append())).toMatchObject({ type: 'unavailable' });
  expect(isWritten('s')).toBe(false);
  await append();
  expect(double.counters.faults.loseRequests).toBe(1);
});

test('only the connection of the append that is lost is cut', async () => {
  const client = await open(double.url);
  // Clients with the same options share a connection.
  const other = await open(`${double.url}&keepAliveInterval=12345`);
  const subscription = follow(other.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  await collect(client.readAll());
  expect(double.connections().open).toBe(2);
  double.faults.loseAnswers = 1;
  await failure(client.appendToStream('s', event(), CLASSIC));
  await eventually(async () => expect(subscription.streams()).toContain('s'));
  expect(subscription.end()).toBeUndefined();
});

test('calls that hang are taken and not answered, others are', async () => {
  const client = await open(double.url);
  double.faults.hang = new Set(['append', 'read', 'subscribe']);
  const error = await failure(client.appendToStream('s', event(), { ...CLASSIC, deadline: 200 }));
  expect(error).toMatchObject({ type: 'deadline-exceeded' });
  expect(isWritten('s')).toBe(false);
  const subscription = follow(client.subscribeToAll());
  const read = client.readAll();
  read.resume();
  await eventually(async () => expect(double.counters.open).toMatchObject({ read: 1, subscribe: 1 }));
  await client.tombstoneStream('t');
  expect(subscription.streams()).toEqual([]);
  expect(double.counters.faults.hang).toBe(3);
  await read.cancel();
  await subscription.stop();
  await eventually(async () => expect(double.counters.open).toMatchObject({ read: 0, subscribe: 0, append: 0 }));
});

test('an answer that comes too late is to an append that is written', async () => {
  const client = await open(double.url);
  await collect(client.readAll());
  double.faults.delay = 30_000;
  const error = await failure(client.appendToStream('s', event(), { ...CLASSIC, deadline: 1_000 }));
  expect(error).toMatchObject({ type: 'deadline-exceeded' });
  expect(isWritten('s')).toBe(true);
  expect(double.counters.faults.delay).toBe(1);
});

test('access is denied to appends, reads and subscriptions', async () => {
  const client = await open(double.url);
  double.faults.accessDenied = true;
  expect(await failure(client.appendToStream('s', event(), CLASSIC))).toMatchObject({ type: 'access-denied' });
  expect(await failure(collect(client.readStream('s')))).toMatchObject({ type: 'access-denied' });
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.end()).toMatchObject({ type: 'access-denied' }));
});

test('a server that stops ends what is open; started again, it listens at the same port with the same log', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), CLASSIC);
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  await double.stop();
  await eventually(async () =>
    expect(subscription.end()).toMatchObject({ type: expect.stringMatching(/cancelled|unavailable/) }),
  );
  expect(await failure(client.appendToStream('s', event(), CLASSIC))).toMatchObject({ type: 'unavailable' });
  await double.start();
  await client.appendToStream('s', event(), { expectedRevision: 0n, ...CLASSIC });
  expect(await collect(client.readStream('s'))).toHaveLength(2);
});

test('a server that freezes answers nothing, and goes on where it was', async () => {
  const client = await open(double.url);
  await client.appendToStream('s', event(), CLASSIC);
  double.freeze();
  const late = await failure(client.appendToStream('t', event(), { ...CLASSIC, deadline: 200 }));
  expect(late).toMatchObject({ type: 'deadline-exceeded' });
  expect(isWritten('t')).toBe(false);
  const read = collect(client.readStream('s'));
  double.thaw();
  expect(await read).toHaveLength(1);
  double.freeze();
});

test('a client that keeps its connection alive notices a server that is frozen', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const client = await open(`${double.url}&keepAliveInterval=100&keepAliveTimeout=100`);
  warn.mockRestore();
  const subscription = follow(client.subscribeToAll());
  await eventually(async () => expect(subscription.caughtUp()).toBe(1));
  double.freeze();
  await eventually(async () => expect(subscription.end()).toMatchObject({ type: 'unavailable' }));
});
