import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { events, freshStream, idsOf } from '../../conformance/event-store/given.js';
import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { listen, openNode, type Listener, type Node } from './given.js';

let double: Double;
let node: Node;
let listener: Listener;
const appended: string[] = [];

beforeEach(async () => {
  double = await startDouble();
  node = openNode(double.url);
  appended.length = 0;
  listener = listen(node.store);
  await appendSome();
});

afterEach(async () => {
  double.thaw();
  await listener.stop();
  await node.close();
  await double.close();
});

async function appendSome(): Promise<void> {
  const some = events(3);
  await eventually(() => node.store.append(freshStream(), 0, some));
  appended.push(...idsOf(some));
}

/** Waits until the listener has everything, and expects it to have nothing twice. */
async function expectAll(): Promise<void> {
  await eventually(async () => expect(listener.events.length).toBeGreaterThanOrEqual(appended.length));
  expect(idsOf(listener.events)).toEqual(appended);
}

describe('A subscription to EventStoreDB goes on where it was', () => {
  beforeEach(expectAll);
  afterEach(expectAll);

  it('after the connection was dropped', async () => {
    double.dropConnections();
    await appendSome();
    await eventually(async () => expect(node.drops).not.toEqual([]));
  });

  it('after the server has ended it without a word', async () => {
    double.endSubscriptions('ok');
    await appendSome();
    await eventually(async () => expect(node.drops).toContain('it ended without a word'));
  });

  it('after the server found it too slow', async () => {
    double.endSubscriptions('too-slow');
    await appendSome();
    await eventually(async () => expect(node.drops).not.toEqual([]));
  });

  it('after the server was away', async () => {
    await double.stop();
    await eventually(async () => expect(node.drops).toHaveLength(1));
    await expect(node.store.head()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await double.start();
    await appendSome();
  });

  it('after the server stood still', async () => {
    double.freeze();
    await expect(node.store.head()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    double.thaw();
    await appendSome();
  });

  it('after the leader has changed', async () => {
    const leader = await startDouble({ log: double.log });
    double.faults.notLeader = 'if-required';
    double.faults.leader = { host: leader.host, port: leader.port };
    double.endSubscriptions('ok');
    await appendSome();
    await eventually(async () => expect(leader.counters.open.subscribe).toBe(1));
    await expectAll();
    await listener.stop();
    await node.close();
    await leader.close();
  });

  it('however often it is dropped while events come', async () => {
    for (let round = 0; round < 10; round += 1) {
      if (round % 2 === 0) double.dropConnections();
      else double.endSubscriptions('ok');
      await appendSome();
    }
  });

  it('with one call open at the server, when it has been dropped several times', async () => {
    for (let round = 0; round < 5; round += 1) {
      double.endSubscriptions('ok');
      await appendSome();
    }
    await expectAll();
    await eventually(async () => expect(double.counters.open.subscribe).toBe(1));
  });
});

describe('A subscription to EventStoreDB', () => {
  it('that says nothing while the log grows is begun anew', async () => {
    await expectAll();
    double.faults.hang = new Set(['subscribe']);
    double.endSubscriptions('ok');
    await appendSome();
    const { subscribe } = double.counters.calls;
    await eventually(async () => expect(double.counters.calls.subscribe).toBeGreaterThan(subscribe + 1));
    double.resetFaults();
    await expectAll();
  });

  it('has moved on only once a batch was taken in: one that was not is given again', async () => {
    await expectAll();
    let failing = true;
    const taken: string[] = [];
    const other = listen(node.store, 0n, async (batch) => {
      if (failing && batch.events.length > 0) {
        failing = false;
        double.endSubscriptions('ok');
        await eventually(async () => expect(double.counters.open.subscribe).toBe(1));
      }
      taken.push(...idsOf(batch.events));
    });
    await appendSome();
    await eventually(async () => expect(taken.length).toBeGreaterThanOrEqual(appended.length));
    expect(taken).toEqual(appended);
    await other.stop();
  });

  it('is given what has come meanwhile in large batches', async () => {
    await listener.stop();
    for (let count = 0; count < 10; count += 1) await node.store.append(freshStream(), 0, events(300));
    listener = listen(node.store);
    await eventually(async () => expect(listener.events.length).toBe(3_003));
    expect(listener.batches.length).toBeLessThan(listener.events.length / 10);
  });

  it('passes over events of the system and of the vault, and says how far it has come', async () => {
    await expectAll();
    const head = await node.store.head();
    await eventually(async () => expect(listener.batches.at(-1)?.position).toBe(head));
    expect(listener.events.every(({ stream }) => stream.startsWith('session-'))).toBe(true);
  });

  it('over a server that follows refuses to read what may be behind', async () => {
    await expectAll();
    expect(double.counters.requiresLeader).toBeGreaterThanOrEqual(
      double.counters.calls.subscribe + double.counters.calls.append,
    );
  });
});
