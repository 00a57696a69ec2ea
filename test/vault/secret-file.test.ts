import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretFile, replaceSecretFile } from '../../src/vault/secret-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-secret-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Stands for a full disk: the draft is there by the time that this cannot be written. */
const UNWRITABLE = Symbol('unwritable') as unknown as string;

describe('A secret file', () => {
  it('that cannot be written leaves nothing behind', async () => {
    await expect(createSecretFile(join(folder, 'keys.json'), UNWRITABLE)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that cannot be replaced is as it was, and nothing is beside it', async () => {
    const path = join(folder, 'keys.json');
    await createSecretFile(path, 'the first');
    await expect(replaceSecretFile(path, UNWRITABLE)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['keys.json']);
    expect(readFileSync(path, 'utf8')).toBe('the first');
  });
});
