/** The life of what a generator gives: it can be ended from outside. */
export interface Life {
  /** Aborted as soon as it is to end; whatever the generator waits for has to observe this. */
  readonly signal: AbortSignal;
  /** Ends it with an error, which its consumer gets. */
  readonly end: (reason: unknown) => void;
}

/** The consumer gave up: there is no error to tell. */
class GivenUp extends Error {}

const DONE = { done: true, value: undefined } as const;

class EndingIterator<T> implements AsyncIterableIterator<T, void, void> {
  readonly #controller = new AbortController();
  readonly #source: AsyncGenerator<T, void, void>;
  readonly #onEnd: () => void;
  #isOver = false;

  constructor(generate: (life: Life) => AsyncGenerator<T, void, void>, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#source = generate({ signal: this.#controller.signal, end: (reason) => this.#finish(reason) });
  }

  next(): Promise<IteratorResult<T, void>> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (signal.reason instanceof GivenUp) resolve(DONE);
        else reject(signal.reason as Error);
      };
      if (signal.aborted) {
        leave();
        return;
      }
      signal.addEventListener('abort', leave, { once: true });
      this.#source.next().then(
        (result) => {
          signal.removeEventListener('abort', leave);
          resolve(this.#told(result));
        },
        (error: unknown) => {
          signal.removeEventListener('abort', leave);
          this.#finish(error);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }

  return(): Promise<IteratorResult<T, void>> {
    this.#finish(new GivenUp());
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #told(result: IteratorResult<T, void>): IteratorResult<T, void> {
    if (result.done === true) this.#finish(new GivenUp());
    return result;
  }

  #finish(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#controller.abort(reason);
    // Where the generator waits at a `yield`, only this has it let go of what it holds.
    this.#source.return().catch(() => undefined);
    this.#onEnd();
  }
}

/**
 * Wraps a generator so that it ends at once. `return()` of a bare generator waits for its next `yield`, which may never
 * come.
 * @param onEnd called once, when it is over in whichever way
 */
export function endAtOnce<T>(
  generate: (life: Life) => AsyncGenerator<T, void, void>,
  onEnd: () => void,
): AsyncIterableIterator<T, void, void> {
  return new EndingIterator(generate, onEnd);
}
