import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { events, freshStream } from '../../conformance/event-store/given.js';
import { startDouble, type Double } from '../../support/eventstoredb/double.js';
import { eventually } from '../../support/eventually.js';
import { listen, openNode, type Node } from './given.js';

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

/** What a promise came to: a value, or the code of why not. */
async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );
}

/** The bugs of @eventstore/db-client 6.2.1 that this adapter has to do with, each by what would be seen of it. */
describe('Of the eleven bugs of the client', () => {
  it('1: what is no plain JSON never comes as far as the client, whose rejection nobody could catch', async () => {
    const [plain] = events(1);
    for (const value of [10n, undefined, Number.NaN]) {
      const broken = { ...plain, data: { value } } as NonNullable<typeof plain>;
      expect(await outcomeOf(node.store.append(freshStream(), 0, [broken]))).toBe('INVALID');
    }
    expect(double.counters.calls.append).toBe(0);
  });

  it('2: an append that is never answered ends, with an outcome that is said to be unknown', async () => {
    double.faults.hang = new Set(['append', 'batchAppend']);
    expect(await outcomeOf(node.store.append(freshStream(), 0, events(1)))).toBe('OUTCOME_UNKNOWN');
  });

  it('2, 3, 4, 5, 7: no append goes over the shared stream that may hang, and that knows no deadline but the wall clock', async () => {
    await Promise.all(Array.from({ length: 10 }, () => node.store.append(freshStream(), 0, events(2))));
    expect(double.counters.appends).toEqual({ append: 10, batchAppend: 0 });
    expect(double.counters.calls.batchAppend).toBe(0);
  });

  it('3: appends to one server do not fail by the death of another', async () => {
    const other = await startDouble();
    const another = openNode(other.url);
    other.faults.hang = new Set(['append']);
    double.faults.delay = 300;
    const doomed = outcomeOf(another.store.append(freshStream(), 0, events(1)));
    const safe = outcomeOf(node.store.append(freshStream(), 0, events(1)));
    await eventually(async () => expect(double.counters.calls.append + other.counters.calls.append).toBe(2));
    await other.stop();
    expect(await safe).toBe('done');
    expect(await doomed).toBe('OUTCOME_UNKNOWN');
    await another.close();
    await other.close();
  });

  it('4: after the server has gone and come, appends go on and closing ends', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(1));
    await double.stop();
    expect(await outcomeOf(node.store.append(stream, 1, events(1)))).not.toBe('done');
    await double.start();
    await eventually(async () => expect(await outcomeOf(node.store.head())).toBe('done'));
    const { length } = await node.store.readStream(stream);
    await node.store.append(stream, length, events(1));
    await node.close();
  });

  it('5: an append at a version that has passed is an error, and no success with a made-up version', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(3));
    expect(await outcomeOf(node.store.append(stream, 1, events(1)))).toBe('CONCURRENCY');
    expect(() => openNode(`${double.url}&throwOnAppendFailure=false`)).toThrow(
      'an option that this service does not take',
    );
  });

  it('6: a cluster that is not found at first is found later, by appends too', async () => {
    await double.stop();
    const finder = openNode(double.url.replace('esdb:', 'esdb+discover:'));
    expect(await outcomeOf(finder.store.append(freshStream(), 0, events(1)))).toBe('UNAVAILABLE');
    await double.start();
    await eventually(async () => {
      expect(await outcomeOf(finder.store.append(freshStream(), 0, events(1)))).toBe('done');
    });
    await finder.close();
  });

  it('7: a clock that is an hour slow keeps nobody from appending', async () => {
    const now = Date.now.bind(Date);
    const slow = jest.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000);
    try {
      expect(await outcomeOf(node.store.append(freshStream(), 0, events(1)))).toBe('done');
    } finally {
      slow.mockRestore();
    }
  });

  it('8: who stops in the middle leaves no call open at the server', async () => {
    const stream = freshStream();
    await node.store.append(stream, 0, events(50));
    for (let count = 0; count < 5; count += 1) {
      for await (const batch of node.store.subscribe({ after: 0n, signal: new AbortController().signal })) {
        if (batch.events.length > 0) break;
      }
      await node.store.readStream(stream, { limit: 1 });
      await node.store.readAll({ after: 0n, limit: 1 });
    }
    expect(double.counters.calls.subscribe).toBe(5);
    await eventually(async () => expect(double.counters.open).toMatchObject({ subscribe: 0, read: 0 }));
  });

  it('9: the connection string is not printed, since the client is never given one', async () => {
    const printed = (['log', 'warn', 'error', 'info', 'debug'] as const).map((method) =>
      jest.spyOn(console, method).mockImplementation(() => undefined),
    );
    const suspicious = openNode(`esdb://user:pa55word@127.0.0.1:${double.port}?tls=false&keepAliveInterval=1000`);
    await suspicious.store.head();
    await suspicious.close();
    const text = JSON.stringify(printed.flatMap((spy) => spy.mock.calls));
    for (const spy of printed) spy.mockRestore();
    expect(text).not.toContain('pa55word');
    expect(text).not.toContain('esdb://');
  });

  it('10: the features of a server are never asked for; one that is away at the first append is UNAVAILABLE', async () => {
    await double.stop();
    expect(await outcomeOf(node.store.append(freshStream(), 0, events(1)))).toBe('UNAVAILABLE');
    await double.start();
    await eventually(async () => {
      expect(await outcomeOf(node.store.append(freshStream(), 0, events(1)))).toBe('done');
    });
    expect(double.counters.calls.features).toBe(0);
  });

  it('11: nodes that were closed leave one connection between them, which the process shares', async () => {
    for (let count = 0; count < 5; count += 1) {
      const short = openNode(double.url);
      const listener = listen(short.store);
      await short.store.append(freshStream(), 0, events(1));
      await listener.stop();
      await short.close();
    }
    expect(double.connections().open).toBeLessThanOrEqual(1);
    await eventually(async () => expect(double.counters.open.subscribe).toBe(0));
  });
});
