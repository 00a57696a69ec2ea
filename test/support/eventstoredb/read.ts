import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';

import { invalidArgument, streamDeleted, type RpcError } from './errors.js';
import { filterOf } from './filter.js';
import { admit, countOpen, delayed, type Member } from './member.js';
import { eventMessage, streamNotFoundMessage } from './messages.js';
import { createOutlet } from './outlet.js';
import { find } from './sources.js';
import { subscribe } from './subscribe.js';

/** A call of Read: a read that ends, or a subscription that does not. */
export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

async function readOnce(member: Member, call: ReadCall, options: ReadReq.Options): Promise<RpcError | undefined> {
  const found = find(member.log, options);
  if (found.state === 'deleted') return streamDeleted(found.stream);
  await delayed(member);
  const outlet = createOutlet(call);
  if (found.state !== 'found') {
    await outlet.write(streamNotFoundMessage(found.stream));
    return undefined;
  }
  const matches = filterOf(options)?.matches ?? (() => true);
  const wanted = found.events.filter(matches).slice(0, Number(options.getCount()));
  for (const event of wanted) {
    if (!(await outlet.write(eventMessage(event)))) return undefined;
  }
  return undefined;
}

/** Answers the Read RPC. */
export async function read(member: Member, call: ReadCall): Promise<void> {
  const options = call.request.getOptions();
  const kind = options?.hasSubscription() === true ? 'subscribe' : 'read';
  const refused = admit(member, kind, call.metadata);
  const close = countOpen(member, kind, call);
  if (refused === 'hang') return;
  const error = refused ?? (await answer(member, call, options));
  close();
  if (error === undefined) call.end();
  else call.emit('error', error);
}

async function answer(
  member: Member,
  call: ReadCall,
  options: ReadReq.Options | undefined,
): Promise<RpcError | undefined> {
  if (options === undefined) return invalidArgument('A read needs options.');
  try {
    return await (options.hasSubscription() ? subscribe(member, call, options) : readOnce(member, call, options));
  } catch (error) {
    if (error instanceof SyntaxError) return invalidArgument(error.message);
    throw error;
  }
}
