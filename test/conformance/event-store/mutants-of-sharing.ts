import type { EventStore } from '../../../src/eventstore/event-store.js';
import { ConcurrencyError } from '../../../src/eventstore/event-store.js';
import type { StoreMutant } from './mutating.js';
import { changed, forgiving, idsIn, onBatch } from './mutating.js';

/** A store that notes which events were appended through it. */
function noting(store: EventStore, own: Set<string>): EventStore {
  return changed(store, {
    append: async (stream, expected, events) => {
      for (const { id } of events) own.add(id);
      return store.append(stream, expected, events);
    },
  });
}

export const MUTANTS_OF_SHARING: readonly StoreMutant[] = [
  {
    sentence: 'What one node appended, another reads at once.',
    fault: 'reads what it appended itself',
    mutate: (store) => {
      const own = new Set<string>();
      return changed(noting(store, own), {
        readStream: async (...read) => (await store.readStream(...read)).filter(({ id }) => own.has(id)),
      });
    },
  },
  {
    sentence: 'Of appends of two nodes at one version, exactly one wins.',
    fault: 'lets the slower node append after the faster',
    mutate: forgiving(() => true),
  },
  {
    sentence: 'The same append again is given the first answer by another node, and writes nothing.',
    fault: 'knows its own answers only',
    mutate: (store) => {
      const own = new Set<string>();
      return changed(store, {
        append: async (stream, expected, events) => {
          const stored = await idsIn(store, stream);
          const strange = events.some(({ id }) => stored.includes(id) && !own.has(id));
          if (strange) throw new ConcurrencyError(stream, expected, stored.length);
          return noting(store, own).append(stream, expected, events);
        },
      });
    },
  },
  {
    sentence: 'A subscription is given what another node appends.',
    fault: 'gives what it appended itself',
    mutate: (store) => {
      const own = new Set<string>();
      const mine = onBatch((batch) => ({ ...batch, events: batch.events.filter(({ id }) => own.has(id)) }));
      return mine(noting(store, own));
    },
  },
  {
    sentence: 'What was acknowledged is there after the store was closed.',
    fault: 'acknowledges what it means to write later',
    mutate: (store) =>
      changed(store, {
        append: async (_, expected, events) => ({
          version: expected + events.length,
          position: (await store.head()) + BigInt(events.length),
        }),
      }),
  },
];
