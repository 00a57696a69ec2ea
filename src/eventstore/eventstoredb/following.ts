import { setTimeout as sleep } from 'node:timers/promises';
import type { AllStreamSubscription } from '@eventstore/db-client';
import type { Batch } from '../event-store.js';
import { PATIENCE } from './client.js';
import { within } from './patience.js';
import { fromDbEvent, isOfLog } from './records.js';
import { recordedOf, type DbStreams, type RecordedDbEvent } from './streams.js';

export interface FollowOptions {
  readonly streams: DbStreams;
  /** Exclusive. */
  readonly after: bigint;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Told why a subscription ended, the first time since it last gave something. */
  readonly onDrop?: (reason: string) => void;
}

/** At most so many events are handed over at once. */
const BATCH = 500;
/** How many milliseconds are waited for a larger batch while catching up. */
const LINGER = 50;
/** How long a subscription may be silent before the log is asked whether there is something to say. */
const SILENCE = 2_000;
/** The first pause before subscribing again, and the longest, each doubled with every failure, and then taken between half and whole. */
const PAUSES = { first: 100, longest: 3_000 };

function batchOf(events: readonly RecordedDbEvent[], position: bigint): Batch {
  return { events: events.filter(isOfLog).map(fromDbEvent), position };
}

/** One subscription of the client, as long as it lasts. */
class Subscription {
  #fault: unknown = null;
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(private readonly source: AllStreamSubscription) {
    const wake = (): void => this.#wake();
    source.on('readable', wake);
    // Without a listener an error would end the process.
    source.on('error', (error) => {
      this.#fault = error;
      this.#ended = true;
      wake();
    });
    for (const end of ['end', 'close'] as const) {
      source.on(end, () => {
        this.#ended = true;
        wake();
      });
    }
  }

  /** Why it is over; null as long as it is not. */
  get ending(): string | null {
    if (!this.#ended) return null;
    return this.#fault instanceof Error ? `it failed: ${this.#fault.name}` : 'it ended without a word';
  }

  /** What has come, up to a batch; with what comes within the next moments where more is known to be on its way, since each batch costs a commit. */
  async take(moreIsComing: boolean): Promise<RecordedDbEvent[]> {
    const events: RecordedDbEvent[] = [];
    this.#drainInto(events);
    if (events.length === 0) return events;
    const end = performance.now() + (moreIsComing ? LINGER : 0);
    while (events.length < BATCH && !this.#ended && performance.now() < end) {
      await sleep(1);
      this.#drainInto(events);
    }
    return events;
  }

  /** Waits until there is something to take, it is over, or has been silent for a while; answers whether it was silent. */
  async silent(signal: AbortSignal): Promise<boolean> {
    if (this.#ended || signal.aborted || this.source.readableLength > 0) return false;
    const quiet = new AbortController();
    const woken = new Promise<false>((resolve) => (this.#wake = () => resolve(false)));
    const over = (): void => this.#wake();
    signal.addEventListener('abort', over);
    try {
      const silence = sleep(SILENCE, true, { signal: quiet.signal }).catch(() => false);
      return await Promise.race([woken, silence]);
    } finally {
      quiet.abort();
      signal.removeEventListener('abort', over);
    }
  }

  /** The call stays open at the server unless it is ended, whatever became of the stream. */
  async end(): Promise<void> {
    await within(PATIENCE, this.source.unsubscribe()).catch(() => undefined);
  }

  #drainInto(events: RecordedDbEvent[]): void {
    while (events.length < BATCH) {
      const next = this.source.read() as { event?: Parameters<typeof recordedOf>[0] } | null;
      if (next === null) return;
      if (next.event !== undefined) events.push(recordedOf(next.event));
    }
  }
}

/** Whether a silent subscription is one that should have spoken: the log goes on, or nobody answers. */
async function isDeaf(streams: DbStreams, position: bigint): Promise<boolean> {
  try {
    return (await streams.head()) > position;
  } catch {
    return true;
  }
}

/** Batches of one subscription; answers why it ended. */
async function* followOnce({ streams, after, signal }: FollowOptions): AsyncGenerator<Batch, string, undefined> {
  const head = await streams.head();
  const subscription = new Subscription(await streams.subscribe(after));
  let position = after;
  let deaf = false;
  try {
    while (!signal.aborted) {
      const events = await subscription.take(position < head);
      const last = events.at(-1);
      if (last !== undefined) {
        deaf = false;
        yield batchOf(events, last.position);
        position = last.position;
        continue;
      }
      if (subscription.ending !== null) return subscription.ending;
      if (!(await subscription.silent(signal))) continue;
      // Once may be a matter of moments: what the log has just got is on its way.
      if (deaf && (await isDeaf(streams, position))) return 'it said nothing, though the log has grown or is away';
      deaf = await isDeaf(streams, position);
    }
    return 'nobody follows any more';
  } finally {
    await subscription.end();
  }
}

/** Pauses that grow with every failure, at random between half and whole, so that nodes do not come back all at once. */
function pauses() {
  let failures = 0;
  return {
    forget: () => (failures = 0),
    isFirst: () => failures === 0,
    async next(signal: AbortSignal): Promise<void> {
      const whole = Math.min(PAUSES.first * 2 ** failures, PAUSES.longest);
      failures += 1;
      await sleep(whole * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    },
  };
}

/** Hands batches on, and answers why there are no more. */
async function* relay(
  batches: AsyncGenerator<Batch, string, undefined>,
  taken: (batch: Batch) => void,
): AsyncGenerator<Batch, string, undefined> {
  try {
    for (;;) {
      const next = await batches.next();
      if (next.done === true) return next.value;
      yield next.value;
      taken(next.value);
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await batches.return('nobody follows any more');
  }
}

/**
 * Follows the log: the client's subscriptions end with every trouble and never resume, so one is begun after the other,
 * each after the last batch that was taken in. Ends by the signal alone.
 */
export async function* follow(options: FollowOptions): AsyncGenerator<Batch, void, undefined> {
  const { signal, onDrop } = options;
  const isOver = (): boolean => signal.aborted;
  const pause = pauses();
  let { after } = options;
  while (!isOver()) {
    const reason = yield* relay(followOnce({ ...options, after }), (batch) => {
      after = batch.position;
      pause.forget();
    });
    if (isOver()) return;
    // Of a log that is away, once is enough.
    if (pause.isFirst()) onDrop?.(reason);
    await pause.next(signal);
  }
}
