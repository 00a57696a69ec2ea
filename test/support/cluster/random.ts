/** Chance that can be had again: the same seed gives the same choices. */
export interface Random {
  /** A whole number from 0 to below a limit. */
  below(limit: number): number;
  /** True so often, of once. */
  chance(probability: number): boolean;
  /** One of some things. */
  pick<T>(items: readonly T[]): T;
  /** The things in another order. */
  shuffled<T>(items: readonly T[]): T[];
  /** Chance of its own, that no other's use of this one changes. */
  fork(): Random;
}

/** Chance from a seed (mulberry32); good enough to choose by, and for nothing else. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    below: (limit) => Math.floor(next() * limit),
    chance: (probability) => next() < probability,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new Error('there is nothing to choose from');
      return items[random.below(items.length)] as T;
    },
    shuffled<T>(items: readonly T[]): T[] {
      const left = [...items];
      return items.map(() => left.splice(random.below(left.length), 1)[0] as T);
    },
    fork: () => randomOf(Math.floor(next() * 2 ** 32)),
  };
  return random;
}
