import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';

import type { LoggedEvent } from './event.js';
import type { Log } from './log.js';
import { streamName } from './messages.js';

/** What a read finds. */
export type Found =
  | { readonly state: 'found'; readonly events: readonly LoggedEvent[] }
  | { readonly state: 'not-found' | 'deleted'; readonly stream: string };

/** Events that a subscription has still to send. */
export interface Source {
  /** Takes the next event; undefined if there is none yet. */
  take(): LoggedEvent | undefined;
  /** How many wait. */
  waiting(): number;
  /** The stream that can be deleted under the subscription. */
  readonly stream: string | undefined;
}

const { BACKWARDS } = streams.ReadReq.Options.ReadDirection;

const position = (options: ReadReq.Options.AllOptions): bigint =>
  BigInt(options.getPosition()?.getCommitPosition() ?? 0);

/** The whole log forwards includes the position that it is read from, backwards it does not. */
function readAll(log: Log, options: ReadReq.Options.AllOptions, backwards: boolean): readonly LoggedEvent[] {
  const { all } = log;
  if (backwards) {
    if (options.hasStart()) return [];
    return all.slice(0, options.hasEnd() ? all.length : log.indexAfter(position(options) - 1n)).reverse();
  }
  if (options.hasEnd()) return [];
  return all.slice(options.hasStart() ? 0 : log.indexAfter(position(options) - 1n));
}

function fromRevision(
  events: readonly LoggedEvent[],
  options: ReadReq.Options.StreamOptions,
  backwards: boolean,
): readonly LoggedEvent[] {
  const revision = options.hasRevision() ? BigInt(options.getRevision()) : 0n;
  if (!backwards) return options.hasEnd() ? [] : events.filter((event) => event.revision >= revision);
  const reached = options.hasEnd() ? events : events.filter((event) => event.revision <= revision);
  return reached.toReversed();
}

/** Finds the events of a read, in the order in which they are asked for. */
export function find(log: Log, options: ReadReq.Options): Found {
  const backwards = options.getReadDirection() === BACKWARDS;
  const all = options.getAll();
  if (all !== undefined) return { state: 'found', events: readAll(log, all, backwards) };
  const streamOptions = options.getStream();
  const stream = streamName(streamOptions?.getStreamIdentifier()) ?? '';
  const view = log.view(stream);
  if (view.state !== 'found' || streamOptions === undefined) {
    return { state: view.state === 'deleted' ? 'deleted' : 'not-found', stream };
  }
  return { state: 'found', events: fromRevision(view.events, streamOptions, backwards) };
}

function followAll(log: Log, options: ReadReq.Options.AllOptions): Source {
  const { all } = log;
  let index = options.hasEnd() ? all.length : options.hasStart() ? 0 : log.indexAfter(position(options));
  return {
    stream: undefined,
    waiting: () => all.length - index,
    take: () => (index < all.length ? all[index++] : undefined),
  };
}

function lastRevision(log: Log, stream: string, options: ReadReq.Options.StreamOptions | undefined): bigint {
  if (options?.hasRevision() === true) return BigInt(options.getRevision());
  if (options?.hasEnd() !== true) return -1n;
  const view = log.view(stream);
  return view.state === 'found' ? (view.events.at(-1)?.revision ?? -1n) : -1n;
}

function followStream(log: Log, options: ReadReq.Options.StreamOptions | undefined): Source {
  const stream = streamName(options?.getStreamIdentifier()) ?? '';
  let last = lastRevision(log, stream, options);
  const waiting = (): readonly LoggedEvent[] => {
    const view = log.view(stream);
    return view.state === 'found' ? view.events.filter((event) => event.revision > last) : [];
  };
  return {
    stream,
    waiting: () => waiting().length,
    take() {
      const [event] = waiting();
      if (event !== undefined) last = event.revision;
      return event;
    },
  };
}

/** Follows what a subscription asks for; it begins after the revision or position that it names. */
export function follow(log: Log, options: ReadReq.Options): Source {
  const all = options.getAll();
  return all === undefined ? followStream(log, options.getStream()) : followAll(log, all);
}
