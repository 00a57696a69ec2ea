import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { commitmentTo, SALT_BYTES, type Opening, type PersonalValues } from '../canonical/commitment.js';

/** Sealed values as an event holds them. */
export interface SealedPersonalValues {
  readonly personId: string;
  /** base64url of nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes), AES-256-GCM. */
  readonly sealed: string;
  /** base64url of SHA-256(salt ‖ JCS(values)); it stays when the key is gone. */
  readonly commitment: string;
}

/** Where sealed values stand; sealed in, so that a blob cannot be moved to another event. */
export interface PersonalPlace {
  readonly personId: string;
  readonly eventId: string;
  readonly slot: 'subject' | 'request';
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Bytes in a person's key. */
export const PERSON_KEY_BYTES = 32;

function associatedData({ personId, eventId, slot }: PersonalPlace): Buffer {
  return Buffer.from(JSON.stringify(['personal', personId, eventId, slot]));
}

/** Seals values with a fresh salt under a person's key. */
export function sealPersonalValues(
  key: Uint8Array,
  place: PersonalPlace,
  values: PersonalValues,
): SealedPersonalValues {
  const fresh = randomBytes(SALT_BYTES + NONCE_BYTES);
  const opening: Opening = { salt: fresh.toString('base64url', 0, SALT_BYTES), values };
  const nonce = fresh.subarray(SALT_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(associatedData(place));
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(opening), 'utf8'), cipher.final()]);
  const sealed = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]).toString('base64url');
  return { personId: place.personId, sealed, commitment: commitmentTo(opening) };
}

/** Opens sealed values. @throws where the key, the place or the bytes are not those that were sealed */
export function openPersonalValues(key: Uint8Array, place: PersonalPlace, sealed: string): Opening {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES)).setAAD(associatedData(place));
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  const plain = decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES));
  // It only checks: a cipher that counts blocks has nothing left over.
  decipher.final();
  return JSON.parse(plain.toString('utf8')) as Opening;
}
