import { setImmediate as nextTurn } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { EventToAppend } from '../../../src/eventstore/event-store.js';
import { ConcurrencyError } from '../../../src/eventstore/event-store.js';
import type { MutateStore, StoreMutant } from './mutating.js';
import { changed, forgiving, idsIn, onAppend, onAppended, onEvent, onReadStream } from './mutating.js';

const oneByOne: MutateStore = onAppend(async (store, stream, expected, events) => {
  let version = expected;
  let appended = { version, position: 0n };
  for (const event of events) {
    appended = await store.append(stream, version, [event]);
    version = appended.version;
  }
  return appended;
});

const refusesRepetitions: MutateStore = (store) => {
  const appended = new Set<string>();
  return changed(store, {
    append: async (stream, expected, events) => {
      if (events.some(({ id }) => appended.has(id)))
        throw new ConcurrencyError(stream, expected, expected + events.length);
      const answer = await store.append(stream, expected, events);
      for (const { id } of events) appended.add(id);
      return answer;
    },
  });
};

/** Takes an append for a repetition where `repeats` says so of the ids that the stream holds. */
function takingForRepetition(
  repeats: (stored: readonly string[], events: readonly EventToAppend[], expected: number) => boolean,
): MutateStore {
  return onAppend(async (store, stream, expected, events) => {
    if (repeats(await idsIn(store, stream), events, expected)) {
      return { version: expected + events.length, position: await store.head() };
    }
    return store.append(stream, expected, events);
  });
}

