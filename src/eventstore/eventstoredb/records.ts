import type { EventMetadata } from '../../domain/event.js';
import { checkWeight } from '../arguments.js';
import type { EventToAppend, JsonObject, SealedPersonal, StoredEvent } from '../event-store.js';
import type { DbEvent, RecordedDbEvent } from './streams.js';

/** An event of ours as EventStoreDB keeps it: its data as they are; beside them, in what EventStoreDB calls metadata, all the rest. */
interface Envelope {
  /** What the projection `$by_correlation_id` goes by. */
  readonly $correlationId: string;
  readonly $causationId?: string;
  readonly revision: number;
  readonly metadata: EventMetadata;
  readonly personal?: SealedPersonal;
}

function envelopeOf({
  revision,
  metadata,
  personal,
}: Omit<EventToAppend, 'id' | 'type' | 'data'>): Envelope & JsonObject {
  const { correlationId, causationId } = metadata;
  return {
    $correlationId: correlationId,
    ...(causationId !== null && { $causationId: causationId }),
    ...{ revision, metadata },
    ...(personal !== undefined && { personal }),
  };
}

/** Events as EventStoreDB keeps them. @throws {EventStoreError} `INVALID` where that is more than one append may weigh */
export function toDbEvents(events: readonly EventToAppend[]): readonly DbEvent[] {
  const written = events.map((event) => ({
    ...{ id: event.id, type: event.type },
    data: JSON.stringify(event.data),
    metadata: JSON.stringify(event.metadata),
    personal: event.personal === undefined ? null : JSON.stringify(event.personal),
  }));
  checkWeight(written);
  // The client writes events as JSON only later; nobody changes these until then.
  return events.map(({ id, type, data, ...rest }) => structuredClone({ id, type, data, metadata: envelopeOf(rest) }));
}

/** Whether an event is one of the log: not of EventStoreDB itself, and not of the vault. */
export function isOfLog({ stream, type }: Pick<RecordedDbEvent, 'stream' | 'type'>): boolean {
  return !stream.startsWith('$') && !stream.startsWith('vault-') && !type.startsWith('$');
}

/** An event of the log as the port knows it. Revision 0, which no release reads, where somebody else has written it. */
export function fromDbEvent(event: RecordedDbEvent): StoredEvent {
  const { revision, metadata, personal } = event.metadata as Partial<Envelope>;
  return {
    ...{ id: event.id, type: event.type, stream: event.stream, position: event.position },
    version: Number(event.revision) + 1,
    revision: Number.isSafeInteger(revision) ? (revision ?? 0) : 0,
    data: event.data,
    metadata: metadata ?? ({} as EventMetadata),
    ...(personal !== undefined && { personal }),
    recordedAt: event.created.toISOString(),
  };
}
