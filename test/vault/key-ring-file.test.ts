import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  generateKeyRing,
  KeyRingError,
  loadKeyRingFile,
  loadOrCreateKeyRingFile,
  parseKeyRing,
  serialiseKeyRing,
} from '../../src/vault/key-ring-file.js';
import { ROTATED } from '../conformance/vault/given.js';

const now = (): string => '2026-03-04T05:06:07.890Z';

const KEY = 'bm90IGEgcmVhbCBrZXksIGJ1dCAzMiBieXRlcyBsb24=';

const WHOLE = { active: 'one', sealing: { one: KEY, two: KEY }, digest: KEY };

function errorOf(text: string): KeyRingError {
  try {
    parseKeyRing(text, 'VMFA_KEY_RING');
  } catch (error) {
    if (error instanceof KeyRingError) return error;
    throw error;
  }
  throw new Error('the text was taken for a key ring');
}

describe('The text of a key ring', () => {
  it('is read as it is written', () => {
    for (const ring of [ROTATED, generateKeyRing(now())])
      expect(parseKeyRing(serialiseKeyRing(ring), 'a test')).toEqual(ring);
  });

  it('has the active key, the sealing keys and the digest key', () => {
    const bytes = new Uint8Array(Buffer.from(KEY, 'base64'));
    expect(parseKeyRing(JSON.stringify(WHOLE), 'a test')).toEqual({
      activeKeyId: 'one',
      sealingKeys: new Map([
        ['one', bytes],
        ['two', bytes],
      ]),
      digestKey: bytes,
    });
  });

  const FORM = 'it does not have the form of a key ring: write it as { "active"';
  const ID = 'one of its sealing keys has an id of the wrong form: use 1 to 32 letters';
  const DIGEST = 'its digest key is not a key: give 32 bytes in base64';
  const SEALING = 'its sealing key one is not a key: give 32 bytes in base64';

  it.each<readonly [string, string, unknown]>([
    ['no JSON', 'it is not JSON: write it as { "active"', undefined],
    ['no object', FORM, KEY],
    ['null', FORM, null],
    ['a list', FORM, [WHOLE]],
    ['nothing in it', FORM, {}],
    ['no active key', FORM, { ...WHOLE, active: undefined }],
    ['an active key that is none', FORM, { ...WHOLE, active: 1 }],
    [
      'an active key that is not there',
      'its active key is not among its sealing keys: name one of these',
      { ...WHOLE, active: KEY },
    ],
    ['no sealing keys', 'its active key is not among its sealing keys: name one of these', { ...WHOLE, sealing: {} }],
    ['a list of sealing keys', FORM, { ...WHOLE, sealing: [KEY] }],
    ['a key more than it has room for', FORM, { ...WHOLE, [KEY]: KEY }],
    ['key and id changed round', ID, { ...WHOLE, sealing: { [KEY]: 'one' } }],
    ['an empty id', ID, { ...WHOLE, sealing: { '': KEY } }],
    ['a long id', ID, { ...WHOLE, sealing: { ['x'.repeat(33)]: KEY } }],
    ['an id that a terminal would obey', ID, { ...WHOLE, sealing: { '\u001b[2J': KEY } }],
    ['a short key', SEALING, { ...WHOLE, sealing: { one: KEY.slice(4) } }],
    ['a long key', SEALING, { ...WHOLE, sealing: { one: `AAAA${KEY}` } }],
    ['a key in hex', SEALING, { ...WHOLE, sealing: { one: Buffer.from(KEY, 'base64').toString('hex') } }],
    ['a key with a space', SEALING, { ...WHOLE, sealing: { one: `${KEY} ` } }],
    ['a key that is a number', SEALING, { ...WHOLE, sealing: { one: 7 } }],
    ['no digest key', DIGEST, { ...WHOLE, digest: undefined }],
    ['a short digest key', DIGEST, { ...WHOLE, digest: KEY.slice(4) }],
  ])('is refused with %s, in a sentence that shows no key', (_, said, value) => {
    const text = value === undefined ? `{ "active": "${KEY}", ` : JSON.stringify(value);
    const error = errorOf(text);
    expect(error.code).toBe('INVALID_KEY_RING');
    expect(error.message).toContain(`the key ring VMFA_KEY_RING cannot be used, ${said}`);
    const shown = `${error.message} ${String(error.cause)}`;
    for (const key of [KEY, KEY.slice(4), Buffer.from(KEY, 'base64').toString('hex')]) expect(shown).not.toContain(key);
  });
});

