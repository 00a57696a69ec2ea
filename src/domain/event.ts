import type { Fields, ValuesOf } from './field.js';
import type { Instant } from './instant.js';
import type { StreamCategory } from './stream.js';

/** The definition of an event type: where it stands, what it holds, how it is read. */
export interface EventType<F extends Fields = Fields, P extends string = string> {
  readonly streams: readonly StreamCategory[];
  /** The revision that is written; older ones are brought up to it by `upcasters`. */
  readonly revision: number;
  readonly doc: string;
  readonly data: F;
  /** The names of the subject's personal values; they are sealed at the edge of the event store. */
  readonly personal: readonly P[];
  /** Step n-1 turns the data of revision n into that of revision n+1. */
  readonly upcasters: readonly Upcaster[];
}

export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Event types by name. */
export type EventTypes = Readonly<Record<string, EventType>>;

/** What happened, as a decider says it: no ids, no time, no actor; the shell adds those. */
export interface EventShape<T extends string, D, P> {
  readonly type: T;
  readonly data: D;
  /** The subject's personal values; null where the type has none or, on reading, where they were erased. */
  readonly personal: P;
}

type PersonalOf<T extends EventType> = [T['personal'][number]] extends [never]
  ? null
  : Readonly<Record<T['personal'][number], string | null>> | null;

/** The union of the events that a set of definitions describes. */
export type EventOf<C extends EventTypes> = {
  readonly [N in keyof C & string]: EventShape<N, ValuesOf<C[N]['data']>, PersonalOf<C[N]>>;
}[keyof C & string];

export const ACTOR_KINDS = ['USER', 'AUDIT_TOKEN', 'SERVICE_CREDENTIAL', 'ANONYMOUS', 'SYSTEM'] as const;

/** Who made an event happen. */
export interface Actor {
  readonly kind: (typeof ACTOR_KINDS)[number];
  /** The id of the user, audit token or service credential; for the system the name of the process manager; null for nobody known. */
  readonly id: string | null;
}

/** What stands beside every event, failures included: when, who, in which session and request, and why. */
export interface EventMetadata {
  readonly occurredAt: Instant;
  readonly actor: Actor;
  readonly sessionId: string | null;
  readonly requestId: string;
  /** Shared by everything that one request set in motion. */
  readonly correlationId: string;
  /** The event that this one reacts to; null where a request is the cause. */
  readonly causationId: string | null;
}

/** An event as `evolve` sees it: with the version it has in its stream (from 1) and its metadata. */
export type Recorded<E> = E & { readonly version: number; readonly metadata: EventMetadata };

/** An event type of a later revision: each step brings the data of one revision up to the next. */
export function revised<T extends EventType>(type: T, ...steps: readonly Upcaster[]): T {
  return { ...type, revision: 1 + steps.length, upcasters: steps };
}

/** Describes an event type at revision 1. */
export function eventType<const F extends Fields, const P extends string = never>(
  streams: StreamCategory | readonly StreamCategory[],
  doc: string,
  data: F,
  personal: readonly P[] = [],
): EventType<F, P> {
  return {
    streams: typeof streams === 'string' ? [streams] : streams,
    revision: 1,
    doc,
    data,
    personal,
    upcasters: [],
  };
}
