import { createPrivateKey } from 'node:crypto';

// RFC 8410 section 7: what stands before the 32 bytes of the seed in PKCS #8.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The nth key that signs grants in tests, the same in every run, as a line of a list; with its private half or without. */
export function grantKeyLine(n: number, { isPublic = false } = {}): string {
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, Buffer.alloc(32, n)]);
  const { kty, crv, x, d } = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  return JSON.stringify(isPublic ? { kty, crv, x } : { kty, crv, x, d });
}
