interface Waiter {
  readonly wanted: bigint;
  readonly settle: (reached: boolean) => void;
}

/** Those who wait for the read models to come as far as a position. */
export interface Waiters {
  /** Answers true as soon as the position is reached, false when the time is over before. */
  reached(wanted: bigint, position: bigint, milliseconds: number): Promise<boolean>;
  advance(position: bigint): void;
  /** Lets everybody go, unanswered wishes with false. */
  release(): void;
}

/** Keeps who waits for which position. */
export function createWaiters(): Waiters {
  const waiting = new Set<Waiter>();

  function settle(reached: boolean, of: (waiter: Waiter) => boolean): void {
    for (const waiter of [...waiting].filter(of)) waiter.settle(reached);
  }

  return {
    reached(wanted, position, milliseconds) {
      if (position >= wanted) return Promise.resolve(true);
      return new Promise((resolve) => {
        const waiter: Waiter = {
          wanted,
          settle(reached) {
            clearTimeout(timer);
            waiting.delete(waiter);
            resolve(reached);
          },
        };
        const timer = setTimeout(() => {
          waiter.settle(false);
        }, milliseconds);
        waiting.add(waiter);
      });
    },
    advance: (position) => settle(true, ({ wanted }) => wanted <= position),
    release: () => settle(false, () => true),
  };
}
