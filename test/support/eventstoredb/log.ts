import type { Journal, LoggedEvent, ProposedEvent } from './event.js';
import { createPositions, indexAfter } from './positions.js';
import { metadataOf, softDeletion, softRecreation, visibleFrom } from './stream-metadata.js';

/** The revision that a writer believes a stream to have. */
export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

/** What became of a write. A repeated write is written, with the revision and position of the first time. */
export type WriteResult =
  | { readonly outcome: 'written'; readonly revision: bigint; readonly position: bigint }
  | { readonly outcome: 'wrong-version'; readonly current: bigint | undefined }
  | { readonly outcome: 'deleted' };

/** What a stream holds for a reader. */
export type StreamView =
  | { readonly state: 'found'; readonly events: readonly LoggedEvent[] }
  | { readonly state: 'not-found' }
  | { readonly state: 'deleted' };

/** The revision of a tombstone, and the `$tb` of a soft deletion. */
export const MAX_REVISION = 9_223_372_036_854_775_807n;

/** The log of a database: all events in one order, and each stream's. */
export interface Log {
  append(stream: string, expected: Expected, events: readonly ProposedEvent[]): WriteResult;
  softDelete(stream: string, expected: Expected): WriteResult;
  tombstone(stream: string, expected: Expected): WriteResult;
  /** What a reader of the stream sees: without what is truncated or deleted. */
  view(stream: string): StreamView;
  /** Every event, in order, truncated ones included. */
  readonly all: readonly LoggedEvent[];
  /** The index in `all` of the first event after a position. */
  indexAfter(position: bigint): number;
  /** Calls back after each write, until the returned function is called. */
  onWrite(listener: () => void): () => void;
  close(): void;
}

interface State {
  readonly all: LoggedEvent[];
  readonly streams: Map<string, LoggedEvent[]>;
  readonly tombstones: Set<string>;
  readonly byId: Map<string, LoggedEvent>;
}

type Draft = ProposedEvent & { readonly stream: string; readonly revision: bigint };

const NOTHING = new Uint8Array();

const idInStream = (stream: string, id: string): string => `${id} ${stream}`;

/** The stream whose metadata a metadata stream holds. */
const subjectOf = (stream: string): string => (stream.startsWith('$$') ? stream.slice(2) : stream);

function apply(state: State, event: LoggedEvent): void {
  state.all.push(event);
  if (event.type === '$streamDeleted') {
    state.tombstones.add(event.stream);
    return;
  }
  const events = state.streams.get(event.stream);
  if (events === undefined) state.streams.set(event.stream, [event]);
  else events.push(event);
  state.byId.set(idInStream(event.stream, event.id), event);
}

const eventsOf = (state: State, stream: string): readonly LoggedEvent[] => state.streams.get(stream) ?? [];
const headOf = (state: State, stream: string): bigint => BigInt(eventsOf(state, stream).length) - 1n;
const metadataOfStream = (state: State, stream: string) => metadataOf(eventsOf(state, `$$${stream}`).at(-1));
const isTombstoned = (state: State, stream: string): boolean => state.tombstones.has(subjectOf(stream));
const isSoftDeleted = (state: State, stream: string): boolean => metadataOfStream(state, stream).softDeleted;

const written = (event: LoggedEvent): WriteResult => ({
  outcome: 'written',
  revision: event.revision,
  position: event.position,
});

function wrongVersion(state: State, stream: string): WriteResult {
  const head = headOf(state, stream);
  return { outcome: 'wrong-version', current: head < 0n ? undefined : head };
}

/** Compares with what was written before, as the server's index does: all the same is the same write again. */
function repeated(
  state: State,
  stream: string,
  found: readonly (LoggedEvent | undefined)[],
): WriteResult | 'none-found' {
  if (found[0] === undefined) return 'none-found';
  const last = found.at(-1);
  return found.includes(undefined) || last === undefined ? wrongVersion(state, stream) : written(last);
}

/** Decides on a write to a stream that is expected at a revision: undefined if it may go ahead. */
function checkRevision(state: State, stream: string, request: { expected: bigint; ids: readonly string[] }) {
  const { expected, ids } = request;
  const head = headOf(state, stream);
  if (expected === head) return undefined;
  if (expected > head) return wrongVersion(state, stream);
  const events = eventsOf(state, stream);
  const found = ids.map((id, offset) => {
    const event = events[Number(expected) + 1 + offset];
    return event?.id === id ? event : undefined;
  });
  const repetition = repeated(state, stream, found);
  if (repetition !== 'none-found') return repetition;
  // A stream that was deleted softly may be created again; its revisions go on.
  if (expected === -1n && isSoftDeleted(state, stream)) return undefined;
  return wrongVersion(state, stream);
}

