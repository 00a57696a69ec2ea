import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from './event-store.js';
import { within } from './deadline.js';

/** Whether the log answers. */
export interface LogStatus {
  /** Since when it has not answered, in milliseconds of the monotonic clock, and why; null while it answers. */
  readonly away: { readonly since: number; readonly reason: string } | null;
  /** The last head that it told; null before it told one. */
  readonly head: bigint | null;
}

/** Asks the log for its head again and again. */
export interface LogWatch {
  /** Asks now, too. @throws {EventStoreError} where the log does not answer, or not in time */
  probe(): Promise<bigint>;
  status(): LogStatus;
  /**
   * The moment, on the monotonic clock, as of which whoever has read the log up to a position knows everything; null where
   * that is not known. Positions are asked about in rising order, as readers come to them.
   */
  completeAsOf(position: bigint): number | null;
  stop(): void;
}

export interface LogWatchOptions {
  readonly store: Pick<EventStore, 'head'>;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  /** Told when the log stops answering, with the reason, and when it answers again, with null. */
  readonly onChange: (reason: string | null) => void;
  /** From the beginning of one call to that of the next; a second by default. */
  readonly everyMilliseconds?: number;
  /** A call that takes longer counts as failed; 2 seconds by default. */
  readonly patienceMilliseconds?: number;
}

/** A head that the log told when it was asked at a moment. */
interface Sighting {
  readonly at: number;
  readonly head: bigint;
}

/** Sightings that nobody has reached yet are thinned beyond this many: an older one is true too. */
const MOST_SIGHTINGS = 512;

/** Starts asking, with the first call after one interval; one call at a time is waited for. */
export function watchLog(options: LogWatchOptions): LogWatch {
  return new Watch(options);
}

class Watch implements LogWatch {
  readonly #options: LogWatchOptions;
  readonly #abort = new AbortController();
  /** In the order of the log; of equal heads the last one seen. */
  #sightings: Sighting[] = [];
  #complete: Sighting | null = null;
  #away: LogStatus['away'] = null;
  #head: bigint | null = null;

  constructor(options: LogWatchOptions) {
    this.#options = options;
    void this.#run();
  }

  async probe(): Promise<bigint> {
    const { store, monotonic, patienceMilliseconds = 2_000 } = this.#options;
    const at = monotonic();
    try {
      const head = await within(patienceMilliseconds, () => store.head());
      this.#see({ at, head });
      return head;
    } catch (error) {
      this.#miss(at, error);
      throw error;
    }
  }

  status(): LogStatus {
    return { away: this.#away, head: this.#head };
  }

  completeAsOf(position: bigint): number | null {
    const reached = this.#sightings.filter(({ head }) => head <= position);
    this.#sightings = this.#sightings.slice(reached.length);
    this.#complete = reached.at(-1) ?? this.#complete;
    return this.#complete?.at ?? null;
  }

  stop(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    const { monotonic, everyMilliseconds = 1_000 } = this.#options;
    const { signal } = this.#abort;
    let next = monotonic() + everyMilliseconds;
    for (;;) {
      await sleep(Math.max(0, next - monotonic()), undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      next = monotonic() + everyMilliseconds;
      // It is noted; there is nobody else to tell.
      await this.probe().catch(() => undefined);
    }
  }

  #see(sighting: Sighting): void {
    if (this.#away !== null) this.#options.onChange(null);
    this.#away = null;
    const last = this.#sightings.at(-1);
    if (this.#head !== null && sighting.head < this.#head) return;
    this.#head = sighting.head;
    if (last?.head === sighting.head) this.#sightings.pop();
    this.#sightings.push(sighting);
    if (this.#sightings.length > MOST_SIGHTINGS)
      this.#sightings = this.#sightings.filter((_, index) => index % 2 === 0);
  }

  #miss(since: number, error: unknown): void {
    if (this.#away !== null || this.#abort.signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#away = { since, reason };
    this.#options.onChange(reason);
  }
}
