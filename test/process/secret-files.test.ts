import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantKeyLine } from '../support/grant-keys.js';
import { startProcess, temporaryFolder } from '../support/process.js';
import { PRODUCTION } from '../support/service.js';

let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(() => folder.remove());

/** Starts the service, stops it, and answers with the warnings about files of keys. */
async function warningsOf(environment: Readonly<Record<string, string>> = {}) {
  const service = startProcess({ DATA_DIR: folder.path, ...environment });
  await service.url;
  service.child.kill('SIGTERM');
  await service.exit;
  const lines = service
    .err()
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => String(msg).includes('chmod'));
}

function file(name: string, content: string, mode: number): string {
  const path = join(folder.path, name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('a file of keys', () => {
  it.each([
    ['of the key ring', 'KEY_RING', PRODUCTION.KEY_RING],
    ['that signs checkpoints', 'AUDIT_KEYS', PRODUCTION.AUDIT_KEYS],
    ['that signs grants', 'GRANT_KEYS', grantKeyLine(1)],
  ])('%s causes a warning if others can read it, and none if its owner alone can', async (_, name, content) => {
    for (const [mode, octal] of [
      [0o644, '0644'],
      [0o640, '0640'],
      [0o602, '0602'],
    ] as const) {
      const path = file('keys-of-mine', content, mode);
      const expected = { level: 40, path, mode: octal, msg: expect.stringContaining(`chmod 600 ${path}`) };
      expect(await warningsOf({ [`${name}_FILE`]: path })).toMatchObject([expected]);
    }
    expect(await warningsOf({ [`${name}_FILE`]: file('keys-of-mine', content, 0o600) })).toStrictEqual([]);
  });

  it('that the service has made causes none, until its mode is changed', async () => {
    expect(await warningsOf()).toStrictEqual([]);
    const files = ['keys.json', 'audit-keys.txt', 'grant-keys.txt'].map((name) => join(folder.path, name));
    expect(files.map((path) => statSync(path).mode & 0o777)).toStrictEqual([0o600, 0o600, 0o600]);
    for (const path of files) chmodSync(path, 0o604);
    expect((await warningsOf()).map(({ path }) => path)).toStrictEqual(files);
  });
});
