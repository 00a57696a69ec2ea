/** A look once a second at whatever is open, one timer for all of it. */
export interface Heartbeat {
  /** Has something done with each beat; answers how to stop that. */
  every(beat: () => void): () => void;
}

const INTERVAL = 1_000;

/** Sets up a heartbeat; it has no timer while nobody asks for beats. */
export function createHeartbeat(): Heartbeat {
  const beats = new Set<() => void>();
  let timer: NodeJS.Timeout | null = null;
  return {
    every(beat) {
      beats.add(beat);
      timer ??= setInterval(() => {
        for (const each of [...beats]) each();
      }, INTERVAL);
      return () => {
        beats.delete(beat);
        if (beats.size > 0 || timer === null) return;
        clearInterval(timer);
        timer = null;
      };
    },
  };
}
