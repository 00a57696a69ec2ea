import { setImmediate as nextTurn } from 'node:timers/promises';
import { OutOfPatienceError } from './faults.js';

/** The client bounds only some of its calls, so each has a timer of its own. */
export class Patience {
  #timer: NodeJS.Timeout | undefined;
  readonly #late: Promise<never>;
  #giveUp: (reason: Error) => void = () => undefined;

  constructor(private readonly milliseconds: number) {
    this.#late = new Promise((_, reject) => (this.#giveUp = reject));
    // Whoever does not wait any more is not told.
    this.#late.catch(() => undefined);
    this.renew();
  }

  /** Begins anew: something has come. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#end(), this.milliseconds);
  }

  /** Waits for a promise as long as patience lasts. @throws {OutOfPatienceError} */
  for<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#late]);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #end(): Promise<void> {
    const timer = this.#timer;
    // After a turn that was held up the timer is late as well: what has arrived meanwhile is seen first.
    await nextTurn();
    await nextTurn();
    if (timer === this.#timer) this.#giveUp(new OutOfPatienceError(this.milliseconds));
  }
}

/** Waits for a promise, but not for ever. @throws {OutOfPatienceError} */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const patience = new Patience(milliseconds);
  try {
    return await patience.for(promise);
  } finally {
    patience.stop();
  }
}
