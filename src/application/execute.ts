import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DomainEvent } from '../domain/catalogue.js';
import type { Decider, Decision } from '../domain/decider.js';
import type { Actor, EventMetadata, Recorded } from '../domain/event.js';
import type { Instant } from '../domain/instant.js';
import type { Rejection } from '../domain/rejection.js';
import { isStreamId, streamName, type StreamName } from '../domain/stream.js';
import { userDecider } from '../domain/user/decider.js';
import { isErased } from '../domain/user/state.js';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import { PersonErasedError, type Envelope } from '../eventstore/event-log.js';
import { ConcurrencyError } from '../eventstore/event-store.js';
import type { Application, Loaded } from './application.js';
import { ContentionError } from './errors.js';
import { ownerOf } from './owned-id.js';
import type { RequestContext } from './request-context.js';

/** Races for one stream that a command may lose; each is won by another command, so this many are done meanwhile. */
const MOST_LOST_RACES = 1_000;

/** Who acts, and whose personal values are written. */
export interface Authorship {
  readonly actor: Actor;
  readonly sessionId: string | null;
  /** The person under whose key the subject's values are sealed. */
  readonly subjectPersonId: string | null;
  /** The person under whose key it is sealed where the request came from; null: it is left out. */
  readonly requestPersonId: string | null;
}

/** The stream that a command is for, and who writes to it. */
export interface Target<S, C, E extends DomainEvent> {
  readonly decider: Decider<S, C, E>;
  readonly id: string;
  readonly by: Authorship;
}

/** What a command is made of: nothing is waited for between these facts and the decision. */
export interface Facts<S, P> extends Loaded<S> {
  /** When it is decided: events that follow from it happened at this instant. */
  readonly now: Instant;
  readonly prepared: P;
}

/** A command that nobody who is signed in has sent; for one in a session see `executeAs`. */
export interface Execution<S, C, E extends DomainEvent, P> extends Target<S, C, E> {
  /** Does what takes time, and gathers facts from elsewhere; asked again, with fresh state, for every lost race. */
  readonly prepare?: (loaded: Loaded<S>) => Promise<P>;
  readonly command: (facts: Facts<S, P>) => C;
}

/** Decides at an instant, by facts that were gathered before. */
export type DecideAt<E> = (now: Instant) => Decision<E>;

/** What came of a command: whether it was accepted, and the state after whatever was recorded. */
export type Executed<S> = Loaded<S> &
  ({ readonly accepted: true } | { readonly accepted: false; readonly rejection: Rejection });

/** Events that are read at once: a long stream is folded in portions, between which others have their turn. */
const PORTION = 1_000;
/** Events that are read at first: few streams have more, and many who ask for a longer one at the same time each read so many of it. */
const FIRST_PORTION = 100;

/** The further one of what was folded so far and what somebody else has folded meanwhile. */
function furthest<S>(app: Application, stream: StreamName, loaded: Loaded<S>): Loaded<S> {
  // Streams of a category are folded by its one decider.
  const known = app.states.of(stream) as Loaded<S> | undefined;
  return known !== undefined && known.version > loaded.version ? known : loaded;
}

/**
 * The state of one stream: what is known of it, brought up to date by the events since then; told after each portion of a long one.
 * A long stream is folded once, however many ask for it at the same time: the others wait, then read what came since.
 */
export async function load<S, C, E extends DomainEvent>(
  app: Application,
  decider: Decider<S, C, E>,
  id: string,
  onPortion?: () => void,
): Promise<Loaded<S>> {
  let loaded: Loaded<S> = { state: decider.initial, version: 0, position: 0n };
  if (!isStreamId(id)) return loaded;
  const stream = streamName(decider.category, id);
  const round = app.states.round();
  const foldPortion = async (): Promise<boolean> => {
    const limit = loaded.version === 0 ? FIRST_PORTION : PORTION;
    const events = await app.log.readStream(stream, { after: loaded.version, limit });
    loaded = foldOnto(decider, loaded, events);
    app.states.keep(stream, loaded, round);
    return events.length === limit;
  };
  let isLong = false;
  for (;;) {
    const others: Promise<boolean> | undefined = isLong ? app.states.folding(stream) : undefined;
    loaded = furthest(app, stream, loaded);
    if (others === undefined) {
      const portion = foldPortion();
      if (isLong) app.states.startFolding(stream, portion);
      isLong = await portion;
      if (!isLong) return loaded;
      await nextTurn();
    } else isLong = await others;
    onPortion?.();
  }
}

