import { hash, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { RateLimitedError } from './errors.js';

/** Hashes passwords with argon2id, off the event loop, so many at a time and no more. */
export interface PasswordHasher {
  /** The encoded hash, with its salt and parameters. @throws {RateLimitedError} where too much is waiting */
  hash(password: string): Promise<string>;
  /** Whether a password is the one that was hashed. With null it does the same work and answers false. */
  verify(encoded: string | null, password: string): Promise<boolean>;
  /** Whether a password is among those that are tried first. */
  isCommon(password: string): Promise<boolean>;
}

export interface HasherLimits {
  /** Hashes worked on at once. */
  readonly concurrency: number;
  /** Hashes that may wait for their turn. */
  readonly waiting: number;
}

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. 2 is Algorithm.Argon2id, a const enum.
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

// RFC 8265 has passwords compared in a normal form, so that a keyboard's way of composing letters does not matter.
function normalised(password: string): string {
  return password.normalize('NFKC');
}

async function loadCommonPasswords(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].map(String));
}

/** Sets up hashing; the list of common passwords is loaded when it is first asked for. */
export function createPasswordHasher(limits: HasherLimits): PasswordHasher {
  const limit = pLimit(limits.concurrency);
  const nobody = hash('nobody has this password', PARAMETERS);
  let common: Promise<ReadonlySet<string>> | undefined;

  function bounded<T>(work: () => Promise<T>): Promise<T> {
    if (limit.pendingCount >= limits.waiting) {
      throw new RateLimitedError('too many passwords are being checked');
    }
    return limit(work);
  }

  return {
    hash: async (password) => bounded(() => hash(normalised(password), PARAMETERS)),
    async verify(encoded, password) {
      const against = encoded ?? (await nobody);
      const matches = await bounded(() => verify(against, normalised(password)));
      return encoded !== null && matches;
    },
    async isCommon(password) {
      common ??= loadCommonPasswords();
      return (await common).has(normalised(password).toLowerCase());
    },
  };
}
