import { expect, it } from '@jest/globals';
import { checks, type CheckName } from '../support/chaos/checks.js';

/** Another one with `CHAOS_SEED`, as a failure names it. */
const SEED = Number(process.env.CHAOS_SEED ?? 1);

/** The short form of a check, as a test. */
export function inShort(name: CheckName, sentence: string): void {
  const { check, short } = checks[name];
  const run = async (): Promise<void> => {
    const counts = await check({ seed: SEED, times: short, progress: () => undefined }).catch((error: unknown) => {
      throw new Error(`${name} with the seed ${SEED}`, { cause: error });
    });
    expect(counts.acknowledged).toBeGreaterThan(0);
  };
  it(sentence, run, 300_000);
}
