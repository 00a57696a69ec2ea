import type { Batch, EventStore, StoredEvent } from '../../../src/eventstore/event-store.js';
import { inTime, SentenceBroken } from '../sentence.js';
import type { GivenStore } from './given.js';

/** A subscriber that notes what it is given of some streams. */
export interface Follower {
  /** The events of the streams, as they came. */
  readonly events: readonly StoredEvent[];
  /** The position of the last batch. */
  readonly position: bigint;
  /** Waits until something holds, which may change with every batch. */
  until(what: string, holds: () => boolean): Promise<void>;
  /** Waits until so many events of the streams have come. */
  untilCount(count: number): Promise<void>;
  /** Waits for the subscription to end by itself. */
  ended(): Promise<void>;
  /** Aborts the subscription, and waits for its end. */
  stop(): Promise<void>;
}

export interface FollowOptions {
  readonly store?: EventStore;
  readonly after: bigint;
  readonly streams: readonly string[];
  /** Done before the next batch is asked for. */
  readonly onBatch?: (batch: Batch) => Promise<void>;
}

/** Subscribes, and goes on in the background. */
export function follow(given: GivenStore, options: FollowOptions): Follower {
  const { store = given.store, after, streams, onBatch } = options;
  const abort = new AbortController();
  const events: StoredEvent[] = [];
  let position = after;
  let changed = (): void => {};
  let over = false;

  const consume = async (): Promise<void> => {
    for await (const batch of store.subscribe({ after, signal: abort.signal })) {
      events.push(...batch.events.filter(({ stream }) => streams.includes(stream)));
      position = batch.position;
      changed();
      await onBatch?.(batch);
    }
  };
  const done = consume()
    .catch((error: unknown) => {
      throw new SentenceBroken(`the subscription failed: ${String(error)}`, { cause: error });
    })
    .finally(() => {
      over = true;
      changed();
    });
  // Whoever waits is told of a failure; it is nobody's loss where nobody waits.
  done.catch(() => {});

  const until = async (what: string, holds: () => boolean): Promise<void> => {
    while (!holds()) {
      if (over) {
        await done;
        throw new SentenceBroken(`the subscription ended before ${what}`);
      }
      await inTime(given.deadline, what, new Promise<void>((resolve) => (changed = resolve)));
    }
  };
  const ended = (): Promise<void> => inTime(given.deadline, 'the subscription ends', done);
  return {
    events,
    get position() {
      return position;
    },
    until,
    untilCount: (count) => until(`${count} events came`, () => events.length >= count),
    ended,
    stop: () => {
      abort.abort();
      return ended();
    },
  };
}
