import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';

/** One person's values in one event: text by name, null where there is none. */
export type PersonalValues = Readonly<Record<string, string | null>>;

/** What a reader needs to check a commitment: the values, and the salt (base64url of 32 bytes). */
export interface Opening {
  readonly salt: string;
  readonly values: PersonalValues;
}

/** Bytes in a salt. */
export const SALT_BYTES = 32;

/** The commitment to values: SHA-256 over the salt and their canonical JSON (RFC 8785), base64url. */
export function commitmentTo({ salt, values }: Opening): string {
  return createHash('sha256').update(Buffer.from(salt, 'base64url')).update(canonicalJson(values)).digest('base64url');
}
