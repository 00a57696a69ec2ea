interface Waiter {
  readonly wanted: bigint;
  readonly settle: (reached: boolean) => void;
}

/** Those who wait for the read models to come as far as a position. */
export interface Waiters {
  /** Answers true as soon as the position is reached, false when the time is over before. */
  reached(wanted: bigint, position: bigint, milliseconds: number): Promise<boolean>;
  advance(position: bigint): void;
  /** Lets everybody go with false, and from now on lets nobody wait. */
  release(): void;
}

/** The longest that a timer of Node takes; one that is asked for more is over at once. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

/** Keeps who waits for which position. */
export function createWaiters(): Waiters {
  const waiting = new Set<Waiter>();
  let released = false;

  function settle(reached: boolean, of: (waiter: Waiter) => boolean): void {
    for (const waiter of [...waiting].filter(of)) waiter.settle(reached);
  }

  return {
    reached(wanted, position, milliseconds) {
      if (released || position >= wanted) return Promise.resolve(position >= wanted);
      return new Promise((resolve) => {
        const waiter: Waiter = {
          wanted,
          settle(reached) {
            clearTimeout(timer);
            waiting.delete(waiter);
            resolve(reached);
          },
        };
        const timer = setTimeout(() => waiter.settle(false), Math.min(milliseconds, LONGEST_MILLISECONDS));
        waiting.add(waiter);
      });
    },
    advance: (position) => settle(true, ({ wanted }) => wanted <= position),
    release() {
      released = true;
      settle(false, () => true);
    },
  };
}
