import { base64Of, bytesOfBase64 } from './base64.js';
import type { KeyName, SigningKey, VerifierKey } from './keys.js';
import { isKeyName, isNoteText } from './note-text.js';

/** Why a note is not to be believed. */
export const NOTE_REFUSALS = ['MALFORMED_NOTE', 'WRONG_SIGNATURE', 'NO_KNOWN_SIGNATURE'] as const;

export type NoteRefusal = (typeof NOTE_REFUSALS)[number];

/** A note that is to be believed, with the known keys that signed it; or why it is not. */
export type OpenedNote =
  | { readonly opened: true; readonly text: string; readonly signers: readonly KeyName[] }
  | { readonly opened: false; readonly refusal: NoteRefusal };

/** The text of a note does not end a line, or has characters that notes may not have. */
export class NoteTextError extends Error {
  readonly code = 'MALFORMED_TEXT';
}

/** A signature line: em dash, space, the key's name, space, base64 of key id (4 bytes) ‖ signature. */
interface SignatureLine extends KeyName {
  readonly signature: Uint8Array;
}

// C2SP signed-note asks for a limit, of at least 16 signatures of 5 kB each; 100 is what golang.org/x/mod/sumdb/note takes.
const SIGNATURES_AT_MOST = 100;
const LENGTH_AT_MOST = 1_000_000;

const ID_BYTES = 4;
const DASH = '\u2014 ';

function signatureLine(line: string): SignatureLine | null {
  if (!line.startsWith(DASH)) return null;
  const [name = '', base64 = '', ...more] = line.slice(DASH.length).split(' ');
  const bytes = bytesOfBase64(base64);
  if (!isKeyName(name) || bytes === null || bytes.length <= ID_BYTES || more.length > 0) return null;
  return { name, id: bytes.subarray(0, ID_BYTES).toString('hex'), signature: bytes.subarray(ID_BYTES) };
}

/** A note taken apart: its text with the newline that ends it, and its signatures, none of them verified. */
export interface ParsedNote {
  readonly text: string;
  readonly signatures: readonly SignatureLine[];
}

/** Takes a note apart; null where it is malformed. What it says is not to be believed yet. */
export function parseNote(note: string): ParsedNote | null {
  // The text may have empty lines: the last one is what ends it.
  const split = note.lastIndexOf('\n\n');
  if (note.length > LENGTH_AT_MOST || !isNoteText(note) || split === -1 || !note.endsWith('\n')) return null;
  const lines = note.slice(split + 2, -1).split('\n');
  const signatures = lines.map(signatureLine).filter((line) => line !== null);
  if (signatures.length !== lines.length || lines.length > SIGNATURES_AT_MOST) return null;
  return { text: note.slice(0, split + 1), signatures };
}

function findKey(keys: readonly VerifierKey[], { name, id }: KeyName): VerifierKey | undefined {
  return keys.find((key) => key.name === name && key.id === id);
}

/**
 * Opens a signed note (C2SP signed-note): its text is to be believed if a key that is known signed it. Signatures of other
 * keys are ignored, so that keys can be exchanged and witnesses sign too; one wrong signature of a known key refuses the note.
 */
export function openNote(note: string, keys: readonly VerifierKey[]): OpenedNote {
  const parsed = parseNote(note);
  if (parsed === null) return { opened: false, refusal: 'MALFORMED_NOTE' };
  const message = Buffer.from(parsed.text);
  const signers = new Map<string, KeyName>();
  for (const line of parsed.signatures) {
    const key = findKey(keys, line);
    if (key === undefined) continue;
    if (!key.verify(message, line.signature)) return { opened: false, refusal: 'WRONG_SIGNATURE' };
    signers.set(`${key.name}+${key.id}`, { name: key.name, id: key.id });
  }
  if (signers.size === 0) return { opened: false, refusal: 'NO_KNOWN_SIGNATURE' };
  return { opened: true, text: parsed.text, signers: [...signers.values()] };
}

function sameKey(one: KeyName, other: KeyName): boolean {
  return one.name === other.name && one.id === other.id;
}

function lineOf({ name, id, signature }: SignatureLine): string {
  return `${DASH}${name} ${base64Of(Buffer.concat([Buffer.from(id, 'hex'), signature]))}\n`;
}

function joinNote(text: string, signatures: readonly SignatureLine[]): string {
  return `${text}\n${signatures.map(lineOf).join('')}`;
}

/**
 * Signs a text by one key or more.
 * @throws {NoteTextError} where the text does not end in a newline, or has what no note may have
 */
export function signNote(text: string, keys: readonly [SigningKey, ...SigningKey[]]): string {
  if (!text.endsWith('\n') || !isNoteText(text)) throw new NoteTextError('a note is whole lines of printable text');
  const message = Buffer.from(text);
  return joinNote(
    text,
    keys.map((key) => ({ name: key.name, id: key.id, signature: key.sign(message) })),
  );
}

/** Adds a signature to a note, in the place of one that the same key had given it; null where the note is malformed. */
export function cosignNote(note: string, key: SigningKey): string | null {
  const parsed = parseNote(note);
  if (parsed === null) return null;
  const others = parsed.signatures.filter((line) => !sameKey(line, key));
  const own = { name: key.name, id: key.id, signature: key.sign(Buffer.from(parsed.text)) };
  return joinNote(parsed.text, [...others, own]);
}
