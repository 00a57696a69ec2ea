import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { warnOfOpenSecretFiles } from '../../src/composition/secret-files.js';
import { readConfig } from '../../src/config.js';
import { temporaryFolder } from '../support/process.js';

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
  // The key ring is missing, as where it is being replaced.
  for (const name of ['audit-keys.txt', 'grant-keys.txt']) {
    writeFileSync(join(folder.path, name), '');
    chmodSync(join(folder.path, name), 0o644);
  }
});

afterEach(() => folder.remove());

async function warningsOn(platform: NodeJS.Platform) {
  const warnings: unknown[][] = [];
  const logger = { warn: (...warning: unknown[]) => void warnings.push(warning) };
  await warnOfOpenSecretFiles(readConfig({ DATA_DIR: folder.path }), logger, platform);
  return warnings;
}

it('a file of keys that cannot be looked at causes a warning, and the others are looked at still', async () => {
  const ring = join(folder.path, 'keys.json');
  expect(await warningsOn('linux')).toEqual([
    [{ path: ring, code: 'ENOENT' }, expect.stringContaining(`Run: ls -l ${ring}`)],
    [{ path: join(folder.path, 'audit-keys.txt'), mode: '0644' }, expect.stringContaining('chmod 600')],
    [{ path: join(folder.path, 'grant-keys.txt'), mode: '0644' }, expect.stringContaining('chmod 600')],
  ]);
});

it('on Windows, where modes say nothing, no file of keys is looked at', async () => {
  expect(await warningsOn('win32')).toEqual([]);
});
