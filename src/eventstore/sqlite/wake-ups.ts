interface Waiter {
  readonly position: bigint;
  readonly wake: () => void;
}

/**
 * Wakes subscriptions that have read the whole log when it grows: told by this process's own appends, and found by
 * asking for the head at intervals where another process appends. The timer runs only while somebody waits.
 */
export class WakeUps {
  readonly #head: () => bigint;
  readonly #pollMilliseconds: number;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(head: () => bigint, pollMilliseconds: number) {
    this.#head = head;
    this.#pollMilliseconds = pollMilliseconds;
  }

  /** Until the log reaches beyond a position, or the signal or `wakeAll` ends the waiting. */
  waitBeyond(position: bigint, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', wake);
        if (this.#waiters.size === 0) this.#stopPolling();
        resolve();
      };
      const waiter = { position, wake };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', wake);
      this.#startPolling();
    });
  }

  /** Wakes those who have something to read, and everybody where that cannot be told: reading tells what is wrong. */
  wake(): void {
    if (this.#waiters.size === 0) return;
    const head = this.#headIfReadable();
    for (const waiter of [...this.#waiters]) if (head === null || waiter.position < head) waiter.wake();
  }

  wakeAll(): void {
    for (const waiter of [...this.#waiters]) waiter.wake();
  }

  #startPolling(): void {
    this.#timer ??= setInterval(() => this.wake(), this.#pollMilliseconds).unref();
  }

  #stopPolling(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #headIfReadable(): bigint | null {
    try {
      return this.#head();
    } catch {
      return null;
    }
  }
}
