import { setTimeout as sleep } from 'node:timers/promises';

/** How long a condition may take to come about; far longer than it does. */
const DEADLINE = 30_000;
const PAUSE = 10;

/** Waits until a check passes; fails as it did last if it never does. */
export async function eventually<T>(check: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + DEADLINE;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(PAUSE);
  }
}
