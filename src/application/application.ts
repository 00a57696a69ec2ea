import type { Instant } from '../domain/instant.js';
import type { StreamName } from '../domain/stream.js';
import type { EventLog } from '../eventstore/event-log.js';
import type { DigestPurpose } from '../vault/key-ring.js';
import type { Vault } from '../vault/vault.js';
import type { Grants } from './grants.js';
import type { PasswordHasher } from './password-hasher.js';
import type { RequestLimits } from './request-limits.js';

/** What command handlers work with: the ports, and everything that is neither rule nor input. */
export interface Application {
  readonly log: EventLog;
  readonly vault: Vault;
  readonly passwords: PasswordHasher;
  readonly now: () => Instant;
  /** A fresh id, unique for ever. */
  readonly newId: () => string;
  /** Random bytes from a cryptographic source. */
  readonly randomBytes: (length: number) => Uint8Array;
  /** A keyed digest, base64url. */
  readonly digest: (purpose: DigestPurpose, text: string) => string;
  /** Starts a clock for one answer; what it returns waits, so that answers of one kind take alike. */
  readonly pace: () => () => Promise<void>;
  /** The name that authenticators show beside codes. */
  readonly issuer: string;
  /** The origin under which checkpoints of an account's audit trail are signed. */
  readonly auditOriginOf: (accountId: string) => string;
  readonly unknownNames: UnknownNames;
  readonly limits: RequestLimits;
  /** Signs what other services are told of a verification. */
  readonly grants: Grants;
  readonly states: KnownStates;
}

/** A state, with the version of the stream that it was folded from, and the last event's place in the log: 0 where there is none. */
export interface Loaded<S> {
  readonly state: S;
  readonly version: number;
  readonly position: bigint;
}

/**
 * States of streams as they were folded last, in bounded memory. What is kept is never wrong, only old: streams are appended
 * to and nothing else, so that a state at a version stays what its first events make it, whoever appends the next.
 */
export interface KnownStates {
  /** The number of times that everything was forgotten. */
  round(): number;
  /** The state of a stream that was kept, if there is one. */
  of(stream: StreamName): Loaded<unknown> | undefined;
  /** Keeps a state that was begun in a round, unless a later one is kept, or everything was forgotten meanwhile. */
  keep(stream: StreamName, loaded: Loaded<unknown>, round: number): void;
  /** The portion of a long stream that somebody folds just now, and whether more of that stream follows; undefined where nobody does. */
  folding(stream: StreamName): Promise<boolean> | undefined;
  /** Notes that somebody folds a portion of a long stream, until it is done or fails. */
  startFolding(stream: StreamName, portion: Promise<boolean>): void;
  /** Forgets all of them; to be called when a person is erased: a state of a user holds its names. */
  forget(): void;
}

/** Wrong passwords for names that do not exist: counted as for those that do, in bounded memory, never stored. */
export interface UnknownNames {
  /** Takes note of a wrong password for a name, given by its digest. */
  reject(nameDigest: string, now: Instant): void;
}
