const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The journey was given up from outside; not a failure of the service. */
export class Interrupted extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** Gives up what is in flight, for the first reason that there is. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly abort: (reason: Error) => void;
  /** Takes the listeners away. */
  readonly dispose: () => void;
}

/** Turns signals to this process, and an output that nobody reads any more, into one abort signal. */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  const abort = (reason: Error) => {
    controller.abort(reason);
  };
  // A terminal sends Ctrl-C to all of its processes and npm passes it on: it may come twice.
  const onSignal = (name: (typeof SIGNALS)[number]) => abort(new Interrupted(name, EXIT_CODES[name]));
  for (const name of SIGNALS) process.on(name, onSignal);
  process.stdout.on('error', () => abort(new Interrupted('Nobody reads the output any more', 1)));
  return {
    signal: controller.signal,
    abort,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
