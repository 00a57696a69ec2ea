import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { base64Of, bytesOfBase64 } from './base64.js';
import { isKeyName } from './note-text.js';

/** A key's name and its id, 8 hexadecimal digits; both together say which key signed. */
export interface KeyName {
  readonly name: string;
  readonly id: string;
}

/** Verifies signatures of one key. */
export interface VerifierKey extends KeyName {
  /** The key as text, to be handed out: `<name>+<id>+<base64 of 0x01 ‖ public key>`. */
  readonly text: string;
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

/** Signs by one key. */
export interface SigningKey extends KeyName {
  /** What verifies its signatures. */
  readonly verifier: VerifierKey;
  sign(message: Uint8Array): Uint8Array;
}

type KeyKind = 'verifier' | 'signing';

/** A text that is no key of the form and algorithm that are known here. Says nothing of what it holds, which may be secret. */
export class NoteKeyError extends Error {
  readonly code = 'MALFORMED_KEY';

  constructor(kind: KeyKind, fault: string) {
    super(`not a ${kind} key: ${fault}`);
  }
}

const ED25519 = 0x01;
const KEY_BYTES = 32;

/** Bytes of a seed. */
export const SEED_BYTES = KEY_BYTES;

const ID_BYTES = 4;

// RFC 8410 section 7: what stands before the 32 bytes of the seed in PKCS #8.
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key), as recommended by C2SP signed-note. */
function keyId(name: string, typedKey: Uint8Array): string {
  const hash = createHash('sha256').update(`${name}\n`).update(typedKey).digest();
  return hash.subarray(0, ID_BYTES).toString('hex');
}

function verifierOf(name: string, publicKey: Buffer): VerifierKey {
  const typedKey = Buffer.concat([Buffer.of(ED25519), publicKey]);
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
  const id = keyId(name, typedKey);
  return {
    name,
    id,
    text: `${name}+${id}+${base64Of(typedKey)}`,
    verify: (message, signature) => verify(null, message, key, signature),
  };
}

function publicBytes(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** The signing key of a name and a seed: 32 bytes that only its owner knows. @throws {NoteKeyError} */
export function signingKeyOf(name: string, seed: Uint8Array): SigningKey {
  if (!isKeyName(name)) throw new NoteKeyError('signing', 'its name is empty, or has a space or a plus sign');
  if (seed.length !== KEY_BYTES) throw new NoteKeyError('signing', `its seed has ${seed.length} bytes instead of 32`);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  const verifier = verifierOf(name, publicBytes(key));
  return { name, id: verifier.id, verifier, sign: (message) => sign(null, message, key) };
}

/** A signing key as text, secret: `PRIVATE+KEY+<name>+<id>+<base64 of 0x01 ‖ seed>`, as golang.org/x/mod/sumdb/note has it. */
export function signingKeyText(name: string, seed: Uint8Array): string {
  const { id } = signingKeyOf(name, seed);
  return `PRIVATE+KEY+${name}+${id}+${base64Of(Buffer.concat([Buffer.of(ED25519), seed]))}`;
}

interface KeyParts extends KeyName {
  readonly key: Buffer;
}

// The third part is base64, which may have plus signs of its own.
const KEY_FORM = /^([^+]+)\+([0-9A-Fa-f]{8})\+(.+)$/s;

function keyBytes(kind: KeyKind, base64: string): Buffer {
  const typed = bytesOfBase64(base64);
  if (typed === null) throw new NoteKeyError(kind, 'its last part is not base64');
  if (typed[0] !== ED25519) throw new NoteKeyError(kind, 'its algorithm is not Ed25519 (0x01)');
  if (typed.length !== 1 + KEY_BYTES) throw new NoteKeyError(kind, 'it has not 32 bytes');
  return typed.subarray(1);
}

function partsOf(kind: KeyKind, text: string): KeyParts {
  const [, name, id, typed] = KEY_FORM.exec(text) ?? [];
  if (name === undefined || id === undefined || typed === undefined || !isKeyName(name)) {
    throw new NoteKeyError(kind, 'it has not the form name+id+base64');
  }
  return { name, id: id.toLowerCase(), key: keyBytes(kind, typed) };
}

function demandId(kind: KeyKind, { id }: KeyName, derived: KeyName): void {
  if (id !== derived.id) throw new NoteKeyError(kind, `its id is ${id}, of its name and key it would be ${derived.id}`);
}

/** Reads a verifier key (`vkey`). @throws {NoteKeyError} */
export function parseVerifierKey(text: string): VerifierKey {
  const parts = partsOf('verifier', text);
  const key = verifierOf(parts.name, parts.key);
  demandId('verifier', parts, key);
  return key;
}

const SIGNING_PREFIX = 'PRIVATE+KEY+';

/** Reads a signing key (`skey`). @throws {NoteKeyError} */
export function parseSigningKey(text: string): SigningKey {
  if (!text.startsWith(SIGNING_PREFIX)) throw new NoteKeyError('signing', `it does not begin with ${SIGNING_PREFIX}`);
  const parts = partsOf('signing', text.slice(SIGNING_PREFIX.length));
  const key = signingKeyOf(parts.name, parts.key);
  demandId('signing', parts, key);
  return key;
}
