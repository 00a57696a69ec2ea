import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreError } from '../eventstore/event-store.js';
import { within } from '../eventstore/deadline.js';

/** The look at log and vault before anything is built on them. */
export interface StartUp {
  /** How far the log was when it was looked at; rejects where something is wrong that will stay so, or it is stopped. */
  readonly done: Promise<bigint>;
  /** Looks; answers after the first time, also where that told nothing yet: then it goes on by itself. @throws what will stay wrong */
  begin(): Promise<void>;
  /** How far the log was; null before that is known. */
  head(): bigint | null;
  /** What it waits for, in words; null where it does not wait. */
  waitingFor(): string | null;
  /** What will stay wrong, if that was found after `begin` had answered. */
  readonly failed: Promise<Error>;
  stop(): void;
}

export interface StartUpOptions {
  /** Looks once, and answers how far the log is. */
  readonly look: () => Promise<bigint>;
  /** Told when waiting begins, and why. */
  readonly onWait: (reason: string) => void;
  /** Told when a wait is over. */
  readonly onDone: () => void;
}

/** A look takes no longer; the adapters give up a call after 2 seconds. */
const LONGEST_LOOK = 5_000;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Longer from try to try, and never the same for all nodes of a cluster that has come back. */
function pauseAfter(tries: number): number {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** tries);
  return longest / 2 + (Math.random() * longest) / 2;
}

function mayPass(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && (error.code === 'UNAVAILABLE' || error.code === 'OUTCOME_UNKNOWN')
  );
}

/** Prepares the look at log and vault; nothing happens before it begins. */
export function prepareStartUp(options: StartUpOptions): StartUp {
  return new Looking(options);
}

class Looking implements StartUp {
  readonly done: Promise<bigint>;
  readonly failed: Promise<Error>;
  readonly #options: StartUpOptions;
  readonly #abort = new AbortController();
  #settle: { resolve(head: bigint): void; reject(error: unknown): void } | null = null;
  #tellFailed: ((error: Error) => void) | null = null;
  #head: bigint | null = null;
  #waitingFor: string | null = null;

  constructor(options: StartUpOptions) {
    this.#options = options;
    this.done = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.failed = new Promise((resolve) => (this.#tellFailed = resolve));
    // Whoever cares has taken hold of it.
    this.done.catch(() => undefined);
  }

  head(): bigint | null {
    return this.#head;
  }

  waitingFor(): string | null {
    return this.#waitingFor;
  }

  async begin(): Promise<void> {
    if (await this.#try()) return;
    void this.#goOn().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#tellFailed?.(error instanceof Error ? error : new Error(String(error)));
    });
  }

  stop(): void {
    this.#abort.abort();
    this.#settle?.reject(new EventStoreError('CLOSED', 'the service is stopping'));
  }

  async #goOn(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      await sleep(pauseAfter(tries), undefined, { signal: this.#abort.signal, ref: false });
      if (await this.#try()) return;
    }
  }

  /** Whether it is done. @throws what will stay wrong */
  async #try(): Promise<boolean> {
    try {
      const head = await within(LONGEST_LOOK, this.#options.look);
      this.#head = head;
      if (this.#waitingFor !== null) this.#options.onDone();
      this.#waitingFor = null;
      this.#settle?.resolve(head);
      return true;
    } catch (error) {
      if (!mayPass(error)) {
        this.#settle?.reject(error);
        throw error;
      }
      if (this.#waitingFor === null) this.#options.onWait(error.message);
      this.#waitingFor = error.message;
      return false;
    }
  }
}
