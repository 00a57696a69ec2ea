/** A perfect subtree: 2^level leaves, from leaf index × 2^level on. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Whether a number is a size or place of leaves: whole, from 0 on, and exact. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** The largest power of two that is below a number of leaves, which is at least 2. */
export function largestPowerBelow(leaves: number): number {
  // Powers by multiplication, here and below: bit operations end at 32 bits.
  let power = 1;
  while (power * 2 < leaves) power *= 2;
  return power;
}

/**
 * The perfect subtrees that stand side by side over the leaves from `start` to before `end`, from the left: the largest
 * first. `start` is 0, or a multiple of a power of two that is no smaller than the number of leaves.
 */
export function perfectSubtrees(start: number, end: number): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  let place = start;
  while (place < end) {
    let level = 0;
    while (place + 2 ** (level + 1) <= end) level += 1;
    subtrees.push({ level, index: place / 2 ** level });
    place += 2 ** level;
  }
  return subtrees;
}
