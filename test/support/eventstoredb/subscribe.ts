import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';

import { consumerTooSlow, streamDeleted, type RpcError } from './errors.js';
import type { LoggedEvent } from './event.js';
import { filterOf, type Filter } from './filter.js';
import { delayed, struck, type Member } from './member.js';
import { caughtUpMessage, checkpointMessage, confirmationMessage, eventMessage } from './messages.js';
import { createOutlet, type Outlet } from './outlet.js';
import { follow, type Source } from './sources.js';

/** How many events may wait for a live reader, as in server 23.10. */
const LIVE_QUEUE = 32;

interface Subscription {
  readonly member: Member;
  readonly source: Source;
  readonly outlet: Outlet;
  readonly filter: Filter | undefined;
  /** Set when the server ends the subscription. */
  ended: { readonly error: RpcError | undefined } | undefined;
  live: boolean;
  considered: number;
}

async function send(subscription: Subscription, event: LoggedEvent): Promise<void> {
  const { outlet, filter } = subscription;
  if (filter === undefined || filter.matches(event)) await outlet.write(eventMessage(event));
  if (filter === undefined) return;
  subscription.considered += 1;
  if (subscription.considered % filter.checkpointEvery === 0) await outlet.write(checkpointMessage(event.position));
}

async function catchUp(subscription: Subscription): Promise<void> {
  subscription.live = true;
  if (subscription.member.settings.caughtUp) await subscription.outlet.write(caughtUpMessage());
}

/** Ends the subscription of a live reader that lets too many events wait, if the server is set to do so. */
function endIfTooSlow(subscription: Subscription): void {
  const { member, source, outlet } = subscription;
  if (!member.faults.slowConsumers || !subscription.live || !outlet.full() || source.waiting() <= LIVE_QUEUE) return;
  struck(member, 'slowConsumers');
  subscription.ended = { error: consumerTooSlow() };
}

function endIfDeleted(subscription: Subscription): void {
  const { stream } = subscription.source;
  if (stream === undefined || subscription.member.log.view(stream).state !== 'deleted') return;
  subscription.ended = { error: streamDeleted(stream) };
}

const isOver = ({ ended, outlet }: Subscription): boolean => ended !== undefined || outlet.closed();

async function step(subscription: Subscription): Promise<void> {
  const { source, outlet } = subscription;
  endIfTooSlow(subscription);
  endIfDeleted(subscription);
  if (isOver(subscription)) return;
  if (outlet.full()) return outlet.sleep();
  const event = source.take();
  if (event !== undefined) return send(subscription, event);
  return subscription.live ? outlet.sleep() : catchUp(subscription);
}

/** Sends events until the reader leaves or the server ends the subscription: then with an error or, if undefined, OK. */
export async function subscribe(
  member: Member,
  call: ServerWritableStream<ReadReq, ReadResp>,
  options: ReadReq.Options,
): Promise<RpcError | undefined> {
  const outlet = createOutlet(call);
  const subscription: Subscription = {
    member,
    outlet,
    source: follow(member.log, options),
    filter: filterOf(options),
    ended: undefined,
    live: false,
    considered: 0,
  };
  const open = {
    end(error?: RpcError) {
      subscription.ended = { error };
      outlet.wake();
    },
  };
  member.subscriptions.add(open);
  const unlisten = member.log.onWrite(outlet.wake);
  await delayed(member);
  await outlet.write(confirmationMessage(crypto.randomUUID()));
  while (!isOver(subscription)) await step(subscription);
  unlisten();
  member.subscriptions.delete(open);
  return subscription.ended?.error;
}