function check(state: State, stream: string, request: { expected: Expected; ids: readonly string[] }) {
  const { expected, ids } = request;
  if (isTombstoned(state, stream)) return { outcome: 'deleted' } as const;
  if (expected === 'no_stream') return checkRevision(state, stream, { expected: -1n, ids });
  if (typeof expected === 'bigint') return checkRevision(state, stream, { expected, ids });
  if (expected === 'stream_exists') {
    if (isSoftDeleted(state, stream)) return { outcome: 'deleted' } as const;
    if (headOf(state, stream) < 0n && headOf(state, `$$${stream}`) < 0n) return wrongVersion(state, stream);
  }
  const found = ids.map((id) => state.byId.get(idInStream(stream, id)));
  const repetition = repeated(state, stream, found);
  return repetition === 'none-found' ? undefined : repetition;
}

function viewOf(state: State, stream: string): StreamView {
  if (isTombstoned(state, stream)) return { state: 'deleted' };
  const events = eventsOf(state, stream);
  const metadata = metadataOfStream(state, stream);
  if (events.length === 0 || metadata.softDeleted) return { state: 'not-found' };
  // Of a metadata stream only the last document counts.
  const limits = stream.startsWith('$$') ? { ...metadata, maxCount: 1 } : metadata;
  return { state: 'found', events: events.slice(visibleFrom(events.length, limits)) };
}

/** A metadata document that the server itself writes. */
function metadataDraft(state: State, stream: string, document: string): Draft {
  const metastream = `$$${stream}`;
  return {
    stream: metastream,
    revision: headOf(state, metastream) + 1n,
    id: crypto.randomUUID(),
    type: '$metadata',
    contentType: 'application/json',
    data: new TextEncoder().encode(document),
    metadata: NOTHING,
  };
}

/** The events of a write, and the metadata that brings a softly deleted stream back. */
function draftsOf(state: State, stream: string, events: readonly ProposedEvent[]): readonly Draft[] {
  const head = headOf(state, stream);
  const drafts = events.map((event, index) => ({ ...event, stream, revision: head + 1n + BigInt(index) }));
  if (!isSoftDeleted(state, stream)) return drafts;
  return [...drafts, metadataDraft(state, stream, softRecreation(metadataOfStream(state, stream), head + 1n))];
}

function tombstoneDraft(stream: string): Draft {
  return {
    stream,
    revision: MAX_REVISION,
    id: crypto.randomUUID(),
    type: '$streamDeleted',
    contentType: 'application/octet-stream',
    data: NOTHING,
    metadata: NOTHING,
  };
}

/** Opens a log over what its journal holds. */
export function openLog(journal: Journal): Log {
  const state: State = { all: [], streams: new Map(), tombstones: new Set(), byId: new Map() };
  for (const event of journal.events) apply(state, event);
  const listeners = new Set<() => void>();
  const place = createPositions(state.all.at(-1));

  const commit = (drafts: readonly Draft[]): readonly LoggedEvent[] => {
    const events = drafts.map(place);
    journal.write(events);
    for (const event of events) apply(state, event);
    for (const listener of listeners) listener();
    return events;
  };

  const headPosition = (): bigint => state.all.at(-1)?.position ?? 0n;

  const remove = (stream: string, expected: Expected, draft: () => Draft): WriteResult => {
    const refused = check(state, stream, { expected, ids: [] });
    if (refused !== undefined) return refused;
    const [event] = commit([draft()]);
    return event === undefined ? wrongVersion(state, stream) : written(event);
  };

  return {
    append(stream, expected, events) {
      const refused = check(state, stream, { expected, ids: events.map(({ id }) => id) });
      if (refused !== undefined) return refused;
      if (events.length === 0) return { outcome: 'written', revision: headOf(state, stream), position: headPosition() };
      const last = commit(draftsOf(state, stream, events))[events.length - 1];
      return last === undefined ? wrongVersion(state, stream) : written(last);
    },
    softDelete: (stream, expected) =>
      remove(stream, expected, () => metadataDraft(state, stream, softDeletion(metadataOfStream(state, stream)))),
    tombstone: (stream, expected) => remove(stream, expected, () => tombstoneDraft(stream)),
    view: (stream) => viewOf(state, stream),
    all: state.all,
    indexAfter: (position) => indexAfter(state.all, position),
    onWrite(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => journal.close(),
  };
}
