import { timingSafeEqual } from 'node:crypto';
import type { RecoveryProof } from '../domain/mfa/commands.js';
import { RECOVERY_CODES } from '../domain/mfa/recovery-codes.js';
import type { Application } from './application.js';

/** Digits and letters but for I, L, O and U, which are read as others (Crockford's base32). */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 120 bits: 24 characters of five bits each. */
const CODE_BYTES = 15;
const CODE = /^[0-9A-HJKMNP-TV-Z]{24}$/;
const GROUPS = /.{4}(?=.)/g;
const SALT_BYTES = 32;

/** A set of recovery codes as the vault keeps it: what its codes are compared with, and nothing that they follow from. */
interface StoredSet {
  readonly salt: string;
  readonly digests: readonly string[];
}

function newCode(randomBytes: (length: number) => Uint8Array): string {
  const bits = [...randomBytes(CODE_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.replace(/.{5}/g, (five) => ALPHABET.charAt(parseInt(five, 2)));
}

/** Fresh codes of 120 random bits each, in their normal form. */
export function newRecoveryCodes(randomBytes: (length: number) => Uint8Array): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => newCode(randomBytes));
}

/** A code as people copy it: six groups of four. */
export function formatRecoveryCode(code: string): string {
  return code.replace(GROUPS, '$&-');
}

/**
 * A code as it was meant: case, spaces, hyphens and invisible characters do not matter, nor whether O is written for 0 and
 * I or L for 1. Null if that is no recovery code.
 */
export function normaliseRecoveryCode(input: string): string | null {
  const plain = input.normalize('NFKC').replace(/[\s\p{Cf}\p{Pd}]/gu, '');
  const code = plain.toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  return CODE.test(code) ? code : null;
}

function digestOf(app: Application, codeSetId: string, { salt }: Pick<StoredSet, 'salt'>, code: string): string {
  return app.digest('recovery-code', JSON.stringify([codeSetId, salt, code]));
}

/** What the vault is to keep of a set: its salt, and HMAC-SHA-256 of each code under a key of the key ring. */
export function sealableSet(app: Application, codeSetId: string, codes: readonly string[]): Uint8Array {
  const salt = Buffer.from(app.randomBytes(SALT_BYTES)).toString('base64url');
  const set: StoredSet = { salt, digests: codes.map((code) => digestOf(app, codeSetId, { salt }, code)) };
  return Buffer.from(JSON.stringify(set));
}

/** Compares a code in its normal form with all of a set, in constant time; a set that is gone matches nothing. */
export async function recoveryProofOf(app: Application, codeSetId: string, code: string): Promise<RecoveryProof> {
  const kept = await app.vault.get({ kind: 'recovery', id: codeSetId });
  if (kept === null) return { codeSetId, place: null };
  const set = JSON.parse(Buffer.from(kept).toString()) as StoredSet;
  const actual = Buffer.from(digestOf(app, codeSetId, set, code));
  // Every one is compared, so that the time does not tell the place.
  const matches = set.digests.map((digest) => timingSafeEqual(Buffer.from(digest), actual));
  const place = matches.indexOf(true);
  return { codeSetId, place: place === -1 ? null : place };
}
