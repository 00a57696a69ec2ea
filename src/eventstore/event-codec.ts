import type { PersonalValues } from '../canonical/commitment.js';
import { eventTypeNamed, type RecordedEvent } from '../domain/catalogue.js';
import type { EventMetadata, EventType } from '../domain/event.js';
import { isInstant, type Field } from '../domain/field.js';
import { categoryOf } from '../domain/stream.js';
import type { JsonObject, StoredEvent } from './event-store.js';

/** Where a request came from; personal values of whoever made it. */
export interface RequestValues {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/**
 * An event as the domain and the read models know it, with its place in the log. Read from the log, its `personal` and
 * `request` are opened when they are first looked at, which throws where they do not open: whoever never looks neither
 * pays for it nor is stopped by it. They are accessors, which a spread (`{ ...event }`) leaves out.
 */
export type LoggedEvent = RecordedEvent & {
  readonly id: string;
  readonly stream: string;
  readonly position: bigint;
  /** Null where the person was erased, or nobody is known. */
  readonly request: RequestValues | null;
  /** The event exactly as it is stored: sealed, and not brought up to a newer revision. An accessor, too. */
  readonly stored: StoredEvent;
};

/** An event that this release cannot read: an unknown type, a newer revision, or data that does not fit. */
export class UnreadableEventError extends Error {
  readonly code = 'UNREADABLE_EVENT';

  constructor(event: StoredEvent, fault: string) {
    super(`event ${event.id} (${event.type}, version ${event.version} of ${event.stream}) cannot be read: ${fault}`);
  }
}

function upcast(type: EventType, event: StoredEvent): JsonObject {
  if (event.revision < 1 || event.revision > type.revision) {
    throw new UnreadableEventError(
      event,
      `its revision is ${event.revision}, this release knows 1 to ${type.revision}`,
    );
  }
  if (event.revision === type.revision) return event.data;
  return type.upcasters.slice(event.revision - 1).reduce((data, step) => step(data), event.data);
}

/** The fields of each event type in a list, made once: this runs for every event there is. */
const fieldLists = new Map<EventType, readonly (readonly [name: string, field: Field<unknown>])[]>();

function fieldsOf(type: EventType): readonly (readonly [name: string, field: Field<unknown>])[] {
  const known = fieldLists.get(type);
  if (known !== undefined) return known;
  const fields = Object.entries(type.data);
  fieldLists.set(type, fields);
  return fields;
}

function checkData(type: EventType, data: JsonObject, event: StoredEvent): void {
  for (const [name, field] of fieldsOf(type)) {
    if (!field.accepts(data[name])) throw new UnreadableEventError(event, `its field ${name} is no ${field.kind}`);
  }
}

function checkMetadata(event: StoredEvent): void {
  if (!isInstant(event.metadata.occurredAt))
    throw new UnreadableEventError(event, 'its metadata do not say when it happened');
}

function typeOf(event: StoredEvent): EventType {
  const type = eventTypeNamed(event.type);
  if (type === undefined) throw new UnreadableEventError(event, 'its type is unknown to this release');
  const category = categoryOf(event.stream);
  if (category === undefined || !type.streams.includes(category)) {
    throw new UnreadableEventError(event, 'its type does not belong in this stream');
  }
  return type;
}

/** Opens the personal values in a slot of an event; null where there are none, or no key. @throws where they do not open */
export type OpenSlot = (slot: 'subject' | 'request') => PersonalValues | null;

function personalOf(type: EventType, open: OpenSlot): PersonalValues | null {
  const subject = type.personal.length === 0 ? null : open('subject');
  return subject && Object.fromEntries(type.personal.map((name) => [name, subject[name] ?? null]));
}

function requestOf(open: OpenSlot): RequestValues | null {
  const request = open('request');
  return request && { ip: request.ip ?? null, userAgent: request.userAgent ?? null };
}

/** A stored event that was checked. */
class DecodedEvent {
  readonly id: string;
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  readonly position: bigint;
  readonly metadata: EventMetadata;
  readonly #stored: StoredEvent;
  readonly #type: EventType;
  readonly #open: OpenSlot;
  #personal: PersonalValues | null | undefined;
  #request: RequestValues | null | undefined;

  constructor(
    event: StoredEvent,
    type: EventType,
    readonly data: JsonObject,
    open: OpenSlot,
  ) {
    ({
      id: this.id,
      type: this.type,
      stream: this.stream,
      version: this.version,
      position: this.position,
      metadata: this.metadata,
    } = event);
    this.#stored = event;
    this.#type = type;
    this.#open = open;
  }

  get stored(): StoredEvent {
    return this.#stored;
  }

  get personal(): PersonalValues | null {
    if (this.#personal === undefined) this.#personal = personalOf(this.#type, this.#open);
    return this.#personal;
  }

  get request(): RequestValues | null {
    if (this.#request === undefined) this.#request = requestOf(this.#open);
    return this.#request;
  }
}

/**
 * Turns a stored event into one of the domain: brought up to the current revision, checked field by field. Its personal
 * values are opened by `open` once somebody looks at them, each slot at most once.
 * @throws {UnreadableEventError} where this release does not understand it
 */
export function decodeEvent(event: StoredEvent, open: OpenSlot): LoggedEvent {
  const type = typeOf(event);
  const data = upcast(type, event);
  checkData(type, data, event);
  checkMetadata(event);
  // The checks above are what makes this an event of the domain.
  return new DecodedEvent(event, type, data, open) as unknown as LoggedEvent;
}
