import { EventStoreError } from '../../../src/eventstore/event-store.js';
import type { StoreMutant } from './mutating.js';
import { changed, onSubscribe } from './mutating.js';

export const MUTANTS_OF_CLOSING: readonly StoreMutant[] = [
  {
    sentence: 'A closed store refuses every call as CLOSED.',
    fault: 'does not mind being closed',
    mutate: (store) => changed(store, { close: async () => {} }),
  },
  {
    sentence: 'A closed store refuses every call as CLOSED.',
    fault: 'knows the head for ever',
    mutate: (store) => changed(store, { head: () => store.head().catch(() => 0n) }),
  },
  {
    sentence: 'Closing ends the subscriptions, without an error.',
    fault: 'leaves them waiting',
    mutate: onSubscribe(async function* (store, options) {
      yield* store.subscribe(options);
      if (!options.signal.aborted) await new Promise((resolve) => options.signal.addEventListener('abort', resolve));
    }),
  },
  {
    sentence: 'Closing ends the subscriptions, without an error.',
    fault: 'makes them fail',
    mutate: onSubscribe(async function* (store, options) {
      yield* store.subscribe(options);
      if (!options.signal.aborted) throw new EventStoreError('CLOSED', 'the event store is closed');
    }),
  },
  {
    sentence: 'Closing twice is no error.',
    fault: 'refuses to be closed again',
    mutate: (store) => {
      let closed = false;
      return changed(store, {
        close: async () => {
          if (closed) throw new EventStoreError('CLOSED', 'the event store is closed');
          closed = true;
          await store.close();
        },
      });
    },
  },
  {
    sentence: 'An append that is under way when the store is closed is settled: stored, or refused.',
    fault: 'forgets it',
    mutate: (store) => {
      let closed = false;
      return changed(store, {
        append: async (...append) => {
          const appended = await store.append(...append);
          return closed ? new Promise<never>(() => {}) : appended;
        },
        close: () => {
          closed = true;
          return store.close();
        },
      });
    },
  },
];
