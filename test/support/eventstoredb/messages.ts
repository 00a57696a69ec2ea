import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { Empty, StreamIdentifier, UUID } from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, BatchAppendReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';

import type { LoggedEvent, ProposedEvent } from './event.js';
import type { Expected } from './log.js';

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NIL = '00000000-0000-0000-0000-000000000000';

/** The message that stands for a case without a value. */
export const empty = (): Empty => new shared.Empty();

/** A stream's name as messages carry it. */
export function identifier(stream: string): StreamIdentifier {
  const message = new shared.StreamIdentifier();
  message.setStreamName(Buffer.from(stream, 'utf8').toString('base64'));
  return message;
}

/** The name that a message carries, or undefined if it carries none. */
export function streamName(message: StreamIdentifier | undefined): string | undefined {
  return message === undefined ? undefined : Buffer.from(message.getStreamName_asU8()).toString('utf8');
}

/** An id as messages carry it. */
export function uuid(id: string): UUID {
  const message = new shared.UUID();
  message.setString(id);
  return message;
}

/** An id in small letters, as the server gives it back; undefined if it is none. */
export function parseUuid(message: UUID | undefined): string | undefined {
  const text = message?.getString().toLowerCase() ?? '';
  return UUID_TEXT.test(text) && text !== NIL ? text : undefined;
}

/** The event of a message; undefined if its id or its type is none. */
export function proposedEvent(
  message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage,
): ProposedEvent | undefined {
  const id = parseUuid(message.getId());
  const type = message.getMetadataMap().get('type') ?? '';
  const contentType = message.getMetadataMap().get('content-type');
  if (id === undefined || type === '' || contentType === undefined) return undefined;
  return { id, type, contentType, data: message.getData_asU8(), metadata: message.getCustomMetadata_asU8() };
}

interface ExpectedRevision {
  hasRevision(): boolean;
  getRevision(): string;
  hasNoStream(): boolean;
  hasStreamExists(): boolean;
}

/** The revision that a writer expects. */
export function expectedRevision(options: ExpectedRevision): Expected {
  if (options.hasRevision()) return BigInt(options.getRevision());
  if (options.hasNoStream()) return 'no_stream';
  return options.hasStreamExists() ? 'stream_exists' : 'any';
}

/** A recorded event as readers get it. */
export function eventMessage(event: LoggedEvent): ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(uuid(event.id));
  recorded.setStreamIdentifier(identifier(event.stream));
  recorded.setStreamRevision(event.revision.toString());
  recorded.setCommitPosition(event.position.toString());
  recorded.setPreparePosition(event.position.toString());
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', event.created);
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(event.position.toString());
  const message = new streams.ReadResp();
  message.setEvent(read);
  return message;
}

/** Says that there is no such stream. */
export function streamNotFoundMessage(stream: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier(stream));
  const message = new streams.ReadResp();
  message.setStreamNotFound(notFound);
  return message;
}

/** Says that a subscription has begun. */
export function confirmationMessage(id: string): ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(id);
  const message = new streams.ReadResp();
  message.setConfirmation(confirmation);
  return message;
}

/** Says that a subscription has seen all that there is. */
export function caughtUpMessage(): ReadResp {
  const message = new streams.ReadResp();
  message.setCaughtUp(new streams.ReadResp.CaughtUp());
  return message;
}

/** Says how far a filtered subscription has come. */
export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(position.toString());
  checkpoint.setPreparePosition(position.toString());
  const message = new streams.ReadResp();
  message.setCheckpoint(checkpoint);
  return message;
}
