import { setTimeout as sleep } from 'node:timers/promises';

export interface KeepTryingOptions {
  /** Between two tries. */
  readonly pauseMilliseconds: number;
  /** Ends the trying, with an `AbortError`. */
  readonly signal: AbortSignal;
  /** Told of the fault before each pause. */
  readonly onFault: (fault: Error) => void;
}

/** Whether an error of the log, the vault or the read models' file says that trying again may help. */
export function mayPass(error: unknown): error is Error & { readonly code: 'UNAVAILABLE' } {
  return error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE';
}

/** Tries something until it is done, for as long as what prevents it may pass; rejects with any other error. */
export async function keepTrying<T>(
  attempt: () => T | Promise<T>,
  { pauseMilliseconds, signal, onFault }: KeepTryingOptions,
): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!mayPass(error)) throw error;
      onFault(error);
    }
    await sleep(pauseMilliseconds, undefined, { signal });
  }
}
