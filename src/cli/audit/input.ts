import { createReadStream } from 'node:fs';
import { stat, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { splitNotes } from '../../audit/notes/split-notes.js';
import { KeyListError, parseKeyList } from '../../audit/notes/key-list.js';
import type { VerifierKey } from '../../audit/notes/keys.js';
import type { Terminal } from '../terminal.js';

/** What was given cannot be used; the message is a sentence that says what it is and what to do. */
export class UnusableInputError extends Error {
  readonly code = 'UNUSABLE_INPUT';
}

/** A file that is read from its beginning to its end. */
export interface Input {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many bytes it has; null where that is not known. */
  readonly size: number | null;
  /** How many of them have been read. */
  read(): number;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the system says of a file, told as a sentence. */
function unreadable(path: string, error: unknown): UnusableInputError {
  return new UnusableInputError(
    `${path} cannot be read (${wordsOf(error)}): name a file that is there and may be read`,
  );
}

async function* counted(source: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  for await (const chunk of source) {
    count(chunk.length);
    yield chunk;
  }
}

/** Opens a file to be read once; `-` is standard input. @throws {UnusableInputError} */
export async function openInput(path: string, { stdin }: Pick<Terminal, 'stdin'>): Promise<Input> {
  let read = 0;
  const count = (bytes: number): void => void (read += bytes);
  if (path === '-') return { bytes: counted(stdin, count), size: null, read: () => read };
  const { size } = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  return { bytes: counted(createReadStream(path), count), size, read: () => read };
}

// RFC 1952 section 2.3.1: what each gzip file begins with.
const GZIP = [0x1f, 0x8b] as const;

/** The first chunk that has something in it, and all of them again. */
async function peek(source: AsyncIterable<Uint8Array>) {
  const chunks = source[Symbol.asyncIterator]();
  let first = await chunks.next();
  while (first.done !== true && first.value.length === 0) first = await chunks.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      for (let next = first; next.done !== true; next = await chunks.next()) yield next.value;
    } finally {
      await chunks.return?.();
    }
  }
  return { first: first.done === true ? new Uint8Array() : first.value, all: all() };
}

/** What is in a file, unpacked where it begins as gzip does. */
export async function* unpacked(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { first, all } = await peek(source);
  if (first[0] !== GZIP[0] || first[1] !== GZIP[1]) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  const packed = Readable.from(all);
  packed.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of packed.pipe(gunzip)) yield chunk as Uint8Array;
  } catch (error) {
    throw new UnusableInputError(`it is not whole as a gzip file (${wordsOf(error)}): fetch it again`);
  } finally {
    packed.destroy();
  }
}

const NEWLINE = 0x0a;
/** Longer than any record: a file that is not of lines must not fill the memory. */
const LONGEST_LINE = 16 * 1024 * 1024;

function openDecoder() {
  // Also the mark of byte order at the beginning is a character that no line has.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 0;
  return (parts: readonly Uint8Array[]): string => {
    line += 1;
    try {
      return decoder.decode(parts.length === 1 ? parts[0] : Buffer.concat(parts));
    } catch {
      throw new UnusableInputError(`line ${line} is not UTF-8: fetch the file again, and keep it as it is`);
    }
  };
}

/** The lines of a file, without their newlines. @throws {UnusableInputError} where a line is not UTF-8, or without end */
export async function* linesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decode = openDecoder();
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield decode([...parts, chunk.subarray(start, end)]);
      [parts, length, start] = [[], 0, end + 1];
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST_LINE) throw new UnusableInputError('a line has no end: this is not an export');
  }
  if (length > 0) yield decode(parts);
}

/** The notes of files with checkpoints. @throws {UnusableInputError} */
export async function readCheckpoints(paths: readonly string[]): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw unreadable(path, error);
    });
    notes.push(...splitNotes(text));
  }
  return notes;
}

/** What a verifier key begins with: its name and its id. No file is called like that by chance. */
const LIKE_A_KEY = /^[^+\s/]+(?:\/[^+\s/]+)*\+[0-9A-Fa-f]{8}\+/;

/** The verifier keys in a text that has one a line. @throws {UnusableInputError} */
export function keysIn(text: string, source: string): readonly VerifierKey[] {
  try {
    return parseKeyList(text, source).verifiers;
  } catch (error) {
    if (error instanceof KeyListError) throw new UnusableInputError(error.message);
    throw error;
  }
}

async function keysOf(one: string): Promise<readonly VerifierKey[]> {
  if (LIKE_A_KEY.test(one)) return keysIn(one, 'given with --key');
  const text = await readFile(one, 'utf8').catch((error: unknown) => {
    throw unreadable(one, error);
  });
  return keysIn(text, one);
}

/** The verifier keys that are given: each as its text, or as a file with one a line. @throws {UnusableInputError} */
export async function readKeys(given: readonly string[]): Promise<readonly VerifierKey[]> {
  return (await Promise.all(given.map(keysOf))).flat();
}
