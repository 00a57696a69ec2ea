import type { StoredEvent } from '../../../src/eventstore/event-store.js';
import { EventStoreError } from '../../../src/eventstore/event-store.js';
import type { StoreMutant } from './mutating.js';
import { changed, onAppend, onEvent, onPage, onReadStream } from './mutating.js';

function possible(limit: number | undefined): number {
  return limit !== undefined && Number.isSafeInteger(limit) && limit > 0 ? limit : 1;
}

export const MUTANTS_OF_READING: readonly StoreMutant[] = [
  {
    sentence: 'A limit below one, or one that is no whole number, is refused as INVALID.',
    fault: 'reads a stream with the nearest limit there is',
    mutate: onReadStream((store, stream, { limit, ...options }) =>
      store.readStream(stream, limit === undefined ? options : { ...options, limit: possible(limit) }),
    ),
  },
  {
    sentence: 'A limit below one, or one that is no whole number, is refused as INVALID.',
    fault: 'reads the log with the nearest limit there is',
    mutate: (store) =>
      changed(store, { readAll: ({ after, limit }) => store.readAll({ after, limit: possible(limit) }) }),
  },
  {
    sentence: 'Reading after a version or a position that cannot be is refused as INVALID.',
    fault: 'reads a stream from its beginning',
    mutate: onReadStream((store, stream, { after = 0, ...options }) =>
      store.readStream(stream, { ...options, after: Number.isSafeInteger(after) ? Math.max(0, after) : 0 }),
    ),
  },
  {
    sentence: 'Reading after a version or a position that cannot be is refused as INVALID.',
    fault: 'reads the log from its beginning',
    mutate: (store) =>
      changed(store, { readAll: ({ after, limit }) => store.readAll({ after: after < 0n ? 0n : after, limit }) }),
  },
  {
    sentence: 'Reading after a version or a position that cannot be is refused as INVALID.',
    fault: 'subscribes to nothing',
    mutate: (store) =>
      changed(store, {
        async *subscribe({ after, signal }) {
          if (after >= 0n) yield* store.subscribe({ after, signal });
        },
      }),
  },
  {
    sentence: 'A stream that does not exist has no events.',
    fault: 'refuses to read it',
    mutate: onReadStream(async (store, stream, options) => {
      const events = await store.readStream(stream, options);
      if (events.length === 0) throw new EventStoreError('UNAVAILABLE', 'there is no such stream');
      return events;
    }),
  },
  {
    sentence: 'A stream is read oldest first, and backwards newest first.',
    fault: 'knows one direction only',
    mutate: onReadStream((store, stream, options) => store.readStream(stream, { ...options, direction: 'forwards' })),
  },
  {
    sentence: 'A stream is read oldest first, and backwards newest first.',
    fault: 'reads newest first unless told otherwise',
    mutate: onReadStream((store, stream, options) => store.readStream(stream, { direction: 'backwards', ...options })),
  },
  {
    sentence: 'A stream is read after a version, which is left out, in either direction.',
    fault: 'begins with that version',
    mutate: onReadStream((store, stream, { after, ...options }) =>
      store.readStream(stream, after === undefined ? options : { ...options, after: Math.max(0, after - 1) }),
    ),
  },
  {
    sentence: 'A stream is read after a version, which is left out, in either direction.',
    fault: 'reads backwards from the end, whatever the version',
    mutate: onReadStream((store, stream, { after, ...options }) =>
      store.readStream(
        stream,
        after === undefined || options.direction === 'backwards' ? options : { ...options, after },
      ),
    ),
  },
  {
    sentence: 'A limit cuts a stream off at the far end, in either direction.',
    fault: 'cuts before it turns round',
    mutate: onReadStream(async (store, stream, { limit, direction, ...options }) => {
      if (direction !== 'backwards' || limit === undefined)
        return store.readStream(stream, { ...options, limit: limit ?? 99 });
      return [...(await store.readStream(stream, { limit }))].reverse();
    }),
  },
  {
    sentence: 'A limit cuts a stream off at the far end, in either direction.',
    fault: 'knows no limit',
    mutate: onReadStream((store, stream, { limit: _, ...options }) => store.readStream(stream, options)),
  },
  {
    sentence: 'Streams of similar names are strangers to each other.',
    fault: 'takes capitals for small letters',
    mutate: (store) =>
      changed(store, {
        append: (stream, ...append) => store.append(stream.toLowerCase(), ...append),
        readStream: (stream, options) => store.readStream(stream.toLowerCase(), options),
      }),
  },
  {
    sentence: 'Streams of similar names are strangers to each other.',
    fault: 'reads streams whose names begin alike',
    mutate: onReadStream(async (store, stream) => {
      const { events } = await store.readAll({ after: 0n, limit: 1_000 });
      return events.filter((event) => event.stream.startsWith(stream));
    }),
  },
  {
    sentence: 'What was appended is read at once.',
    fault: 'remembers what it read',
    mutate: (store) => {
      const read = new Map<string, readonly StoredEvent[]>();
      return changed(store, {
        readStream: async (stream, options) => {
          const events = read.get(stream) ?? (await store.readStream(stream, options));
          read.set(stream, events);
          return events;
        },
      });
    },
  },
  {
    sentence: 'A long stream is read wholly.',
    fault: 'reads a thousand events at most',
    mutate: onReadStream((store, stream, options) => store.readStream(stream, { limit: 1_000, ...options })),
  },
  {
    sentence: 'The global order holds every event of every stream once, in the order of appending.',
    fault: 'reads stream by stream',
    mutate: onPage(({ events, position }) => ({
      events: [...events].sort((a, b) => (a.stream < b.stream ? -1 : Number(a.stream > b.stream))),
      position,
    })),
  },
  {
    sentence: 'The global order holds every event of every stream once, in the order of appending.',
    fault: 'gives the first event of a page twice',
    mutate: onPage(({ events, position }) => ({ events: [...events.slice(0, 1), ...events], position })),
  },
  {
    sentence: 'The global order holds every event of every stream once, in the order of appending.',
    fault: 'leaves out the last event of a page',
    mutate: onPage(({ events, position }) => ({ events: events.slice(0, -1), position })),
  },
  {
    sentence: 'Positions are bigints that grow strictly in the global order.',
    fault: 'rounds positions',
    mutate: onEvent((event) => ({ ...event, position: (event.position / 10n) * 10n })),
  },
  {
    sentence: 'Positions are bigints that grow strictly in the global order.',
    fault: 'counts in numbers',
    mutate: onEvent((event) => ({ ...event, position: Number(event.position) as never })),
  },
  {
    sentence: 'An event has one position, however it is read; an append answers that of its last event.',
    fault: 'answers the position of the first event',
    mutate: onAppend(async (store, stream, expected, events) => {
      const appended = await store.append(stream, expected, events);
      return { ...appended, position: appended.position - BigInt(events.length - 1) };
    }),
  },
  {
    sentence: 'An event has one position, however it is read; an append answers that of its last event.',
    fault: 'counts otherwise in a stream',
    mutate: onReadStream(async (store, stream, options) =>
      (await store.readStream(stream, options)).map((event) => ({ ...event, position: event.position * 2n })),
    ),
  },
  {
    sentence: 'The events of one append stand together in the global order.',
    fault: 'reads by version',
    mutate: onPage(({ events, position }) => ({
      events: [...events].sort((a, b) => a.version - b.version),
      position,
    })),
  },
  {
    sentence:
      'A page of the log begins after the position given, which is left out, and has at most as many events as asked for.',
    fault: 'begins with that position',
    mutate: (store) =>
      changed(store, {
        readAll: ({ after, limit }) => store.readAll({ after: after > 0n ? after - 1n : after, limit }),
      }),
  },
  {
    sentence:
      'A page of the log begins after the position given, which is left out, and has at most as many events as asked for.',
    fault: 'gives one more',
    mutate: (store) => changed(store, { readAll: ({ after, limit }) => store.readAll({ after, limit: limit + 1 }) }),
  },
  {
    sentence: 'A page says how far it reaches: to its last event at least, and never back.',
    fault: 'says where it began',
    mutate: onPage(({ events }, after) => ({ events, position: after })),
  },
  {
    sentence: 'A page says how far it reaches: to its last event at least, and never back.',
    fault: 'goes back to the beginning where there is nothing more',
    mutate: onPage(({ events, position }) => ({ events, position: events.length === 0 ? 0n : position })),
  },
  {
    sentence: 'The head is not behind what was appended.',
    fault: 'is one behind',
    mutate: (store) => changed(store, { head: async () => (await store.head()) - 1n }),
  },
  {
    sentence: 'Whoever reads on page by page reaches the head.',
    fault: 'counts an event that is yet to come',
    mutate: (store) => changed(store, { head: async () => (await store.head()) + 1n }),
  },
];
