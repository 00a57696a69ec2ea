/** Gives each portion of long work a turn of the event loop. */
export interface Turns {
  /** Waits until this portion may run. Portions run in the order in which they ask. */
  readonly take: () => Promise<void>;
}

/**
 * Runs one portion of long work in each turn of the event loop, for all clients together. `setImmediate` alone would not do: all portions
 * that wait for it run in the same turn, so fifteen long requests would still keep every other request out.
 */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];

  function runNext(): void {
    waiting.shift()?.();
    if (waiting.length > 0) setImmediate(runNext);
  }

  return {
    take: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 1) setImmediate(runNext);
      }),
  };
}

const turns = createTurns();

/** Waits for a turn of the event loop that no other long work of this process runs in. */
export const takeTurn = turns.take;

/** Called between portions of long work, with what the last portion cost: others have their turn, and the work is paid for. */
export type Pause = (points: number) => Promise<void>;
