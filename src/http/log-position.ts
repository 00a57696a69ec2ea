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
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const POSITION_BYTES = 8;
const LENGTH = NONCE_BYTES + POSITION_BYTES + TAG_BYTES;
/** 36 bytes are 48 characters, none of them padding. */
const FORM = /^v1\.([A-Za-z0-9_-]{48})$/;

/** Seals positions under the key ring, so that all nodes with that key ring take them. */
export function createLogPositions({ digest, randomBytes }: Pick<Application, 'digest' | 'randomBytes'>): LogPositions {
  const key = Buffer.from(digest('log-position', 'key'), 'base64url');
  return {
    format(position) {
      const plain = Buffer.alloc(POSITION_BYTES);
      plain.writeBigUInt64BE(position);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      return `v1.${sealed.toString('base64url')}`;
    },
    parse(text) {
      const sealed = Buffer.from(FORM.exec(text)?.[1] ?? '', 'base64url');
      if (sealed.length !== LENGTH) return null;
      const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
      decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
      const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
      try {
        decipher.final();
      } catch {
        return null;
      }
      return plain.readBigUInt64BE();
    },
  };
}
