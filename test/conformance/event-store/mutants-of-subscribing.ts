import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventStoreError } from '../../../src/eventstore/event-store.js';
import type { StoreMutant } from './mutating.js';
import { onBatch, onSubscribe, pages } from './mutating.js';

const never = (): AbortSignal => new AbortController().signal;

export const MUTANTS_OF_SUBSCRIBING: readonly StoreMutant[] = [
  {
    sentence: 'A subscription begins with what stands after the position given, which is left out.',
    fault: 'begins with that position',
    mutate: onSubscribe((store, { after, signal }) =>
      store.subscribe({ after: after > 0n ? after - 1n : after, signal }),
    ),
  },
  {
    sentence: 'A subscription begins with what stands after the position given, which is left out.',
    fault: 'begins with what comes from now on',
    mutate: onSubscribe(async function* (store, { signal }) {
      yield* store.subscribe({ after: await store.head(), signal });
    }),
  },
  {
    sentence: 'A subscription gives events as reading does.',
    fault: 'does not tell when they were written',
    mutate: onBatch(({ events, position }) => ({
      events: events.map((event) => ({ ...event, recordedAt: '' })),
      position,
    })),
  },
  {
    sentence: 'A subscription that has caught up goes on with what is appended then.',
    fault: 'ends when it has caught up',
    mutate: onSubscribe((store, { after }) => pages(store, after)),
  },
  {
    sentence: 'A subscription to a log without anything new waits for the first event.',
    fault: 'ends where there is nothing',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      const { events } = await store.readAll({ after, limit: 1 });
      if (events.length > 0) yield* store.subscribe({ after, signal });
    }),
  },
  {
    sentence: 'Nothing is lost and nothing comes twice where appends go on while a subscription catches up.',
    fault: 'does not see what is appended between catching up and going on',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      yield await store.readAll({ after, limit: 1_000 });
      await nextTurn();
      yield* store.subscribe({ after: await store.head(), signal });
    }),
  },
  {
    sentence: 'Nothing is lost and nothing comes twice where appends go on while a subscription catches up.',
    fault: 'goes on with the event that it caught up with',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      const caughtUp = yield* pages(store, after);
      yield* store.subscribe({ after: caughtUp > 0n ? caughtUp - 1n : 0n, signal });
    }),
  },
  {
    sentence: 'A subscription catches up with more than it is given at once.',
    fault: 'cuts long batches',
    mutate: onBatch(({ events, position }) => ({ events: events.slice(0, 100), position })),
  },
  {
    sentence: 'Each of several subscriptions is given every event.',
    fault: 'gives an event to one of them',
    mutate: (store) => {
      const given = new Set<bigint>();
      return onBatch((batch) => {
        const events = batch.events.filter(({ position }) => !given.has(position));
        for (const { position } of events) given.add(position);
        return { ...batch, events };
      })(store);
    },
  },
  {
    sentence: 'Whoever subscribes again after the position of a batch goes on where that ended.',
    fault: 'tells the position before the last event',
    mutate: onBatch(({ events, position }) => ({ events, position: position - 1n })),
  },
  {
    sentence: 'Whoever subscribes again after the position of a batch goes on where that ended.',
    fault: 'tells a position beyond the last event',
    mutate: onBatch(({ events, position }) => ({ events, position: position + 1n })),
  },
  {
    sentence: 'A subscription reaches the head.',
    fault: 'tells where it began',
    mutate: onBatch(({ events }, after) => ({ events, position: after })),
  },
  {
    sentence: 'A subscriber that works slowly loses nothing.',
    fault: 'leaves out what is appended while the subscriber works',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      let position = after;
      while (!signal.aborted) {
        for await (const batch of store.subscribe({ after: position, signal })) {
          yield batch;
          break;
        }
        position = await store.head();
      }
    }),
  },
  {
    sentence: 'A subscriber that stops in the middle leaves the store and the other subscribers alone.',
    fault: 'is closed with its first subscriber',
    mutate: onSubscribe(async function* (store, options) {
      try {
        yield* store.subscribe(options);
      } finally {
        await store.close();
      }
    }),
  },
  {
    sentence: 'An abort ends a subscription that waits, without an error.',
    fault: 'ends with an error',
    mutate: onSubscribe(async function* (store, options) {
      yield* store.subscribe(options);
      throw new EventStoreError('UNAVAILABLE', 'the subscription was aborted');
    }),
  },
  {
    sentence: 'An abort ends a subscription that waits, without an error.',
    fault: 'hears of the abort with the next event',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      for await (const batch of store.subscribe({ after, signal: never() })) {
        if (signal.aborted) return;
        yield batch;
      }
    }),
  },
  {
    sentence: 'After an abort nothing more is given, also where there is more.',
    fault: 'reads to the end first',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      let position = after;
      for await (const batch of store.subscribe({ after, signal })) {
        position = batch.position;
        yield batch;
      }
      yield* pages(store, position);
    }),
  },
  {
    sentence: 'A subscription under a signal that is already aborted gives nothing.',
    fault: 'looks at the signal after the first batch',
    mutate: onSubscribe(async function* (store, { after, signal }) {
      for await (const batch of store.subscribe({ after, signal: never() })) {
        yield batch;
        if (signal.aborted) return;
      }
    }),
  },
];
