import streams from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  DeleteReq,
  DeleteResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerReadableStream, ServerUnaryCall } from '@grpc/grpc-js';

import { appendTooLarge, invalidArgument, streamDeleted, wrongExpectedVersion, type RpcError } from './errors.js';
import type { ProposedEvent } from './event.js';
import type { Expected, WriteResult } from './log.js';
import { admit, countOpen, delayed, struck, type Member } from './member.js';
import { empty, expectedRevision, proposedEvent, streamName } from './messages.js';

/** How a call with one answer is answered. */
export type Answer<Response> = (error: RpcError | null, response?: Response) => void;

/** An append, by whichever RPC it came. */
export interface AppendRequest {
  readonly stream: string;
  readonly expected: Expected;
  /** Undefined stands for an event that is none. */
  readonly events: readonly (ProposedEvent | undefined)[];
}

/** What became of an append; `lost` is never answered. */
export type AppendOutcome =
  WriteResult | { readonly outcome: 'refused'; readonly error: RpcError } | { readonly outcome: 'lost' };

const lost = { outcome: 'lost' } as const;

/** What -1 becomes where a position is sent without a sign. */
const NOWHERE = 2n ** 64n - 1n;

function written(member: Member, { stream, expected, events }: AppendRequest): AppendOutcome {
  const proposed = events.filter((event) => event !== undefined);
  if (stream === '' || proposed.length < events.length) {
    return { outcome: 'refused', error: invalidArgument('An event needs a UUID and a type, and a stream to go to.') };
  }
  const size = proposed.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
  const { maxAppendSize } = member.settings;
  if (size > maxAppendSize) return { outcome: 'refused', error: appendTooLarge(maxAppendSize) };
  return member.log.append(stream, expected, proposed);
}

/** Writes, unless the connection is to be lost before; or loses it afterwards. */
export async function append(
  member: Member,
  request: AppendRequest,
  from: { readonly peer: string; readonly kind: 'append' | 'batchAppend' },
): Promise<AppendOutcome> {
  const { faults, counters } = member;
  counters.appends[from.kind] += 1;
  if (faults.loseRequests > 0) {
    faults.loseRequests -= 1;
    struck(member, 'loseRequests');
    member.cut(from.peer);
    return lost;
  }
  const outcome = written(member, request);
  if (faults.loseAnswers > 0) {
    faults.loseAnswers -= 1;
    struck(member, 'loseAnswers');
    member.cut(from.peer);
    return lost;
  }
  await delayed(member);
  if (!faults.withoutPosition || outcome.outcome !== 'written') return outcome;
  struck(member, 'withoutPosition');
  return { ...outcome, position: NOWHERE };
}

function successResponse(result: { readonly revision: bigint; readonly position: bigint }): AppendResp {
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(result.position.toString());
  position.setPreparePosition(result.position.toString());
  const success = new streams.AppendResp.Success();
  if (result.revision < 0n) success.setNoStream(empty());
  else success.setCurrentRevision(result.revision.toString());
  success.setPosition(position);
  const response = new streams.AppendResp();
  response.setSuccess(success);
  return response;
}

function wrongVersionResponse(expected: Expected, current: bigint | undefined): AppendResp {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current === undefined) wrong.setCurrentNoStream(empty());
  else wrong.setCurrentRevision(current.toString());
  if (typeof expected === 'bigint') wrong.setExpectedRevision(expected.toString());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty());
  else wrong.setExpectedAny(empty());
  const response = new streams.AppendResp();
  response.setWrongExpectedVersion(wrong);
  return response;
}

function answerAppend(request: AppendRequest, outcome: AppendOutcome, answer: Answer<AppendResp>): void {
  if (outcome.outcome === 'written') answer(null, successResponse(outcome));
  else if (outcome.outcome === 'wrong-version') answer(null, wrongVersionResponse(request.expected, outcome.current));
  else if (outcome.outcome === 'deleted') answer(streamDeleted(request.stream));
  else if (outcome.outcome === 'refused') answer(outcome.error);
}

