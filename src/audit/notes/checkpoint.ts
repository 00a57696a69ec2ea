import { EMPTY_ROOT, HASH_BYTES, sameHash } from '../merkle/hashing.js';
import type { TreeHead } from '../merkle/proofs.js';
import { base64Of, bytesOfBase64 } from './base64.js';
import type { KeyName, SigningKey, VerifierKey } from './keys.js';
import { openNote, parseNote, signNote, type NoteRefusal } from './signed-note.js';

/** What a log says of itself at one size (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  /** Which log it is of. */
  readonly origin: string;
  /** Further lines, which mean nothing here and are kept. */
  readonly extensions: readonly string[];
}

/** A checkpoint that is to be believed, with the known keys that signed it; or why it is not. */
export type OpenedCheckpoint =
  | { readonly opened: true; readonly checkpoint: Checkpoint; readonly signers: readonly KeyName[] }
  | { readonly opened: false; readonly refusal: NoteRefusal | 'MALFORMED_CHECKPOINT' };

/** The text of a checkpoint: origin, size, root in base64, further lines; each ends in a newline. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), base64Of(root), ...extensions].map((line) => `${line}\n`).join('');
}

/** A size in decimal without leading zeros; null where it is none, or one that JavaScript cannot hold exactly. */
function sizeOf(text: string): number | null {
  const size = Number(text);
  return /^(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(size) ? size : null;
}

function rootOf(text: string): Buffer | null {
  const root = bytesOfBase64(text);
  return root?.length === HASH_BYTES ? root : null;
}

/** A size and a root of base64 text; null where they are none. The tree without leaves has one root only. */
function headOf(sizeText: string, rootText: string): TreeHead | null {
  const size = sizeOf(sizeText);
  const root = rootOf(rootText);
  if (size === null || root === null) return null;
  return size === 0 && !sameHash(root, EMPTY_ROOT) ? null : { size, root };
}

/** Reads the text of a checkpoint; null where it is none. */
export function parseCheckpointText(text: string): Checkpoint | null {
  const lines = text.split('\n');
  // The newline that ends the last line leaves an empty text behind it; no line is empty.
  if (lines.pop() !== '' || lines.includes('')) return null;
  const [origin = '', size = '', root = '', ...extensions] = lines;
  const head = headOf(size, root);
  return head && { origin, ...head, extensions };
}

/** Signs a checkpoint by one key or more. @throws {TypeError} where it is none that could be read again */
export function signCheckpoint(checkpoint: Checkpoint, keys: readonly [SigningKey, ...SigningKey[]]): string {
  const text = checkpointText(checkpoint);
  const read = parseCheckpointText(text);
  // A line break in a line would be read as one line more.
  const isKept = read?.origin === checkpoint.origin && read.extensions.length === checkpoint.extensions.length;
  if (!isKept) throw new TypeError('not a checkpoint: origin and further lines are lines, and the root has 32 bytes');
  return signNote(text, keys);
}

/** Opens a signed checkpoint, as `openNote` opens notes. */
export function openCheckpoint(note: string, keys: readonly VerifierKey[]): OpenedCheckpoint {
  const opened = openNote(note, keys);
  if (!opened.opened) return opened;
  const checkpoint = parseCheckpointText(opened.text);
  if (checkpoint === null) return { opened: false, refusal: 'MALFORMED_CHECKPOINT' };
  return { opened: true, checkpoint, signers: opened.signers };
}

/** What a checkpoint says of itself, signatures unread: not to be believed. Null where it is no checkpoint. */
export function claimOf(note: string): Checkpoint | null {
  const parsed = parseNote(note);
  return parsed && parseCheckpointText(parsed.text);
}

/** The origin of the checkpoints of an account. */
export function originOfAccount(auditOrigin: string, accountId: string): string {
  return `${auditOrigin}/${accountId}`;
}

/** The account that an origin names, behind its last slash; null where it names none. The rest of an origin may be renamed. */
export function accountOfOrigin(origin: string): string | null {
  return origin.includes('/') ? origin.slice(origin.lastIndexOf('/') + 1) : null;
}
