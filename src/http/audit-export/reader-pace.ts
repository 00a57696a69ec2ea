/** What is known of an answer that is being written. */
export interface Progress {
  /** Bytes that the client's machine has taken. */
  readonly taken: number;
  /** Whether bytes wait for the client: else the client waits for us. */
  readonly isWaiting: boolean;
}

/** How fast a client reads, measured only while the service waits for it. */
export interface ReaderPace {
  /** Takes note of how far the answer is now. */
  measure(now: number, progress: Progress): void;
  /** Bytes a second; null before the service has waited for a second. */
  rate(): number | null;
  /** Whether the client has read slower than it must, over a whole window of waiting. */
  isTooSlow(): boolean;
}

/** Bytes a second that a client must read. */
export const LEAST_RATE = 32_000;
/** Milliseconds of waiting over which that is measured. */
const WINDOW = 30_000;
const SHORTEST = 1_000;
const SECOND = 1_000;

/** Begins to measure. @param now milliseconds that never go back */
export function createReaderPace(start: number): ReaderPace {
  let [last, taken] = [start, 0];
  let [waited, bytes] = [0, 0];
  let lastRate: number | null = null;
  let isTooSlow = false;

  const rate = (): number => (bytes * SECOND) / waited;

  return {
    measure(now, progress) {
      if (progress.isWaiting) [waited, bytes] = [waited + now - last, bytes + progress.taken - taken];
      [last, taken] = [now, progress.taken];
      if (waited < WINDOW) return;
      lastRate = rate();
      isTooSlow ||= lastRate < LEAST_RATE;
      [waited, bytes] = [0, 0];
    },
    rate: () => (waited >= SHORTEST ? rate() : lastRate),
    isTooSlow: () => isTooSlow,
  };
}
