import { createHash, timingSafeEqual } from 'node:crypto';
import type { Application } from './application.js';

/** A session token: `sessionId.secret`. The id is public and stands in the trail; the log has only a digest of the secret. */
export interface SessionToken {
  readonly sessionId: string;
  readonly secret: string;
}

const SECRET_BYTES = 32;
const TOKEN = /^([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{43})$/;

/** A fresh 256-bit secret, base64url. */
export function newSessionSecret(app: Application): string {
  return Buffer.from(app.randomBytes(SECRET_BYTES)).toString('base64url');
}

/** What the log keeps of a secret: SHA-256, base64url. A secret of 256 random bits needs no salt and no slow hash. */
export function secretDigestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Whether a secret is the one that a digest was made of, compared in constant time. */
export function isSecretOf(secretDigest: string, secret: string): boolean {
  const expected = Buffer.from(secretDigest);
  const actual = Buffer.from(secretDigestOf(secret));
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** The token as it travels. */
export function formatToken({ sessionId, secret }: SessionToken): string {
  return `${sessionId}.${secret}`;
}

/** A token as it arrived; null where it has not the form of one. */
export function parseToken(token: string): SessionToken | null {
  const match = TOKEN.exec(token);
  return match?.[1] !== undefined && match[2] !== undefined ? { sessionId: match[1], secret: match[2] } : null;
}
