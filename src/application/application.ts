import type { Instant } from '../domain/instant.js';
import type { EventLog } from '../eventstore/event-log.js';
import type { DigestPurpose } from '../vault/key-ring.js';
import type { Vault } from '../vault/vault.js';
import type { PasswordHasher } from './password-hasher.js';

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
  readonly unknownNames: UnknownNames;
}

/** Wrong passwords for names that do not exist: counted as for those that do, in bounded memory, never stored. */
export interface UnknownNames {
  /** Takes note of a wrong password for a name, given by its digest. */
  reject(nameDigest: string, now: Instant): void;
}
