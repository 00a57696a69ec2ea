import { beginPlay, startLoad, wholeErrand, type Errand, type Load, type Play } from './load.js';
import type { Field } from './field.js';
import { verify, type Counts } from './verify.js';

/** How a check is run. */
export interface CheckOptions {
  readonly seed: number;
  /** How often whatever it does to the service is done. */
  readonly times: number;
  /** Told what is going on. */
  readonly progress: (line: string) => void;
}

/** One kind of fault: answers what was counted, or fails. */
export type Check = (options: CheckOptions) => Promise<Counts>;

/** Where a check happens, and what everybody does there meanwhile. */
export interface Ground {
  readonly field: Field;
  readonly errand?: Errand;
}

/** Has something happen to a field under load, then looks at what became of it; lets the field go in the end. */
export async function inField(
  { field, errand = wholeErrand }: Ground,
  { seed }: CheckOptions,
  happen: (play: Play, load: Load) => Promise<Counts>,
): Promise<Counts> {
  try {
    const play = await beginPlay(field, seed);
    const load = startLoad(play, errand);
    const counts = await happen(play, load).finally(() => load.stop());
    return { ...counts, ...(await verify(play)) };
  } finally {
    await field.dispose();
  }
}

/** Counts and others, those of one name as their sum. */
export function added(one: Counts, other: Counts): Counts {
  const sums = Object.entries(other).map(([name, count]) => [name, (one[name] ?? 0) + count] as const);
  return { ...one, ...Object.fromEntries(sums) };
}
