import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync, lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadKeyRingFile, replaceKeyRingFile, serialiseKeyRing } from '../../src/vault/key-ring-file.js';
import { keyRingOfFile } from '../../src/vault/key-ring-source.js';
import { FIRST, RENEWED, ROTATED } from '../conformance/vault/given.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-'));
  path = join(folder, 'keys.json');
  writeFileSync(path, serialiseKeyRing(FIRST), { mode: 0o600 });
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('The key ring of a file, as a vault takes it', () => {
  it('seals under the key that is active in the file at that moment', async () => {
    const source = keyRingOfFile(path, FIRST);
    expect(source.toSeal()).toEqual(FIRST);
    await replaceKeyRingFile(path, ROTATED);
    expect(source.toSeal()).toEqual(ROTATED);
    await replaceKeyRingFile(path, FIRST);
    expect(source.toSeal()).toEqual(FIRST);
  });

  it('opens under a key that came into the file later, and looks at no file for a key that it has', async () => {
    const source = keyRingOfFile(path, FIRST);
    await replaceKeyRingFile(path, ROTATED);
    expect(source.toOpen('key-1')).toBe(FIRST);
    expect(source.toOpen('the-second-key-2')).toEqual(ROTATED);
    rmSync(path);
    expect(source.toOpen('the-second-key-2')).toEqual(ROTATED);
  });

  it('has a destroyed key no longer once something was sealed', async () => {
    const source = keyRingOfFile(path, ROTATED);
    await replaceKeyRingFile(path, RENEWED);
    source.toSeal();
    expect(source.toOpen('key-1').sealingKeys.has('key-1')).toBe(false);
  });

  it('seals nothing while the file cannot be read, and goes on when it can', () => {
    const source = keyRingOfFile(path, FIRST);
    rmSync(path);
    expect(() => source.toSeal()).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining('(ENOENT)') }),
    );
    expect(() => source.toOpen('another')).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }));
    writeFileSync(path, 'half a ri');
    expect(() => source.toSeal()).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE', message: expect.stringContaining('it is not JSON') }),
    );
    writeFileSync(path, serialiseKeyRing(ROTATED));
    expect(source.toSeal()).toEqual(ROTATED);
  });

  it('takes up no ring with another digest key, each time that it is asked', () => {
    const source = keyRingOfFile(path, FIRST);
    writeFileSync(path, serialiseKeyRing({ ...ROTATED, digestKey: new Uint8Array(32) }));
    for (let time = 0; time < 2; time += 1)
      expect(() => source.toSeal()).toThrow('its digest key is another than at the start');
    expect(source.toOpen('key-1')).toBe(FIRST);
  });
});

describe('The file of a key ring that is replaced', () => {
  it('is never half written, and leaves nothing beside it', async () => {
    const found = await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        await replaceKeyRingFile(path, index % 2 === 0 ? ROTATED : FIRST);
        return loadKeyRingFile(path);
      }),
    );
    for (const ring of found) expect([FIRST, ROTATED]).toContainEqual(ring);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('stays readable to its group, and to nobody else', async () => {
    for (const [before, after] of [
      [0o600, 0o600],
      [0o640, 0o640],
      [0o664, 0o640],
    ] as const) {
      chmodSync(path, before);
      await replaceKeyRingFile(path, ROTATED);
      expect(statSync(path).mode & 0o777).toBe(after);
    }
  });

  it('is replaced where a link leads, which stays', async () => {
    const link = join(folder, 'link.json');
    symlinkSync(path, link);
    await replaceKeyRingFile(link, ROTATED);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await loadKeyRingFile(path)).toEqual(ROTATED);
  });

  it('has to be there', async () => {
    await expect(replaceKeyRingFile(join(folder, 'none'), ROTATED)).rejects.toMatchObject({
      code: 'INVALID_KEY_RING',
      message: expect.stringContaining('cannot be replaced (ENOENT)'),
    });
  });
});