function foldOnto<S, C, E extends DomainEvent>(
  { evolve }: Decider<S, C, E>,
  before: Loaded<S>,
  events: readonly LoggedEvent[],
): Loaded<S> {
  const last = events.at(-1);
  if (last === undefined) return before;
  // Reading checked that these are events of this category.
  const state = (events as unknown as readonly Recorded<E>[]).reduce(evolve, before.state);
  return { state, version: last.version, position: last.position };
}

function metadataOf(request: RequestContext, by: Authorship, occurredAt: Instant): EventMetadata {
  const { requestId } = request;
  const { actor, sessionId } = by;
  const causationId = request.causationId ?? null;
  return { occurredAt, actor, sessionId, requestId, correlationId: requestId, causationId };
}

function envelopeOf(
  app: Application,
  request: RequestContext,
  by: Authorship,
  { events, now }: Pick<Decided<unknown, unknown>, 'events' | 'now'>,
): Envelope {
  const { requestPersonId } = by;
  return {
    metadata: metadataOf(request, by, now),
    eventIds: Array.from(events, app.newId),
    subjectPersonId: by.subjectPersonId,
    request: requestPersonId === null ? null : { personId: requestPersonId, values: request.from },
  };
}

interface Decided<S, E> {
  /** The round of known states in which this began. */
  readonly round: number;
  readonly before: Loaded<S>;
  /** When it was decided. */
  readonly now: Instant;
  readonly events: readonly E[];
}

async function record<S, C, E extends DomainEvent>(
  app: Application,
  request: RequestContext,
  { decider, id, by }: Target<S, C, E>,
  decided: Decided<S, E>,
): Promise<Loaded<S>> {
  const { round, before, events } = decided;
  if (events.length === 0) return before;
  const stream = streamName(decider.category, id);
  const envelope = envelopeOf(app, request, by, decided);
  const appended = await app.log.append(stream, before.version, events, envelope);
  request.wrote(appended.position);
  const recorded = events.map((event, index) => ({
    ...event,
    version: before.version + index + 1,
    metadata: envelope.metadata,
  }));
  const after = { ...appended, state: recorded.reduce(decider.evolve, before.state) };
  app.states.keep(stream, after, round);
  return after;
}

function executedFrom<S>(decision: Decision<unknown>, after: Loaded<S>): Executed<S> {
  return decision.accepted
    ? { ...after, accepted: true }
    : { ...after, accepted: false, rejection: decision.rejection };
}

/** What somebody was erased over: whoever is gone that thoroughly is not to be found. Anything else is as it was. @throws it */
async function lateFor<S>(app: Application, before: Loaded<S>, error: unknown): Promise<Executed<S>> {
  if (!(error instanceof PersonErasedError)) throw error;
  const { state: user } = await load(app, userDecider, ownerOf(error.personId));
  if (!isErased(user)) throw error;
  return { ...before, accepted: false, rejection: { code: 'NOT_FOUND' } };
}

/**
 * Loads a stream, gathers facts, decides, appends at the version that was read; a lost race starts all of it over.
 * The clock is read once for each decision, after everything that is waited for.
 * @param gather gathers the facts for a state; what it returns decides by them at once
 */
export async function executeWith<S, C, E extends DomainEvent>(
  app: Application,
  request: RequestContext,
  target: Target<S, C, E>,
  gather: (loaded: Loaded<S>) => Promise<DecideAt<E>>,
): Promise<Executed<S>> {
  const { decider, id } = target;
  for (let race = 0; race < MOST_LOST_RACES; race += 1) {
    const round = app.states.round();
    const before = await load(app, decider, id);
    const decideAt = await gather(before);
    const now = app.now();
    const decision = decideAt(now);
    const { events } = decision;
    try {
      return executedFrom(decision, await record(app, request, target, { round, before, now, events }));
    } catch (error) {
      if (!(error instanceof ConcurrencyError)) return await lateFor(app, before, error);
    }
  }
  throw new ContentionError(`too many commands at once for ${decider.category}-${id}`);
}

/**
 * Executes a command that nobody who is signed in has sent. What it answers is stored before it answers. Where somebody was erased
 * in whose name it came, or about whom, it is refused as `NOT_FOUND`, having written nothing.
 */
export async function execute<S, C, E extends DomainEvent, P>(
  app: Application,
  request: RequestContext,
  execution: Execution<S, C, E, P>,
): Promise<Executed<S>> {
  const { decider, prepare, command } = execution;
  return executeWith(app, request, execution, async (loaded) => {
    const prepared = (await prepare?.(loaded)) as P;
    return (now) => decider.decide(command({ ...loaded, now, prepared }), loaded.state);
  });
}
