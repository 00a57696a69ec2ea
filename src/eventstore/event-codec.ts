import type { PersonalValues } from '../canonical/commitment.js';
import { eventTypeNamed, type RecordedEvent } from '../domain/catalogue.js';
import type { EventType } from '../domain/event.js';
import { isInstant } from '../domain/field.js';
import { categoryOf } from '../domain/stream.js';
import type { JsonObject, StoredEvent } from './event-store.js';

/** Where a request came from; personal values of whoever made it. */
export interface RequestValues {
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** An event as the domain and the read models know it, with its place in the log. */
export type LoggedEvent = RecordedEvent & {
  readonly id: string;
  readonly stream: string;
  readonly position: bigint;
  /** Null where the person was erased, or nobody is known. */
  readonly request: RequestValues | null;
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
  return type.upcasters.slice(event.revision - 1).reduce((data, step) => step(data), event.data);
}

function checkData(type: EventType, data: JsonObject, event: StoredEvent): void {
  for (const [name, field] of Object.entries(type.data)) {
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

export interface OpenedValues {
  readonly subject: PersonalValues | null;
  readonly request: PersonalValues | null;
}

function personalOf(type: EventType, subject: PersonalValues | null): PersonalValues | null {
  if (type.personal.length === 0 || subject === null) return null;
  return Object.fromEntries(type.personal.map((name) => [name, subject[name] ?? null]));
}

/**
 * Turns a stored event into one of the domain: brought up to the current revision, checked field by field.
 * @throws {UnreadableEventError} where this release does not understand it
 */
export function decodeEvent(event: StoredEvent, opened: OpenedValues): LoggedEvent {
  const type = typeOf(event);
  const data = upcast(type, event);
  checkData(type, data, event);
  checkMetadata(event);
  const { id, stream, version, position, metadata } = event;
  const request = opened.request && { ip: opened.request.ip ?? null, userAgent: opened.request.userAgent ?? null };
  const personal = personalOf(type, opened.subject);
  // The checks above are what makes this an event of the domain.
  return { id, type: event.type, stream, version, position, metadata, data, personal, request } as LoggedEvent;
}
