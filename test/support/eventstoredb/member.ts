import type { Metadata } from '@grpc/grpc-js';

import { accessDenied, notLeader, unauthenticated, unavailable, type RpcError } from './errors.js';
import type { Counters, Endpoint, Faults, FaultCounts, RpcKind } from './faults.js';
import type { Log } from './log.js';

/** One server of a cluster, as its RPCs know it. */
export interface Member {
  readonly log: Log;
  readonly faults: Faults;
  readonly counters: Counters;
  readonly settings: Settings;
  /** The subscriptions that are open. */
  readonly subscriptions: Set<OpenSubscription>;
  /** The BatchAppend calls that are open. */
  readonly batches: Set<{ end(): void }>;
  /** Cuts the connection of a call, named by its peer. */
  cut(peer: string): void;
  /** All servers, this one included. */
  cluster(): readonly ClusterMember[];
  /** Whether this one leads, and if not who does. */
  leader(): 'self' | Endpoint;
  /** Waits, and stops waiting when the server stops. */
  pause(ms: number): Promise<void>;
}

/** What a server is set to. */
export interface Settings {
  /** Whether it knows ServerFeatures, by which clients find BatchAppend. */
  readonly features: boolean;
  /** Whether subscriptions are told that they have caught up. */
  readonly caughtUp: boolean;
  readonly maxAppendSize: number;
  readonly credentials: Credentials | undefined;
}

/** The user that calls on streams have to come from. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A server as gossip tells of it. */
export interface ClusterMember {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly leads: boolean;
  readonly alive: boolean;
}

/** A subscription that can be ended from the server's side. */
export interface OpenSubscription {
  /** Ends with OK, or with an error. */
  end(error?: RpcError): void;
}

/** Notes that a fault struck. */
export function struck(member: Member, fault: keyof FaultCounts): void {
  member.counters.faults[fault] += 1;
}

function seen(member: Member, kind: RpcKind, metadata: Metadata): void {
  const { counters } = member;
  counters.calls[kind] += 1;
  const authorization = metadata.get('authorization')[0];
  if (authorization !== undefined) counters.authorizations.push({ kind, authorization: authorization.toString() });
  if (requiresLeader(metadata)) counters.requiresLeader += 1;
}

const requiresLeader = (metadata: Metadata): boolean => metadata.get('requires-leader')[0] === 'true';

function refusedLogin(member: Member, metadata: Metadata): RpcError | undefined {
  const { credentials } = member.settings;
  if (credentials === undefined) return undefined;
  const authorization = metadata.get('authorization')[0];
  if (authorization === undefined) return accessDenied();
  const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return authorization === `Basic ${expected}` ? undefined : unauthenticated();
}

function refusedByFollower(member: Member, metadata: Metadata): RpcError | undefined {
  const { faults } = member;
  const required = requiresLeader(metadata);
  if (faults.notLeader === 'always' || (faults.notLeader === 'if-required' && required)) {
    struck(member, 'notLeader');
    return notLeader(faults.leader);
  }
  const leader = member.leader();
  return leader === 'self' || !required ? undefined : notLeader(leader);
}

function refusedStreamCall(member: Member, metadata: Metadata): RpcError | undefined {
  const login = refusedLogin(member, metadata);
  if (login !== undefined) return login;
  if (member.faults.accessDenied) {
    struck(member, 'accessDenied');
    return accessDenied();
  }
  return refusedByFollower(member, metadata);
}

/** Counts a call, and says what hinders it: nothing, an error, or that it is left without an answer. */
export function admit(member: Member, kind: RpcKind, metadata: Metadata): RpcError | 'hang' | undefined {
  seen(member, kind, metadata);
  const { faults } = member;
  if (faults.hang.has(kind)) {
    struck(member, 'hang');
    return 'hang';
  }
  if (faults.unavailable) {
    struck(member, 'unavailable');
    return unavailable();
  }
  // Anybody may ask for features and gossip.
  return kind === 'features' || kind === 'gossip' ? undefined : refusedStreamCall(member, metadata);
}

/** Waits before an answer, if answers are delayed. */
export async function delayed(member: Member): Promise<void> {
  if (member.faults.delay === 0) return;
  struck(member, 'delay');
  await member.pause(member.faults.delay);
}

interface Cancellable {
  once(event: 'cancelled' | 'finish' | 'close', listener: () => void): unknown;
}

/** Counts a call as open until it ends, whoever ends it. */
export function countOpen(member: Member, kind: RpcKind, call: Cancellable): () => void {
  const { open } = member.counters;
  open[kind] += 1;
  let counted = true;
  const end = (): void => {
    if (counted) open[kind] -= 1;
    counted = false;
  };
  call.once('cancelled', end);
  return end;
}
