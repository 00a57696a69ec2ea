import type { Opening, PersonalValues } from '../canonical/commitment.js';
import { catalogue, type DomainEvent } from '../domain/catalogue.js';
import type { EventMetadata } from '../domain/event.js';
import type { StreamName } from '../domain/stream.js';
import type { PersonKeys } from '../vault/person-keys.js';
import { openPersonalValues, sealPersonalValues, type PersonalPlace } from '../vault/personal-values.js';
import { decodeEvent, type LoggedEvent, type RequestValues } from './event-codec.js';
import type { Appended, EventStore, EventToAppend, SealedPersonal, SealedValues, StoredEvent } from './event-store.js';

/** What one append has in common: its metadata, and whose values are sealed with it. */
export interface Envelope {
  readonly metadata: EventMetadata;
  /** Ids for the events, fresh; the same again when an append of unknown outcome is repeated. */
  readonly eventIds: readonly string[];
  /** The person under whose key the subject's personal values are sealed. */
  readonly subjectPersonId: string | null;
  /** Where the request came from, and the person under whose key that is sealed; null where nobody is known. */
  readonly request: { readonly personId: string; readonly values: RequestValues } | null;
}

export interface ReadOptions {
  /** Exclusive version to read on from. */
  readonly after?: number;
  /** At most this many events; all by default. */
  readonly limit?: number;
}

/** The log as the application sees it: events of the domain, personal values sealed on the way in and opened on the way out. */
export interface EventLog {
  /** Appends events of the domain. @throws {ConcurrencyError} @throws {EventStoreError} @throws {PersonErasedError} */
  append(stream: StreamName, expected: number, events: readonly DomainEvent[], envelope: Envelope): Promise<Appended>;
  /** A stream's events, without where their requests came from: no rule asks for that. @throws {UnreadableEventError} */
  readStream(stream: StreamName, options?: ReadOptions): Promise<readonly LoggedEvent[]>;
  /**
   * Turns stored events into those that read models know. The keys of all persons in them are fetched at once; with these,
   * personal values are opened when somebody looks at them. @throws {UnreadableEventError}
   */
  decode(events: readonly StoredEvent[]): Promise<readonly LoggedEvent[]>;
  /**
   * What opens the commitments of each event, the subject's first, then the request's: values and salt; null where the person
   * was erased. @throws where sealed values do not open
   */
  openings(events: readonly StoredEvent[]): Promise<readonly (readonly (Opening | null)[])[]>;
}

/** The key of the person whose values were to be sealed is gone. */
export class PersonErasedError extends Error {
  readonly code = 'PERSON_ERASED';

  constructor(readonly personId: string) {
    super(`there is no key for person ${personId}`);
  }
}

type Keys = ReadonlyMap<string, Uint8Array>;
type Slot = PersonalPlace['slot'];

function seal(keys: Keys, place: PersonalPlace, values: PersonalValues): SealedValues {
  const key = keys.get(place.personId);
  if (key === undefined) throw new PersonErasedError(place.personId);
  return sealPersonalValues(key, place, values);
}

const SLOTS: readonly Slot[] = ['subject', 'request'];

function openingOf(keys: Keys, event: StoredEvent, slot: Slot): Opening | null {
  const sealed = event.personal?.[slot];
  if (sealed === undefined) return null;
  const key = keys.get(sealed.personId);
  if (key === undefined) return null;
  return openPersonalValues(key, { personId: sealed.personId, eventId: event.id, slot }, sealed.sealed);
}

function open(keys: Keys, event: StoredEvent, slot: Slot): PersonalValues | null {
  return openingOf(keys, event, slot)?.values ?? null;
}

function personsIn(events: readonly StoredEvent[], slots: readonly Slot[]): ReadonlySet<string> {
  const persons = new Set<string>();
  for (const { personal } of events) {
    for (const slot of slots) {
      const sealed = personal?.[slot];
      if (sealed !== undefined) persons.add(sealed.personId);
    }
  }
  return persons;
}

function sealPersonal(keys: Keys, id: string, event: DomainEvent, envelope: Envelope): SealedPersonal | undefined {
  const { subjectPersonId, request } = envelope;
  const subject =
    event.personal !== null && subjectPersonId !== null
      ? seal(keys, { personId: subjectPersonId, eventId: id, slot: 'subject' }, event.personal)
      : undefined;
  const from =
    request && seal(keys, { personId: request.personId, eventId: id, slot: 'request' }, { ...request.values });
  if (subject === undefined && from === null) return undefined;
  return { ...(subject && { subject }), ...(from && { request: from }) };
}

function encode(keys: Keys, event: DomainEvent, index: number, envelope: Envelope): EventToAppend {
  const id = envelope.eventIds[index];
  if (id === undefined) throw new RangeError('an event without an id cannot be appended');
  if (event.personal !== null && envelope.subjectPersonId === null) {
    throw new TypeError(`${event.type} has personal values, but it is not said whose`);
  }
  const personal = sealPersonal(keys, id, event, envelope);
  const { revision } = catalogue[event.type];
  return {
    id,
    type: event.type,
    revision,
    data: event.data,
    metadata: envelope.metadata,
    ...(personal && { personal }),
  };
}

const ERASURE: DomainEvent['type'] = 'UserErased';

/** The persons that events say were erased. */
function erasedIn(events: readonly Pick<StoredEvent | DomainEvent, 'type' | 'data'>[]): readonly string[] {
  return events
    .filter(({ type }) => type === ERASURE)
    .map(({ data }) => ('personId' in data ? data.personId : null))
    .filter((personId) => typeof personId === 'string');
}

/**
 * Puts the domain's view on an event store. As soon as an event comes by that says that a person was erased, nothing of that
 * person is opened any more, also where the key is there still, and `onErased` is told, once a person.
 */
export function createEventLog(store: EventStore, personKeys: PersonKeys, onErased = (): void => undefined): EventLog {
  function forgetErased(events: Parameters<typeof erasedIn>[0]): void {
    for (const personId of erasedIn(events)) if (personKeys.forget(personId)) onErased();
  }

  async function decode(events: readonly StoredEvent[], slots: readonly Slot[]): Promise<LoggedEvent[]> {
    if (events.length === 0) return [];
    forgetErased(events);
    const keys = await personKeys.getMany(personsIn(events, slots));
    return events.map((event) => decodeEvent(event, (slot) => (slots.includes(slot) ? open(keys, event, slot) : null)));
  }

  return {
    async append(stream, expected, events, envelope) {
      const persons = [envelope.subjectPersonId, envelope.request?.personId ?? null];
      const keys = await personKeys.getMany(persons.filter((personId) => personId !== null));
      const encoded = events.map((event, index) => encode(keys, event, index, envelope));
      const appended = await store.append(stream, expected, encoded);
      forgetErased(encoded);
      return appended;
    },
    async readStream(stream, options = {}) {
      return decode(await store.readStream(stream, options), ['subject']);
    },
    decode: (events) => decode(events, SLOTS),
    async openings(events) {
      const keys = await personKeys.getMany(personsIn(events, SLOTS));
      return events.map((event) =>
        SLOTS.filter((slot) => event.personal?.[slot] !== undefined).map((slot) => openingOf(keys, event, slot)),
      );
    },
  };
}
