import type { EventMetadata } from '../../domain/event.js';
import { checkWeight } from '../arguments.js';
import type { EventToAppend, JsonObject, SealedPersonal, StoredEvent } from '../event-store.js';
import { EventStoreError } from '../event-store.js';

/** An event with its parts written as JSON. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly revision: number;
  readonly data: string;
  readonly metadata: string;
  readonly personal: string | null;
}

/** A row of the table of events, with every whole number as a bigint. */
export interface EventRow {
  readonly position: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly data: string;
  readonly metadata: string;
  readonly personal: string | null;
  readonly recorded_at: string;
}

/** Writes the parts of events as JSON. @throws {EventStoreError} `INVALID` where that is more than one append may weigh */
export function encode(events: readonly EventToAppend[]): readonly EncodedEvent[] {
  const encoded = events.map((event) => ({
    id: event.id,
    type: event.type,
    revision: event.revision,
    data: JSON.stringify(event.data),
    metadata: JSON.stringify(event.metadata),
    personal: event.personal === undefined ? null : JSON.stringify(event.personal),
  }));
  checkWeight(encoded);
  return encoded;
}

/** The event of a row. @throws {EventStoreError} `UNAVAILABLE` where what is stored is not JSON */
export function decode(row: EventRow): StoredEvent {
  try {
    return {
      id: row.id,
      type: row.type,
      revision: Number(row.revision),
      data: JSON.parse(row.data) as JsonObject,
      metadata: JSON.parse(row.metadata) as EventMetadata,
      ...(row.personal === null ? {} : { personal: JSON.parse(row.personal) as SealedPersonal }),
      stream: row.stream,
      version: Number(row.version),
      position: row.position,
      recordedAt: row.recorded_at,
    };
  } catch {
    // The parser's own message would quote what is stored.
    throw new EventStoreError('UNAVAILABLE', `the event at position ${row.position} is damaged: it is not JSON`);
  }
}
