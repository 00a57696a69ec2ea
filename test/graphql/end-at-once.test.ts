import { describe, expect, it } from '@jest/globals';
import { endAtOnce, type Life } from '../../src/graphql/end-at-once.js';

const never = new Promise<never>(() => undefined);

/** A generator that counts, then waits for what never comes; it tells when it has let go. */
function counting(upTo: number) {
  const seen = { ended: 0, isReleased: false };
  let end: Life['end'] = () => undefined;
  async function* generate(life: Life): AsyncGenerator<number, void, void> {
    ({ end } = life);
    try {
      for (let count = 1; count <= upTo; count += 1) yield count;
      await new Promise((_, reject) => life.signal.addEventListener('abort', () => reject(new Error('aborted'))));
    } finally {
      seen.isReleased = true;
    }
  }
  const iterator = endAtOnce(generate, () => {
    seen.ended += 1;
  });
  return { iterator, seen, end: (reason: unknown) => end(reason) };
}

const DONE = { done: true, value: undefined };

describe('What a generator gives', () => {
  it('ends at once when its consumer gives up, whatever the generator waits for', async () => {
    const { iterator, seen } = counting(1);
    expect(await iterator.next()).toStrictEqual({ done: false, value: 1 });
    const next = iterator.next();
    expect(await iterator.return?.()).toStrictEqual(DONE);
    expect(await next).toStrictEqual(DONE);
    expect(await iterator.next()).toStrictEqual(DONE);
    expect(seen).toStrictEqual({ ended: 1, isReleased: true });
  });

  it('ends at once also where the generator minds no signal', async () => {
    let ended = 0;
    async function* deaf(): AsyncGenerator<number, void, void> {
      yield await never;
    }
    const iterator = endAtOnce(deaf, () => {
      ended += 1;
    });
    const next = iterator.next();
    await iterator.return?.();
    expect([await next, ended]).toStrictEqual([DONE, 1]);
  });

  it('lets go of what the generator holds when it is ended while its consumer is slow', async () => {
    const { iterator, seen, end } = counting(5);
    await iterator.next();
    end(new Error('signed out'));
    await new Promise(setImmediate);
    expect(seen).toStrictEqual({ ended: 1, isReleased: true });
    await expect(iterator.next()).rejects.toThrow('signed out');
  });

  it('ends with the error that it is ended with while its consumer waits', async () => {
    const { iterator, seen, end } = counting(0);
    const next = iterator.next();
    end(new Error('signed out'));
    await expect(next).rejects.toThrow('signed out');
    expect(seen.ended).toBe(1);
  });

  it('ends with the generator, and with what that throws', async () => {
    let ended = 0;
    const onEnd = (): void => {
      ended += 1;
    };
    const finite = endAtOnce(async function* () {
      yield 1;
    }, onEnd);
    const all: number[] = [];
    for await (const one of finite) all.push(one);
    expect([all, ended]).toStrictEqual([[1], 1]);
    const faulty = endAtOnce(async function* (): AsyncGenerator<number, void, void> {
      yield await Promise.reject(new Error('the disk is gone'));
    }, onEnd);
    await expect(faulty.next()).rejects.toThrow('the disk is gone');
    expect(ended).toBe(2);
  });
});
