/** The RPCs that the double answers. */
export type RpcKind = 'read' | 'subscribe' | 'append' | 'batchAppend' | 'delete' | 'tombstone' | 'features' | 'gossip';

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What goes wrong from now on, until it is set back. Each is counted when it strikes. */
export interface Faults {
  /** Every call is refused with UNAVAILABLE. */
  unavailable: boolean;
  /** Calls of these kinds are taken and never answered; appends among them are not written. */
  hang: ReadonlySet<RpcKind>;
  /** How many ms each answer waits, after the work is done. */
  delay: number;
  /** Which calls are sent to the leader: none, those with `requires-leader`, or all. */
  notLeader: 'never' | 'if-required' | 'always';
  /** The leader that refused calls are sent to. */
  leader: Endpoint;
  /** Every call on a stream is refused as access denied. */
  accessDenied: boolean;
  /** A live subscription that is more than 32 events behind is aborted, as by server 23.10. */
  slowConsumers: boolean;
  /** Appends are answered with -1 for where they stand, as some servers do where they recognise an append. */
  withoutPosition: boolean;
  /** How many appends from now on are written, but lose their connection instead of being answered. */
  loseAnswers: number;
  /** How many appends from now on lose their connection before they are written. */
  loseRequests: number;
  /** How many ms the server's clock is ahead of the client's: BatchAppend compares the two. */
  clockAhead: number;
}

/** How often each fault has struck. */
export type FaultCounts = Record<Exclude<keyof Faults, 'leader'>, number>;

const none = (): Faults => ({
  unavailable: false,
  hang: new Set(),
  delay: 0,
  notLeader: 'never',
  leader: { host: '127.0.0.1', port: 2113 },
  accessDenied: false,
  slowConsumers: false,
  withoutPosition: false,
  loseAnswers: 0,
  loseRequests: 0,
  clockAhead: 0,
});

/** What the double has seen since it was made. */
export interface Counters {
  /** Calls by kind. */
  readonly calls: Record<RpcKind, number>;
  /** Calls that are open now, by kind. */
  readonly open: Record<RpcKind, number>;
  /** Appends by the RPC that brought them: one BatchAppend call brings many. */
  readonly appends: Record<'append' | 'batchAppend', number>;
  /** Calls that were marked `requires-leader`. */
  requiresLeader: number;
  /** The `authorization` of each call that had one, in order. */
  readonly authorizations: { readonly kind: RpcKind; readonly authorization: string }[];
  readonly faults: FaultCounts;
}

const ofKinds = (): Record<RpcKind, number> => ({
  read: 0,
  subscribe: 0,
  append: 0,
  batchAppend: 0,
  delete: 0,
  tombstone: 0,
  features: 0,
  gossip: 0,
});

/** A server without faults. */
export const createFaults = none;

/** Takes back every fault. */
export function resetFaults(faults: Faults): void {
  Object.assign(faults, none());
}

/** Counters at nought. */
export const createCounters = (): Counters => ({
  calls: ofKinds(),
  open: ofKinds(),
  appends: { append: 0, batchAppend: 0 },
  requiresLeader: 0,
  authorizations: [],
  faults: {
    unavailable: 0,
    hang: 0,
    delay: 0,
    notLeader: 0,
    accessDenied: 0,
    slowConsumers: 0,
    withoutPosition: 0,
    loseAnswers: 0,
    loseRequests: 0,
    clockAhead: 0,
  },
});
