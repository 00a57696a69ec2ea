import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreError } from '../../src/eventstore/event-store.js';
import { firstEventId } from '../../src/eventstore/first-event.js';
import { watchLog, type LogWatch } from '../../src/eventstore/log-watch.js';

let now: number;
let head: () => Promise<bigint>;
let changes: (string | null)[];
let watch: LogWatch;

/** A watch that asks only when it is told to. */
beforeEach(() => {
  now = 1_000;
  changes = [];
  head = async () => 0n;
  watch = watchLog({
    store: { head: () => head() },
    monotonic: () => now,
    onChange: (reason) => changes.push(reason),
    ...{ everyMilliseconds: 2 ** 30, patienceMilliseconds: 20 },
  });
});

afterEach(() => watch.stop());

/** A call at a moment, answered a while later with a head. */
async function probe(at: number, answer: bigint): Promise<void> {
  now = at;
  head = async () => {
    now += 7;
    return answer;
  };
  await watch.probe();
}

async function fail(at: number, how: () => Promise<bigint>): Promise<void> {
  now = at;
  head = how;
  await expect(watch.probe()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
}

const refuse = async (): Promise<bigint> => {
  throw new EventStoreError('UNAVAILABLE', 'it is away');
};

describe('Whoever has read the log up to a position', () => {
  it('knows everything up to when the log was asked for a head that lies no further', async () => {
    expect(watch.completeAsOf(0n)).toBeNull();
    await probe(2_000, 5n);
    await probe(3_000, 8n);
    expect(watch.completeAsOf(4n)).toBeNull();
    expect(watch.completeAsOf(5n)).toBe(2_000);
    expect(watch.completeAsOf(7n)).toBe(2_000);
    expect(watch.completeAsOf(8n)).toBe(3_000);
    expect(watch.completeAsOf(9n)).toBe(3_000);
  });

  it('goes on knowing everything while the log stands still', async () => {
    await probe(2_000, 5n);
    expect(watch.completeAsOf(5n)).toBe(2_000);
    await probe(3_000, 5n);
    expect(watch.completeAsOf(5n)).toBe(3_000);
  });

  it('learns nothing from a head that lies before one that was seen, nor from a call that failed', async () => {
    await probe(2_000, 5n);
    await probe(3_000, 4n);
    await fail(4_000, refuse);
    expect(watch.completeAsOf(5n)).toBe(2_000);
    expect(watch.status().head).toBe(5n);
  });

  it('is told no later moment than is true, however far it is behind', async () => {
    for (let second = 1; second <= 5_000; second += 1) await probe(second * 1_000, BigInt(second));
    for (const second of [1, 1_234, 4_000, 4_999]) {
      const known = watch.completeAsOf(BigInt(second));
      expect(known).toBeLessThanOrEqual(second * 1_000);
    }
    expect(watch.completeAsOf(5_000n)).toBe(5_000_000);
  });
});

describe('The log', () => {
  it('is away from the first call that fails to the next that is answered, and both are told once', async () => {
    await probe(2_000, 5n);
    expect(watch.status()).toStrictEqual({ away: null, head: 5n });
    await fail(3_000, refuse);
    await fail(4_000, refuse);
    expect(watch.status()).toStrictEqual({ away: { since: 3_000, reason: 'it is away' }, head: 5n });
    await probe(5_000, 6n);
    expect(watch.status()).toStrictEqual({ away: null, head: 6n });
    expect(changes).toStrictEqual(['it is away', null]);
  });

  it('is away where it does not answer in time, and what it says later counts for nothing', async () => {
    let answer = (_: bigint): void => undefined;
    await fail(2_000, () => new Promise((resolve) => (answer = resolve)));
    expect(watch.status().away).toMatchObject({ reason: 'the event log has not answered within 0.02 seconds' });
    answer(5n);
    await new Promise((resolve) => setImmediate(resolve));
    expect(watch.status()).toMatchObject({ away: { since: 2_000 }, head: null });
  });
});

it('The log is asked again and again, one call at a time, until it is stopped', async () => {
  let [asked, waiting, most] = [0, 0, 0];
  const often = watchLog({
    store: {
      async head() {
        asked += 1;
        most = Math.max(most, (waiting += 1));
        await new Promise((resolve) => setTimeout(resolve, 5));
        waiting -= 1;
        return BigInt(asked);
      },
    },
    ...{ monotonic: () => performance.now(), onChange: () => undefined, everyMilliseconds: 1 },
  });
  while (asked < 5) await new Promise((resolve) => setTimeout(resolve, 1));
  often.stop();
  while (waiting > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  const before = asked;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([asked, most]).toStrictEqual([before, 1]);
});

describe('The first event of a log', () => {
  it('is found behind what is not ours', async () => {
    const batches = [
      { events: [], position: 7n },
      { events: [], position: 9n },
      { events: [{ id: 'first' }], position: 12n },
    ];
    const asked: bigint[] = [];
    const store = {
      readAll: async ({ after }: { after: bigint }) => {
        asked.push(after);
        return batches.shift();
      },
    };
    expect(await firstEventId(store as never)).toBe('first');
    expect(asked).toStrictEqual([0n, 7n, 9n]);
  });

  it('is none where the log is empty', async () => {
    const store = { readAll: async ({ after }: { after: bigint }) => ({ events: [], position: after }) };
    expect(await firstEventId(store)).toBeNull();
  });
});
