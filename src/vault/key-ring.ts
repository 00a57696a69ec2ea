import { createHmac } from 'node:crypto';

/**
 * The keys that the service holds itself: several versions of the sealing key, of which one is active, and
 * one key for digests of names that never rotates, since names are looked up by their digest.
 */
export interface KeyRing {
  readonly activeKeyId: string;
  /** 32-byte keys by id. */
  readonly sealingKeys: ReadonlyMap<string, Uint8Array>;
  /** 32 bytes. */
  readonly digestKey: Uint8Array;
}

/** What a digest is for; digests of one purpose mean nothing to another. */
export type DigestPurpose =
  'name' | 'operation-arguments' | 'known-browser' | 'key-ring-check' | 'log-position' | 'recovery-code';

/** HMAC-SHA-256 of a text under the ring's digest key, base64url; the purpose is part of what is digested. */
export function digest(ring: KeyRing, purpose: DigestPurpose, text: string): string {
  return createHmac('sha256', ring.digestKey).update(`${purpose}\0${text}`).digest('base64url');
}
