import { Secret, TOTP, URI } from 'otpauth';
import type { CodeProof } from '../domain/mfa/commands.js';
import { after, millisecondsOf, SECOND, type Instant } from '../domain/instant.js';
import { STEPS_EITHER_SIDE } from '../domain/mfa/codes.js';

/** A seed with the parameters that its codes are made with (RFC 6238); they are stored together, so imported ones may differ. */
export interface Seed {
  readonly secret: Uint8Array;
  readonly algorithm: 'SHA1' | 'SHA256' | 'SHA512';
  readonly digits: number;
  /** Seconds. */
  readonly period: number;
}

/** Bytes in a new seed (RFC 4226 section 4: 160 bits are recommended). */
export const SEED_BYTES = 20;

/** Steps either side of the current one whose codes tell that a clock is off. */
const DRIFT_WINDOW = 10;

interface StoredSeed {
  readonly secret: string;
  readonly algorithm: Seed['algorithm'];
  readonly digits: number;
  readonly period: number;
}

function totpOf(seed: Seed): TOTP {
  const { algorithm, digits, period } = seed;
  return new TOTP({ secret: new Secret({ buffer: Uint8Array.from(seed.secret).buffer }), algorithm, digits, period });
}

/** A new seed: SHA-1, six digits, 30 seconds, which every authenticator knows. */
export function newSeed(randomBytes: (length: number) => Uint8Array): Seed {
  return { secret: randomBytes(SEED_BYTES), algorithm: 'SHA1', digits: 6, period: 30 };
}

/** A seed as the vault keeps it. */
export function encodeSeed(seed: Seed): Uint8Array {
  const stored: StoredSeed = { ...seed, secret: Buffer.from(seed.secret).toString('base64') };
  return Buffer.from(JSON.stringify(stored));
}

/** A seed as it was put into the vault. */
export function decodeSeed(bytes: Uint8Array): Seed {
  const stored = JSON.parse(Buffer.from(bytes).toString()) as StoredSeed;
  return { ...stored, secret: Buffer.from(stored.secret, 'base64') };
}

/** The seed as people type it: base32 (RFC 4648 section 6), without padding. */
export function base32Of(seed: Seed): string {
  return new Secret({ buffer: Uint8Array.from(seed.secret).buffer }).base32;
}

/** The `otpauth://totp/…` key URI that authenticators scan. A colon would end the issuer, so there is none in it. */
export function keyUriOf(seed: Seed, issuer: string, accountName: string): string {
  const totp = totpOf(seed);
  totp.issuer = issuer.replaceAll(':', ' ');
  totp.label = accountName;
  return URI.stringify(totp);
}

/** Compares a code with a device's seed; a seed that is gone matches nothing. */
export function proofOf(deviceId: string, seed: Seed | null, code: string, now: Instant): CodeProof {
  if (seed === null) return { deviceId, timeStep: null, drift: null };
  const totp = totpOf(seed);
  const timestamp = millisecondsOf(now);
  const current = totp.counter({ timestamp });
  const delta = totp.validate({ token: code, timestamp, window: STEPS_EITHER_SIDE });
  if (delta !== null) return { deviceId, timeStep: current + delta, drift: null };
  const off = totp.validate({ token: code, timestamp, window: DRIFT_WINDOW });
  const drift = off === null ? null : { timeStep: current + off, offsetSeconds: off * seed.period };
  return { deviceId, timeStep: null, drift };
}

/** The moment one time step of a device earlier. */
export function stepBefore(seed: Seed | null, now: Instant): Instant {
  return after(now, -(seed?.period ?? 0) * SECOND);
}

/** A code as it was meant: full-width digits become plain ones; spaces, hyphens and invisible characters go. Null if that is no six-digit code. */
export function normaliseCode(input: string): string | null {
  const code = input.normalize('NFKC').replace(/[\s\p{Cf}\p{Pd}]/gu, '');
  return /^\d{6}$/.test(code) ? code : null;
}