export const MUTANTS_OF_APPENDING: readonly StoreMutant[] = [
  {
    sentence: 'An event is read back as it was appended, with its stream, version, position and time of writing.',
    fault: 'forgets personal values',
    mutate: onEvent(({ personal: _, ...event }) => event),
  },
  {
    sentence: 'An event is read back as it was appended, with its stream, version, position and time of writing.',
    fault: 'knows no revision but the first',
    mutate: onEvent((event) => ({ ...event, revision: 1 })),
  },
  {
    sentence: 'An event without personal values is read back without them.',
    fault: 'gives every event personal values',
    mutate: onEvent((event) => ({ personal: {}, ...event })),
  },
  {
    sentence: 'Every JSON value comes back as it is, to the letter.',
    fault: 'normalises text',
    mutate: onEvent((event) => ({ ...event, data: JSON.parse(JSON.stringify(event.data).normalize('NFC')) })),
  },
  {
    sentence: 'Every JSON value comes back as it is, to the letter.',
    fault: 'leaves out what is null',
    mutate: onEvent((event) => ({
      ...event,
      data: JSON.parse(JSON.stringify(event.data), (_, value: unknown) => value ?? undefined),
    })),
  },
  {
    sentence:
      'No caller overwrites what the log says of itself, whatever the fields of its data and metadata are called.',
    fault: 'spreads the metadata over the event',
    mutate: onEvent((event) => ({ ...event, ...event.metadata })),
  },
  {
    sentence: 'The version is the count of the events in a stream, over several appends.',
    fault: 'answers the index of the last event',
    mutate: onAppend(async (store, ...append) => {
      const appended = await store.append(...append);
      return { ...appended, version: appended.version - 1 };
    }),
  },
  {
    sentence: 'The version is the count of the events in a stream, over several appends.',
    fault: 'gives all events of an append one version',
    mutate: onEvent((event) => ({ ...event, version: Math.min(event.version, 4) })),
  },
  {
    sentence: 'The events of one append stand in the order given.',
    fault: 'turns an append round',
    mutate: onAppended((events) => [...events].reverse()),
  },
  {
    sentence:
      'An append at a version that the stream has passed is refused with the version it has, and writes nothing.',
    fault: 'appends after what came in between',
    mutate: forgiving(({ expected, actual }) => expected < actual),
  },
  {
    sentence:
      'An append at a version that the stream has passed is refused with the version it has, and writes nothing.',
    fault: 'does not tell the version',
    mutate: onAppend(async (store, stream, expected, events) =>
      store.append(stream, expected, events).catch((error: unknown) => {
        throw error instanceof ConcurrencyError ? new ConcurrencyError(stream, expected, -1) : error;
      }),
    ),
  },
  {
    sentence:
      'An append at a version that the stream has not reached is refused with the version it has, and writes nothing.',
    fault: 'appends where the stream ends',
    mutate: forgiving(({ expected, actual }) => actual > 0 && expected > actual),
  },
  {
    sentence: 'A stream that does not exist is at version 0, and at no other.',
    fault: 'lets a stream begin anywhere',
    mutate: forgiving(({ actual }) => actual === 0),
  },
  {
    sentence: 'An append at version 0 is refused where the stream exists.',
    fault: 'takes 0 for any version',
    mutate: forgiving(({ expected }) => expected === 0),
  },
  {
    sentence: 'Of many appends at one version, exactly one wins.',
    fault: 'looks first and writes later',
    mutate: onAppend(async (store, stream, expected, events) => {
      const actual = (await store.readStream(stream)).length;
      if (actual !== expected) throw new ConcurrencyError(stream, expected, actual);
      await nextTurn();
      return forgiving(() => true)(store).append(stream, expected, events);
    }),
  },
  {
    sentence: 'Appends to different streams do not hinder each other.',
    fault: 'refuses who comes while another one appends',
    mutate: (store) => {
      let busy = false;
      return changed(store, {
        append: async (stream, expected, events) => {
          if (busy) throw new ConcurrencyError(stream, expected, expected);
          busy = true;
          return store.append(stream, expected, events).finally(() => (busy = false));
        },
      });
    },
  },
  {
    sentence: 'An append is stored wholly or not at all.',
    fault: 'appends one event after the other',
    mutate: oneByOne,
  },
  {
    sentence: 'The same append again is given the first answer, and writes nothing.',
    fault: 'takes a repetition for a lost race',
    mutate: refusesRepetitions,
  },
  {
    sentence: 'The same append again is given the first answer, and writes nothing.',
    fault: 'writes a repetition once more',
    mutate: (store) => {
      const before = new Set<string>();
      return changed(store, {
        append: async (stream, expected, events) => {
          const repeated = events.some(({ id }) => before.has(id));
          for (const { id } of events) before.add(id);
          if (!repeated) return store.append(stream, expected, events);
          const fresh = events.map((event) => ({ ...event, id: randomUUID() }));
          return forgiving(() => true)(store).append(stream, expected, fresh);
        },
      });
    },
  },
  {
    sentence: 'The same append again is given the first answer also where the stream has grown since.',
    fault: 'answers the present version',
    mutate: onAppend(async (store, stream, expected, events) => {
      const { position } = await store.append(stream, expected, events);
      return { version: (await store.readStream(stream)).length, position };
    }),
  },
  {
    sentence: 'An append that repeats only some of the events at its version is refused.',
    fault: 'compares the first event only',
    mutate: takingForRepetition((stored, [first], expected) => first !== undefined && stored[expected] === first.id),
  },
  {
    sentence: 'An append that repeats only some of the events at its version is refused.',
    fault: 'compares without regard to order',
    mutate: takingForRepetition((stored, events) => events.length > 1 && events.every(({ id }) => stored.includes(id))),
  },
  {
    sentence: 'The same events at another version that the stream has passed are refused.',
    fault: 'knows the events wherever they stand',
    mutate: takingForRepetition((stored, events) => stored.join().includes(events.map(({ id }) => id).join())),
  },
  {
    sentence: 'An event is stored as it was when it was handed over.',
    fault: 'looks at the events only later',
    mutate: onAppend(async (store, ...append) => {
      await nextTurn();
      return store.append(...append);
    }),
  },
  {
    sentence: 'An append without events is refused as INVALID.',
    fault: 'takes nothing for done',
    mutate: onAppend(async (store, stream, expected, events) =>
      events.length === 0 ? { version: expected, position: 0n } : store.append(stream, expected, events),
    ),
  },
  {
    sentence: 'An append that names an event id twice is refused as INVALID.',
    fault: 'leaves out the second one',
    mutate: onAppended((events) => [...new Map(events.map((event) => [event.id, event])).values()]),
  },
  {
    sentence: 'An append at a version that no stream can have is refused as INVALID.',
    fault: 'takes the nearest version there is',
    mutate: onAppend((store, stream, expected, events) =>
      store.append(stream, Number.isSafeInteger(expected) ? Math.max(0, expected) : 0, events),
    ),
  },
  {
    sentence: 'An append at a version that no stream can have is refused as INVALID.',
    fault: 'takes it for a lost race',
    mutate: onAppend(async (store, stream, expected, events) => {
      if (!Number.isSafeInteger(expected)) throw new ConcurrencyError(stream, expected, 0);
      return store.append(stream, expected, events);
    }),
  },
  {
    sentence: 'A stream with a name that a store would not keep, or takes for its own, is refused as INVALID.',
    fault: 'leaves out what does not fit',
    mutate: onAppend((store, stream, expected, events) =>
      store.append(`session-${randomUUID()}${stream.replace(/[^\w-]/gu, '')}`, expected, events),
    ),
  },
  {
    sentence: 'A stream with a name that a store would not keep, or takes for its own, is refused as INVALID.',
    fault: 'reads a stream that cannot be as empty',
    mutate: onReadStream(async (store, stream, options) => store.readStream(stream, options).catch(() => [])),
  },
  {
    sentence: 'An event without an id that is a UUID, a type or a revision is refused as INVALID.',
    fault: 'fills in an id',
    mutate: onAppended((events) => events.map((event) => ({ ...event, id: event.id || randomUUID() }))),
  },
  {
    sentence: 'An event without an id that is a UUID, a type or a revision is refused as INVALID.',
    fault: 'fills in a revision',
    mutate: onAppended((events) => events.map((event) => ({ ...event, revision: Math.trunc(event.revision) || 1 }))),
  },
  {
    sentence: 'Data, metadata and personal values that are not plain JSON are refused as INVALID.',
    fault: 'leaves out what is undefined',
    mutate: onAppended((events) => events.map((event) => withoutUndefined(event, 'data'))),
  },
  {
    sentence: 'Data, metadata and personal values that are not plain JSON are refused as INVALID.',
    fault: 'does not look at the metadata',
    mutate: onAppended((events) => events.map((event) => withoutUndefined(event, 'metadata'))),
  },
  {
    sentence: 'Data, metadata and personal values that are not plain JSON are refused as INVALID.',
    fault: 'does not look at personal values',
    mutate: onAppended((events) => events.map((event) => withoutUndefined(event, 'personal'))),
  },
  {
    sentence: 'Data that is not an object is refused as INVALID.',
    fault: 'makes it one',
    mutate: onAppended((events) => events.map((event) => ({ ...event, data: { ...(event.data as object | null) } }))),
  },
  {
    sentence: 'An append that weighs more than a store takes is refused as INVALID, however it is spread over events.',
    fault: 'weighs each event by itself',
    mutate: oneByOne,
  },
  {
    sentence: 'An append that weighs more than a store takes is refused as INVALID, however it is spread over events.',
    fault: 'cuts it short',
    mutate: onAppended((events) =>
      events.map((event) => (JSON.stringify(event.data).length > 900_000 ? { ...event, data: {} } : event)),
    ),
  },
  {
    sentence: 'An append that is refused as INVALID writes nothing.',
    fault: 'writes what comes before the fault',
    mutate: oneByOne,
  },
];

function withoutUndefined(event: EventToAppend, part: 'data' | 'metadata' | 'personal'): EventToAppend {
  try {
    return { ...event, [part]: JSON.parse(JSON.stringify(event[part])) };
  } catch {
    return event;
  }
}
