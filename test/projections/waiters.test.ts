import { describe, expect, it } from '@jest/globals';
import { createWaiters } from '../../src/projections/waiters.js';

/** Whether somebody still waits after everything else had its turn. */
async function isWaiting(answer: Promise<boolean>): Promise<boolean> {
  const turns = new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return (await Promise.race([answer, turns.then(() => 'waiting')])) === 'waiting';
}

describe('Who waits for a position', () => {
  it('is answered at once where it is reached already', async () => {
    expect(await createWaiters().reached(5n, 5n, 0)).toBe(true);
  });

  it('is answered when it is reached, not before', async () => {
    const waiters = createWaiters();
    const answer = waiters.reached(5n, 3n, 60_000);
    waiters.advance(4n);
    expect(await isWaiting(answer)).toBe(true);
    waiters.advance(5n);
    expect(await answer).toBe(true);
  });

  it('is answered when it is passed', async () => {
    const waiters = createWaiters();
    const answer = waiters.reached(5n, 3n, 60_000);
    waiters.advance(9n);
    expect(await answer).toBe(true);
  });

  it('is told that it is not reached when the time is over', async () => {
    expect(await createWaiters().reached(5n, 3n, 1)).toBe(false);
  });

  it.each([Infinity, Number.MAX_SAFE_INTEGER, 2 ** 31])('may wait for %d milliseconds', async (milliseconds) => {
    const waiters = createWaiters();
    const answer = waiters.reached(5n, 3n, milliseconds);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await isWaiting(answer)).toBe(true);
    waiters.release();
    expect(await answer).toBe(false);
  });

  it('is let go with everybody else, and waits no more after that', async () => {
    const waiters = createWaiters();
    const answers = [waiters.reached(5n, 3n, 60_000), waiters.reached(6n, 3n, 60_000)];
    waiters.release();
    expect(await Promise.all(answers)).toEqual([false, false]);
    expect(await waiters.reached(5n, 3n, 60_000)).toBe(false);
    expect(await waiters.reached(3n, 3n, 60_000)).toBe(true);
  });
});
