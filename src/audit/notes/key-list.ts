import {
  NoteKeyError,
  parseSigningKey,
  parseVerifierKey,
  signingKeyOf,
  signingKeyText,
  type SigningKey,
  type VerifierKey,
} from './keys.js';

/** Keys that cannot be used. The message names the source, the line and the remedy, and never what the line holds. */
export class KeyListError extends Error {
  readonly code = 'INVALID_AUDIT_KEYS';
}

/** The keys of a list. */
export interface KeyList {
  /** The last signing key of the list, which is the one that signs; null where there is none. */
  readonly signer: SigningKey | null;
  /** What verifies the signatures of each key, in the order of the list, each once. */
  readonly verifiers: readonly VerifierKey[];
}

const REMEDY = 'write one key a line, as `virtual-mfa audit keys generate` prints them, and comments after `#`';

function keyIn(line: string): SigningKey | VerifierKey {
  return line.startsWith('PRIVATE+KEY+') ? parseSigningKey(line) : parseVerifierKey(line);
}

/** Reads one key a line, signing keys and verifier keys; what begins with `#` is a comment. @throws {KeyListError} */
export function parseKeyList(text: string, source: string): KeyList {
  let signer: SigningKey | null = null;
  const verifiers = new Map<string, VerifierKey>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    try {
      const key = keyIn(line);
      if ('sign' in key) signer = key;
      const verifier = 'sign' in key ? key.verifier : key;
      verifiers.set(verifier.text, verifier);
    } catch (error) {
      const fault = error instanceof NoteKeyError ? error.message : 'it cannot be read';
      throw new KeyListError(`the audit keys ${source} cannot be used, line ${index + 1} is ${fault}: ${REMEDY}`);
    }
  }
  return { signer, verifiers: [...verifiers.values()] };
}

/** Keys of which one signs. */
export interface SigningKeys {
  readonly signer: SigningKey;
  readonly verifiers: readonly VerifierKey[];
}

/** Reads a list of which one key has to sign. @throws {KeyListError} */
export function parseSigningKeys(text: string, source: string): SigningKeys {
  const { signer, verifiers } = parseKeyList(text, source);
  if (signer !== null) return { signer, verifiers };
  throw new KeyListError(`the audit keys ${source} cannot be used, none of them signs: ${REMEDY}`);
}

/** A signing key as lines of a list: what verifies it as a comment, then the key. @throws {NoteKeyError} */
export function keyLines(name: string, seed: Uint8Array): string {
  return `# ${signingKeyOf(name, seed).verifier.text}\n${signingKeyText(name, seed)}\n`;
}
