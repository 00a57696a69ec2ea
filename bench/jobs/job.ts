/** What a job can tell while it runs. */
export interface Telling {
  /** Measuring begins. */
  readonly started: () => void;
  readonly progress: (text: string) => void;
}

/** Work for a process of its own: what goes in and comes out is JSON. */
export type Job<P, R> = (params: P, tell: Telling) => Promise<R>;
