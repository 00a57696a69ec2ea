import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Application } from '../application/application.js';

/** The header in which a client gives back how far the log was that it has seen. */
export const LOG_POSITION_HEADER = 'x-log-position';

/**
 * Positions of the log as clients carry them from one node to another: none that no node has handed out. They are sealed, each
 * time anew: whether the log has grown would tell a stranger whether a failed sign-in was by a name that exists.
 */
export interface LogPositions {
  format(position: bigint): string;
  /** The position that a node has handed out; null for anything else. */
  parse(text: string): bigint | null;
}

const ALGORITHM = 'aes-256-gcm';
const SALT_BYTES = 12;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const POSITION_BYTES = 8;
const LENGTH = SALT_BYTES + NONCE_BYTES + POSITION_BYTES + TAG_BYTES;
/** Nonces are drawn so many at once: one by one they cost as much as what they are for. */
const NONCES_DRAWN = 256;
/** 48 bytes are 64 characters, none of them padding. */
const FORM = /^v1\.([A-Za-z0-9_-]{64})$/;

/** Random nonces, each used once. */
function drawn(randomBytes: Application['randomBytes']): () => Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  let used = 0;
  return () => {
    if (used === bytes.length) [bytes, used] = [randomBytes(NONCES_DRAWN * NONCE_BYTES), 0];
    used += NONCE_BYTES;
    return bytes.subarray(used - NONCE_BYTES, used);
  };
}

/**
 * Seals positions under the key ring, so that all nodes with that key ring take them. Each process has a key of its own, made of the
 * ring's and a salt that goes along: one key with random nonces is good for some 2^32 of them (NIST SP 800-38D, section 8.3).
 */
export function createLogPositions({ digest, randomBytes }: Pick<Application, 'digest' | 'randomBytes'>): LogPositions {
  const keyOf = (salt: Uint8Array) =>
    Buffer.from(digest('log-position', Buffer.from(salt).toString('base64url')), 'base64url');
  const nextNonce = drawn(randomBytes);
  const salt = randomBytes(SALT_BYTES);
  const key = keyOf(salt);
  return {
    format(position) {
      const plain = Buffer.alloc(POSITION_BYTES);
      plain.writeBigUInt64BE(position);
      const nonce = nextNonce();
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const sealed = Buffer.concat([salt, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `v1.${sealed.toString('base64url')}`;
    },
    parse(text) {
      const sealed = Buffer.from(FORM.exec(text)?.[1] ?? '', 'base64url');
      if (sealed.length !== LENGTH) return null;
      const [from, nonce] = [sealed.subarray(0, SALT_BYTES), sealed.subarray(SALT_BYTES, SALT_BYTES + NONCE_BYTES)];
      const decipher = createDecipheriv(ALGORITHM, keyOf(from), nonce, { authTagLength: TAG_BYTES });
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = decipher.update(sealed.subarray(SALT_BYTES + NONCE_BYTES, -TAG_BYTES));
      try {
        decipher.final();
      } catch {
        return null;
      }
      return plain.readBigUInt64BE();
    },
  };
}
