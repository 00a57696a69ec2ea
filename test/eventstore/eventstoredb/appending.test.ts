import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { events, freshStream, idsOf } from '../../conformance/event-store/given.js';
import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { openNode, type Node } from './given.js';

let double: Double;
let node: Node;

beforeEach(async () => {
  double = await startDouble();
  node = openNode(double.url);
});

afterEach(async () => {
  await node.close();
  await double.close();
});

describe('An append to EventStoreDB', () => {
  it('whose answer was lost is sent again, and stored once', async () => {
    const stream = freshStream();
    const appended = events(3);
    double.faults.loseAnswers = 1;
    const { version, position } = await node.store.append(stream, 0, appended);
    const stored = await node.store.readStream(stream);
    expect(double.counters.faults.loseAnswers).toBe(1);
    expect(idsOf(stored)).toEqual(idsOf(appended));
    expect({ version, position }).toEqual({ version: 3, position: stored.at(-1)?.position });
  });

  it('whose answer was lost in the middle of a stream is sent again, and stored once', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(2));
    double.faults.loseAnswers = 1;
    expect(await node.store.append(stream, 2, events(2))).toMatchObject({ version: 4 });
    expect(await node.store.readStream(stream)).toHaveLength(4);
  });

  it('that was lost itself is sent again', async () => {
    const stream = freshStream();
    double.faults.loseRequests = 1;
    expect(await node.store.append(stream, 0, events(2))).toMatchObject({ version: 2 });
    expect(double.counters.faults.loseRequests).toBe(1);
    expect(await node.store.readStream(stream)).toHaveLength(2);
  });

  it('whose answers are lost twice has an outcome that is unknown; sent again with the same ids it is the one that was stored', async () => {
    const stream = freshStream();
    const appended = events(2);
    double.faults.loseAnswers = 2;
    await expect(node.store.append(stream, 0, appended)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await node.store.append(stream, 0, appended)).toMatchObject({ version: 2 });
    expect(await node.store.readStream(stream)).toHaveLength(2);
  });

  it('that a server recognises without saying where it stands is looked up', async () => {
    const stream = freshStream();
    double.faults.withoutPosition = true;
    const { position } = await node.store.append(stream, 0, events(2));
    expect((await node.store.readStream(stream)).at(-1)?.position).toBe(position);
  });

  it('that was stored, but cannot be looked up, has an outcome that is unknown', async () => {
    const stream = freshStream();
    double.faults.withoutPosition = true;
    double.faults.hang = new Set(['read']);
    await expect(node.store.append(stream, 0, events(2))).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    double.resetFaults();
    expect(await node.store.readStream(stream)).toHaveLength(2);
  });

  it('that loses its answer and then its race is a lost race, and stored by nobody', async () => {
    const stream = freshStream();
    const other = openNode(double.url);
    double.faults.loseRequests = 1;
    const [mine, theirs] = [events(1), events(1)];
    const losing = node.store.append(stream, 0, mine);
    await eventually(async () => expect(double.counters.faults.loseRequests).toBe(1));
    const [lost, won] = await Promise.allSettled([losing, other.store.append(stream, 0, theirs)]);
    expect([lost.status, won.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect(await node.store.readStream(stream)).toHaveLength(1);
    await other.close();
  });

  it('to a server that is away is UNAVAILABLE: nothing was sent', async () => {
    await double.stop();
    await expect(node.store.append(freshStream(), 0, events(1))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('to a server that refuses the user is UNAVAILABLE, and says which settings to look at', async () => {
    double.faults.accessDenied = true;
    await expect(node.store.append(freshStream(), 0, events(1))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('EVENT_STORE_USERNAME'),
    });
  });

  it('to a follower goes to the leader that it names', async () => {
    const leader = await startDouble({ log: double.log });
    double.faults.notLeader = 'if-required';
    double.faults.leader = { host: leader.host, port: leader.port };
    const stream = freshStream();
    expect(await node.store.append(stream, 0, events(1))).toMatchObject({ version: 1 });
    expect(leader.counters.appends.append).toBe(1);
    expect(await node.store.readStream(stream)).toHaveLength(1);
    await leader.close();
  });

  it('that weighs more than the server takes is INVALID, and says what to raise', async () => {
    const small = await startDouble({ maxAppendSize: 1_000 });
    const short = openNode(small.url);
    const [event] = events(1);
    const heavy = { ...event, data: { text: 'x'.repeat(2_000) } } as NonNullable<typeof event>;
    await expect(short.store.append(freshStream(), 0, [heavy])).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('MaxAppendSize'),
    });
    await short.close();
    await small.close();
  });

  it('to a server that drops every connection while twenty append stores each once', async () => {
    const streams = Array.from({ length: 20 }, freshStream);
    double.faults.delay = 20;
    const appending = Promise.allSettled(streams.map((stream) => node.store.append(stream, 0, events(2))));
    await eventually(async () => expect(double.counters.appends.append).toBeGreaterThan(0));
    double.dropConnections();
    const outcomes = await appending;
    for (const [index, { status }] of outcomes.entries()) {
      const stored = await node.store.readStream(streams[index] ?? '');
      if (status === 'fulfilled') expect(stored).toHaveLength(2);
      else expect([0, 2]).toContain(stored.length);
    }
  });
});

describe('A read of EventStoreDB', () => {
  it('that loses its connection is sent again', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(2));
    double.dropConnections();
    expect(await node.store.readStream(stream)).toHaveLength(2);
  });

  it('that is never answered ends as UNAVAILABLE, and leaves no call open', async () => {
    double.faults.hang = new Set(['read']);
    await expect(node.store.readStream(freshStream())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await eventually(async () => expect(double.counters.open.read).toBe(0));
  });

  it('of a server that stands still ends as UNAVAILABLE, and works when it goes on', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(1));
    double.freeze();
    await expect(node.store.readStream(stream)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    double.thaw();
    expect(await eventually(() => node.store.readStream(stream))).toHaveLength(1);
  });

  it('of a long stream may take longer than one call may be silent', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(600));
    expect(await node.store.readStream(stream)).toHaveLength(600);
  });
});