describe('A generated key ring', () => {
  it('has one sealing key that is active, named by the day, and a digest key', () => {
    const { activeKeyId, sealingKeys, digestKey } = generateKeyRing(now());
    expect(activeKeyId).toMatch(/^2026-03-04-[0-9a-f]{8}$/);
    expect([...sealingKeys.keys()]).toEqual([activeKeyId]);
    expect(sealingKeys.get(activeKeyId)).toHaveLength(32);
    expect(digestKey).toHaveLength(32);
    expect(digestKey).not.toEqual(sealingKeys.get(activeKeyId));
  });

  it('is another one each time', () => {
    const rings = Array.from({ length: 20 }, () => serialiseKeyRing(generateKeyRing(now())));
    expect(new Set(rings).size).toBe(20);
  });
});

describe('The file of a key ring', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-'));
    path = join(folder, 'new', 'key-ring.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made where there is none, for its owner alone, and read the next time', async () => {
    const made = await loadOrCreateKeyRingFile(path, now);
    expect(made.created).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'new'))).toEqual(['key-ring.json']);
    expect(await loadOrCreateKeyRingFile(path, now)).toEqual({ keyRing: made.keyRing, created: false });
    expect(readFileSync(path, 'utf8')).toBe(serialiseKeyRing(made.keyRing));
  });

  it('is one and the same for all who make it at once', async () => {
    const loaded = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKeyRingFile(path, now)));
    expect(loaded.filter(({ created }) => created)).toHaveLength(1);
    for (const { keyRing } of loaded) expect(keyRing).toEqual(loaded[0]?.keyRing);
    expect(readdirSync(join(folder, 'new'))).toEqual(['key-ring.json']);
  });

  it('is refused where it is not a key ring, and left as it is', async () => {
    const file = join(folder, 'key-ring.json');
    for (const text of ['', 'not JSON', '{}']) {
      writeFileSync(file, text);
      await expect(loadOrCreateKeyRingFile(file, now)).rejects.toThrow(`the key ring ${file} cannot be used`);
      expect(readFileSync(file, 'utf8')).toBe(text);
    }
  });

  it('is refused where it cannot be read or made', async () => {
    await expect(loadOrCreateKeyRingFile(folder, now)).rejects.toThrow('it cannot be read or made (EISDIR)');
    writeFileSync(join(folder, 'taken'), '');
    const attempt = loadOrCreateKeyRingFile(join(folder, 'taken', 'key-ring.json'), now);
    await expect(attempt).rejects.toMatchObject({
      code: 'INVALID_KEY_RING',
      message: expect.stringContaining('(ENOTDIR)'),
    });
  });
});

describe('The file of a key ring that has to be there', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-'));
    path = join(folder, 'key-ring.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read', async () => {
    writeFileSync(path, serialiseKeyRing(ROTATED));
    expect(await loadKeyRingFile(path)).toEqual(ROTATED);
  });

  it('is not made where there is none', async () => {
    await expect(loadKeyRingFile(path)).rejects.toMatchObject({
      code: 'INVALID_KEY_RING',
      message: `the key ring ${path} cannot be used, there is no such file: name the file that it is in (KEY_RING_FILE, or the DATA_DIR of the service), or, for new data only, make a new one, as docs/operating.md tells`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused where it cannot be read', async () => {
    writeFileSync(path, '');
    for (const [unreadable, code] of [
      [folder, 'EISDIR'],
      [join(path, 'below'), 'ENOTDIR'],
    ] as const) {
      await expect(loadKeyRingFile(unreadable)).rejects.toMatchObject({
        code: 'INVALID_KEY_RING',
        message: `the key ring ${unreadable} cannot be used, it cannot be read (${code}): name a file that the user that runs the service may read`,
      });
    }
  });

  it('is refused where it is not a key ring, and left as it is', async () => {
    writeFileSync(path, 'not JSON');
    await expect(loadKeyRingFile(path)).rejects.toThrow(`the key ring ${path} cannot be used, it is not JSON`);
    expect(readFileSync(path, 'utf8')).toBe('not JSON');
  });
});
