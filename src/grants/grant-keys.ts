import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import * as z from 'zod';

/** Keys that cannot be used. The message names the source, the line and the remedy, and never what the line holds. */
export class GrantKeysError extends Error {
  readonly code = 'INVALID_GRANT_KEYS';
}

/** A key as it is published: what verifies signatures (RFC 7517, RFC 8037). */
export interface PublishedKey {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly x: string;
  /** The thumbprint of the key (RFC 7638). */
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
}

/** What `/.well-known/jwks.json` answers: a JSON Web Key Set. */
export interface PublishedKeys {
  readonly keys: readonly PublishedKey[];
}

/** Keys of which one signs. */
export interface GrantKeys {
  readonly signer: { readonly kid: string; readonly key: CryptoKey };
  /** What verifies, by key id. */
  readonly verifiers: ReadonlyMap<string, CryptoKey>;
  readonly published: PublishedKeys;
}

const BYTES = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const jwkSchema = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: BYTES, d: BYTES.optional() });

const REMEDY = 'write one key a line, as `virtual-mfa grants keys generate` prints them, and comments after `#`';

interface ReadKey {
  readonly published: PublishedKey;
  readonly verifier: CryptoKey;
  /** Null where the line has the public half alone. */
  readonly signer: CryptoKey | null;
}

async function imported(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'EdDSA');
  if (key instanceof Uint8Array) throw new TypeError('not an asymmetric key');
  return key;
}

async function keyIn(line: string): Promise<ReadKey> {
  const { kty, crv, x, d } = jwkSchema.parse(JSON.parse(line));
  const verifier = await imported({ kty, crv, x });
  // Importing refuses halves that do not belong together.
  const signer = d === undefined ? null : await imported({ kty, crv, x, d });
  const kid = await calculateJwkThumbprint({ kty, crv, x });
  return { published: { kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }, verifier, signer };
}

function lineError(source: string, index: number): GrantKeysError {
  // What the parsers say would quote the line, and so a key.
  const fault = `line ${index + 1} is no Ed25519 key in the form of a JSON Web Key`;
  return new GrantKeysError(`the grant keys ${source} cannot be used, ${fault}: ${REMEDY}`);
}

/**
 * Reads one key a line, each a JSON Web Key, with its private half or without; what begins with `#` is a comment. The last one
 * with a private half signs; all verify, and are published.
 * @throws {GrantKeysError}
 */
export async function parseGrantKeys(text: string, source: string): Promise<GrantKeys> {
  let signer: GrantKeys['signer'] | null = null;
  const found = new Map<string, ReadKey>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const key = await keyIn(line).catch(() => {
      throw lineError(source, index);
    });
    const { kid } = key.published;
    if (key.signer !== null) signer = { kid, key: key.signer };
    found.set(kid, key);
  }
  if (signer === null)
    throw new GrantKeysError(`the grant keys ${source} cannot be used, none of them signs: ${REMEDY}`);
  const verifiers = new Map([...found].map(([kid, { verifier }]) => [kid, verifier]));
  return { signer, verifiers, published: { keys: [...found.values()].map(({ published }) => published) } };
}

/** A new key as lines of a list: its public half as a comment, then the key. */
export async function generateGrantKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const { kty, crv, x, d } = await exportJWK(privateKey);
  return `# ${JSON.stringify({ kty, crv, x })}\n${JSON.stringify({ kty, crv, x, d })}\n`;
}
