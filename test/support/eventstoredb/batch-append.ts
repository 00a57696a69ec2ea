import shared from '@eventstore/db-client/generated/shared_pb.js';
import codes from '@eventstore/db-client/generated/code_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import type { Code } from '@eventstore/db-client/generated/code_pb.js';
import type { Status } from '@eventstore/db-client/generated/status_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Message } from 'google-protobuf';
import anyMessage from 'google-protobuf/google/protobuf/any_pb.js';
import emptyMessage from 'google-protobuf/google/protobuf/empty_pb.js';

import type { ProposedEvent } from './event.js';
import type { Expected } from './log.js';
import { admit, countOpen, struck, type Member } from './member.js';
import { expectedRevision, identifier, parseUuid, proposedEvent, streamName, uuid } from './messages.js';
import { append, type AppendOutcome, type AppendRequest } from './write.js';

type BatchCall = ServerDuplexStream<BatchAppendReq, BatchAppendResp>;

/** An append that is still arriving, in messages with one correlation id. */
interface Arriving {
  readonly stream: string;
  readonly expected: Expected;
  /** When it is too late to write it, in ms since 1970 by the client's clock. */
  readonly deadline: number;
  readonly events: (ProposedEvent | undefined)[];
}

const PACKAGE = 'event_store.client';
const protobufEmpty = () => new emptyMessage.Empty();

function begin(options: BatchAppendReq.Options): Arriving {
  return {
    stream: streamName(options.getStreamIdentifier()) ?? '',
    expected: expectedRevision({
      hasRevision: () => options.hasStreamPosition(),
      getRevision: () => options.getStreamPosition(),
      hasNoStream: () => options.hasNoStream(),
      hasStreamExists: () => options.hasStreamExists(),
    }),
    deadline: options.getDeadline()?.toDate().getTime() ?? Number.POSITIVE_INFINITY,
    events: [],
  };
}

function failure(code: Code, message: string, detail: { readonly name: string; readonly message: Message }): Status {
  const any = new anyMessage.Any();
  any.pack(detail.message.serializeBinary(), `${PACKAGE}.${detail.name}`);
  const failed = new statuses.Status();
  failed.setCode(code);
  failed.setMessage(message);
  failed.setDetails(any);
  return failed;
}

function wrongVersion({ expected }: AppendRequest, current: bigint | undefined): Status {
  const detail = new shared.WrongExpectedVersion();
  if (current === undefined) detail.setCurrentNoStream(protobufEmpty());
  else detail.setCurrentStreamRevision(current.toString());
  if (typeof expected === 'bigint') detail.setExpectedStreamPosition(expected.toString());
  else if (expected === 'no_stream') detail.setExpectedNoStream(protobufEmpty());
  else if (expected === 'stream_exists') detail.setExpectedStreamExists(protobufEmpty());
  else detail.setExpectedAny(protobufEmpty());
  return failure(codes.Code.ALREADY_EXISTS, 'Wrong Expected Version', {
    name: 'WrongExpectedVersion',
    message: detail,
  });
}

function deleted(stream: string): Status {
  const detail = new shared.StreamDeleted();
  detail.setStreamIdentifier(identifier(stream));
  return failure(codes.Code.FAILED_PRECONDITION, 'Stream Deleted', { name: 'StreamDeleted', message: detail });
}

function tooLarge(limit: number): Status {
  const detail = new shared.MaximumAppendSizeExceeded();
  detail.setMaxappendsize(limit);
  return failure(codes.Code.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', {
    name: 'MaximumAppendSizeExceeded',
    message: detail,
  });
}

function badRequest(text: string): Status {
  const detail = new shared.BadRequest();
  detail.setMessage(text);
  return failure(codes.Code.INVALID_ARGUMENT, text, { name: 'BadRequest', message: detail });
}

const timedOut = (): Status =>
  failure(codes.Code.DEADLINE_EXCEEDED, 'Timeout', { name: 'Timeout', message: new shared.Timeout() });

function success(outcome: { readonly revision: bigint; readonly position: bigint }): BatchAppendResp.Success {
  const position = new shared.AllStreamPosition();
  position.setCommitPosition(outcome.position.toString());
  position.setPreparePosition(outcome.position.toString());
  const message = new streams.BatchAppendResp.Success();
  if (outcome.revision < 0n) message.setNoStream(protobufEmpty());
  else message.setCurrentRevision(outcome.revision.toString());
  message.setPosition(position);
  return message;
}

function failureOf(request: AppendRequest, outcome: Exclude<AppendOutcome, { outcome: 'written' | 'lost' }>): Status {
  if (outcome.outcome === 'wrong-version') return wrongVersion(request, outcome.current);
  if (outcome.outcome === 'deleted') return deleted(request.stream);
  const limit = outcome.error.metadata.get('maximum-append-size')[0];
  return limit === undefined ? badRequest(outcome.error.details) : tooLarge(Number(limit));
}

function response(correlationId: string, stream: string): BatchAppendResp {
  const message = new streams.BatchAppendResp();
  message.setCorrelationId(uuid(correlationId));
  message.setStreamIdentifier(identifier(stream));
  return message;
}

async function complete(member: Member, call: BatchCall, final: { id: string; arrived: Arriving }): Promise<void> {
  const { id, arrived } = final;
  const message = response(id, arrived.stream);
  if (arrived.deadline <= Date.now() + member.faults.clockAhead) {
    if (member.faults.clockAhead !== 0) struck(member, 'clockAhead');
    message.setError(timedOut());
  } else {
    const outcome = await append(member, arrived, { peer: call.getPeer(), kind: 'batchAppend' });
    if (outcome.outcome === 'lost') return;
    if (outcome.outcome === 'written') message.setSuccess(success(outcome));
    else message.setError(failureOf(arrived, outcome));
  }
  if (!call.cancelled) call.write(message);
}

/** Answers the BatchAppend RPC: many appends in one call, told apart by correlation ids. */
export function batchAppendCall(member: Member, call: BatchCall): void {
  const refused = admit(member, 'batchAppend', call.metadata);
  const close = countOpen(member, 'batchAppend', call);
  const arriving = new Map<string, Arriving>();
  // A client that goes away is told of by `cancelled`.
  call.on('error', () => undefined);
  if (refused === 'hang') return void call.resume();
  if (refused !== undefined) {
    close();
    call.emit('error', refused);
    return;
  }
  call.on('data', (message: BatchAppendReq) => {
    const id = parseUuid(message.getCorrelationId());
    const options = message.getOptions();
    if (id === undefined) return;
    if (options !== undefined) arriving.set(id, begin(options));
    const arrived = arriving.get(id);
    arrived?.events.push(...message.getProposedMessagesList().map(proposedEvent));
    if (arrived === undefined || !message.getIsFinal()) return;
    arriving.delete(id);
    void complete(member, call, { id, arrived });
  });
  const end = (): void => {
    close();
    member.batches.delete(open);
    call.end();
  };
  const open = { end };
  member.batches.add(open);
  call.once('cancelled', () => member.batches.delete(open));
  call.on('end', end);
}