async function gathered(call: ServerReadableStream<AppendReq, AppendResp>): Promise<AppendRequest | undefined> {
  let options: AppendReq.Options | undefined;
  const events: (ProposedEvent | undefined)[] = [];
  try {
    for await (const message of call as AsyncIterable<AppendReq>) {
      options ??= message.getOptions();
      const proposed = message.getProposedMessage();
      if (proposed !== undefined) events.push(proposedEvent(proposed));
    }
  } catch {
    return undefined;
  }
  if (options === undefined || call.cancelled) return undefined;
  return { stream: streamName(options.getStreamIdentifier()) ?? '', expected: expectedRevision(options), events };
}

/** Answers the Append RPC: one append a call. */
export async function appendCall(
  member: Member,
  call: ServerReadableStream<AppendReq, AppendResp>,
  answer: Answer<AppendResp>,
): Promise<void> {
  const close = countOpen(member, 'append', call);
  const request = await gathered(call);
  const refused = admit(member, 'append', call.metadata);
  if (refused === 'hang') return;
  close();
  if (refused !== undefined) answer(refused);
  else if (request === undefined) answer(invalidArgument('An append needs options.'));
  else answerAppend(request, await append(member, request, { peer: call.getPeer(), kind: 'append' }), answer);
}

interface Removal<Response> {
  readonly kind: 'delete' | 'tombstone';
  readonly respond: (position: bigint) => Response;
}

interface RemovalRequest {
  getOptions(): DeleteReq.Options | TombstoneReq.Options | undefined;
}

const REVISIONS = { any: -2n, no_stream: -1n, stream_exists: -4n } as const;

const revisionNumber = (expected: Expected): bigint => (typeof expected === 'bigint' ? expected : REVISIONS[expected]);

function remove(member: Member, kind: 'delete' | 'tombstone', request: RemovalRequest): bigint | RpcError {
  const options = request.getOptions();
  const stream = streamName(options?.getStreamIdentifier()) ?? '';
  if (options === undefined || stream === '') return invalidArgument('A deletion needs a stream.');
  const expected = expectedRevision(options);
  const result = kind === 'delete' ? member.log.softDelete(stream, expected) : member.log.tombstone(stream, expected);
  if (result.outcome === 'written') return result.position;
  if (result.outcome === 'deleted') return streamDeleted(stream);
  return wrongExpectedVersion(stream, revisionNumber(expected), result.current ?? -1n);
}

async function removalCall<Request extends RemovalRequest, Response>(
  { member, kind, respond }: Removal<Response> & { readonly member: Member },
  call: ServerUnaryCall<Request, Response>,
  answer: Answer<Response>,
): Promise<void> {
  const close = countOpen(member, kind, call);
  const refused = admit(member, kind, call.metadata);
  if (refused === 'hang') return;
  close();
  const result = refused ?? remove(member, kind, call.request);
  await delayed(member);
  if (typeof result === 'bigint') answer(null, respond(result));
  else answer(result);
}

function deleteResponse(position: bigint): DeleteResp {
  const message = new streams.DeleteResp.Position();
  message.setCommitPosition(position.toString());
  message.setPreparePosition(position.toString());
  const response = new streams.DeleteResp();
  response.setPosition(message);
  return response;
}

function tombstoneResponse(position: bigint): TombstoneResp {
  const message = new streams.TombstoneResp.Position();
  message.setCommitPosition(position.toString());
  message.setPreparePosition(position.toString());
  const response = new streams.TombstoneResp();
  response.setPosition(message);
  return response;
}

/** Answers the Delete RPC, which deletes softly. */
export const deleteCall = (
  member: Member,
  call: ServerUnaryCall<DeleteReq, DeleteResp>,
  answer: Answer<DeleteResp>,
): Promise<void> => removalCall({ member, kind: 'delete', respond: deleteResponse }, call, answer);

/** Answers the Tombstone RPC, which deletes for ever. */
export const tombstoneCall = (
  member: Member,
  call: ServerUnaryCall<TombstoneReq, TombstoneResp>,
  answer: Answer<TombstoneResp>,
): Promise<void> => removalCall({ member, kind: 'tombstone', respond: tombstoneResponse }, call, answer);
