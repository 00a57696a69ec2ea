import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { KeyRing } from './key-ring.js';
import type { SecretRef } from './vault.js';
import { VaultError } from './vault.js';

/** A secret as it lies at rest. */
export interface SealedSecret {
  /** The version in the key ring that seals it. */
  readonly keyId: string;
  /** nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). */
  readonly sealed: Uint8Array;
}

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals a secret with AES-256-GCM under the ring's active key and a fresh random nonce; kind and id are associated
 * data, so that what is sealed for one secret never opens as another.
 * @throws {VaultError} `SEALED` where the ring lacks its active key
 */
export function seal(ring: KeyRing, ref: SecretRef, secret: Uint8Array): SealedSecret {
  const keyId = ring.activeKeyId;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(ring, ref, keyId), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(ref));
  const ciphertext = [cipher.update(secret), cipher.final()];
  return { keyId, sealed: Buffer.concat([nonce, ...ciphertext, cipher.getAuthTag()]) };
}

/**
 * Opens what `seal` sealed.
 * @throws {VaultError} `SEALED` where the ring lacks the key, or what is stored is not what was sealed for that kind and id
 */
export function open(ring: KeyRing, ref: SecretRef, { keyId, sealed }: SealedSecret): Uint8Array {
  const key = keyOf(ring, ref, keyId);
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw changed(ref, keyId);
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(associatedData(ref));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw changed(ref, keyId);
  }
  return new Uint8Array(plain);
}

/** Kind and id as a JSON array: no two refs are written alike, whatever characters they have. */
function associatedData(ref: SecretRef): Buffer {
  return Buffer.from(JSON.stringify([ref.kind, ref.id]));
}

function keyOf(ring: KeyRing, ref: SecretRef, keyId: string): Uint8Array {
  const key = ring.sealingKeys.get(keyId);
  if (key !== undefined) return key;
  throw new VaultError(
    'SEALED',
    `the ${ref.kind} ${ref.id} cannot be opened or sealed: the key ring lacks key ${keyId}`,
  );
}

function changed(ref: SecretRef, keyId: string): VaultError {
  return new VaultError(
    'SEALED',
    `the ${ref.kind} ${ref.id} does not open under key ${keyId}: key or content is not the one it was sealed with`,
  );
}
