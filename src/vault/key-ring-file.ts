import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Instant } from '../domain/instant.js';
import type { KeyRing } from './key-ring.js';
import { createSecretFile, readIfThere, replaceSecretFile, systemCodeOf as codeOf } from './secret-file.js';

/** A key ring that cannot be used. The message names the source, the fault and the remedy, and never a key. */
export class KeyRingError extends Error {
  readonly code = 'INVALID_KEY_RING';
}

/** The key ring of a file, and whether it was made just now. */
export interface LoadedKeyRing {
  readonly keyRing: KeyRing;
  readonly created: boolean;
}

const KEY_BYTES = 32;

/** Shorter than a key in base64, so that a key in the place of an id is refused and not shown. */
const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

const FORM = 'write it as { "active": "<id>", "sealing": { "<id>": "<key>" }, "digest": "<key>" }';
const KEY_FORM = 'give 32 bytes in base64, as `openssl rand -base64 32` prints them';
const ID_FORM = 'use 1 to 32 letters, digits, dots, dashes and underscores, a letter or digit first';

const keySchema = z
  .string()
  .transform((text) => ({ text, bytes: Buffer.from(text, 'base64') }))
  .refine(({ text, bytes }) => bytes.length === KEY_BYTES && bytes.toString('base64') === text)
  .transform(({ bytes }) => new Uint8Array(bytes));

const ringSchema = z.strictObject({
  active: z.string(),
  sealing: z.record(z.string().regex(KEY_ID), keySchema),
  digest: keySchema,
});

/**
 * Reads a key ring from its JSON form, `{ "active": "<id>", "sealing": { "<id>": "<base64>" }, "digest": "<base64>" }`.
 * @param source where the text comes from, for the message
 * @throws {KeyRingError}
 */
export function parseKeyRing(text: string, source: string): KeyRing {
  const parsed = ringSchema.safeParse(parseJson(text, source));
  if (!parsed.success) throw new KeyRingError(sentence(source, ...faultOf(parsed.error.issues[0])));
  const { active, sealing, digest } = parsed.data;
  const sealingKeys = new Map(Object.entries(sealing));
  if (sealingKeys.has(active)) return { activeKeyId: active, sealingKeys, digestKey: digest };
  throw new KeyRingError(
    sentence(source, 'its active key is not among its sealing keys', 'name one of these as active'),
  );
}

/** The JSON form of a key ring, for `parseKeyRing` to read: the keys stand there in plain. */
export function serialiseKeyRing(ring: KeyRing): string {
  const base64 = (key: Uint8Array): string => Buffer.from(key).toString('base64');
  const sealing = Object.fromEntries([...ring.sealingKeys].map(([id, key]) => [id, base64(key)]));
  return `${JSON.stringify({ active: ring.activeKeyId, sealing, digest: base64(ring.digestKey) }, null, 2)}\n`;
}

function newKey(): Uint8Array {
  return new Uint8Array(randomBytes(KEY_BYTES));
}

function newKeyId(now: Instant): string {
  return `${now.slice(0, 10)}-${randomBytes(4).toString('hex')}`;
}

/** A new key ring of one sealing key, whose id names the day it was made. */
export function generateKeyRing(now: Instant): KeyRing {
  const id = newKeyId(now);
  return { activeKeyId: id, sealingKeys: new Map([[id, newKey()]]), digestKey: newKey() };
}

/** A ring with one more sealing key, which is not active; answers its id with it. */
export function withNewKey(ring: KeyRing, now: Instant): { readonly ring: KeyRing; readonly id: string } {
  const id = newKeyId(now);
  return { ring: { ...ring, sealingKeys: new Map([...ring.sealingKeys, [id, newKey()]]) }, id };
}

/**
 * Puts another version of a ring into the file that has it, at once and durably. Of the services that take their keys from it,
 * each has the new version from its next use of the key on.
 * @throws {KeyRingError} where that cannot be done; the file is then as it was
 */
export async function replaceKeyRingFile(path: string, ring: KeyRing): Promise<void> {
  try {
    await replaceSecretFile(path, serialiseKeyRing(ring));
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const remedy =
      'run this as a user that may write the file and its folder, and keep its owner; where the file alone is mounted, mount its folder';
    throw new KeyRingError(`the key ring ${path} cannot be replaced (${code}): ${remedy}`, { cause: error });
  }
}

/** Reads the key ring of a file that has to be there. @throws {KeyRingError} */
export async function loadKeyRingFile(path: string): Promise<KeyRing> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw asKeyRingError(path, error);
  });
  return parseKeyRing(text, path);
}

/**
 * Reads the key ring of a file; makes both where there is no file, for its owner alone. Of several processes that do so
 * at once, all get the same ring.
 * @throws {KeyRingError}
 */
export async function loadOrCreateKeyRingFile(path: string, now: () => Instant): Promise<LoadedKeyRing> {
  try {
    const existing = await readIfThere(path);
    if (existing !== null) return { keyRing: parseKeyRing(existing, path), created: false };
    const created = await createSecretFile(path, serialiseKeyRing(generateKeyRing(now())));
    return { keyRing: parseKeyRing(await readFile(path, 'utf8'), path), created };
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === undefined) throw error;
    const remedy = 'let the user that runs the service read and write it and its folder';
    throw new KeyRingError(sentence(path, `it cannot be read or made (${code})`, remedy), { cause: error });
  }
}

function asKeyRingError(path: string, error: unknown): unknown {
  const code = systemCodeOf(error);
  if (code === undefined) return error;
  const [fault, remedy] =
    code === 'ENOENT'
      ? [
          'there is no such file',
          'name the file that it is in (KEY_RING_FILE, or the DATA_DIR of the service), or, for new data only, make a new one, as docs/operating.md tells',
        ]
      : [`it cannot be read (${code})`, 'name a file that the user that runs the service may read'];
  return new KeyRingError(sentence(path, fault, remedy), { cause: error });
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, and so a key.
    throw new KeyRingError(sentence(source, 'it is not JSON', FORM));
  }
}

function faultOf(issue: z.core.$ZodIssue | undefined): [fault: string, remedy: string] {
  const [field, id] = issue?.path ?? [];
  if (field === 'digest') return ['its digest key is not a key', KEY_FORM];
  if (field !== 'sealing' || typeof id !== 'string') return ['it does not have the form of a key ring', FORM];
  // An id of the wrong form is not shown: it may be a key in the place of an id.
  if (!KEY_ID.test(id)) return ['one of its sealing keys has an id of the wrong form', ID_FORM];
  return [`its sealing key ${id} is not a key`, KEY_FORM];
}

function sentence(source: string, fault: string, remedy: string): string {
  return `the key ring ${source} cannot be used, ${fault}: ${remedy}`;
}

function systemCodeOf(error: unknown): string | undefined {
  return error instanceof KeyRingError ? undefined : codeOf(error);
}
