/** What a job can tell, and what it is told, while it runs. */
export interface Telling {
  /** Measuring begins. */
  readonly started: () => void;
  readonly progress: (text: string) => void;
  /** Aborted where the work is to end before its time. */
  readonly stopped: AbortSignal;
}

/** Work for a process of its own: what goes in and comes out is JSON. */
export type Job<P, R> = (params: P, tell: Telling) => Promise<R>;
