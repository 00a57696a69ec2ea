import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { ANEW, type CheckpointFile } from '../../../src/audit/checkpoints/ledger.js';
import { loadAuditKeys } from '../../../src/composition/audit-keys.js';
import { openCheckpointFile } from '../../../src/composition/checkpoint-file.js';
import { readConfig } from '../../../src/config.js';
import { temporaryFolder } from '../../support/process.js';

let folder: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'checkpoints.txt');
});

afterEach(() => folder.remove());

async function read(file: CheckpointFile): Promise<readonly (string | typeof ANEW)[]> {
  const parts: (string | typeof ANEW)[] = [];
  for await (const part of file.read()) parts.push(part);
  return parts;
}

describe('The file of checkpoints on disk', () => {
  it('is empty before there is one, made for its owner alone, and read as it grows', async () => {
    const file = openCheckpointFile(path);
    expect(await read(file)).toEqual([]);
    await file.append(['one', 'two']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await read(file)).toEqual(['onetwo']);
    expect(await read(file)).toEqual([]);
    appendFileSync(path, 'of another process');
    expect(await read(file)).toEqual(['of another process']);
  });

  it('is only ever added to, by whoever has it open', async () => {
    const [one, other] = [openCheckpointFile(path), openCheckpointFile(path)];
    await one.append(['a']);
    await other.append(['b']);
    await one.append(['c']);
    expect([readFileSync(path, 'utf8'), await read(other)]).toEqual(['abc', ['abc']]);
  });

  it('is read in parts, and characters that are cut by them stay whole', async () => {
    const text = `${'x'.repeat(64 * 1024 - 1)}\u2014 more`;
    writeFileSync(path, text);
    const parts = await read(openCheckpointFile(path));
    expect([parts.length, parts.join('')]).toEqual([2, text]);
  });

  it.each([
    [
      'another took its place',
      () => {
        renameSync(path, `${path}.1`);
        writeFileSync(path, 'a longer text than before');
      },
    ],
    ['it was cut short', () => truncateSync(path, 2)],
  ])('is read from its beginning where %s', async (_, exchange) => {
    writeFileSync(path, 'something');
    const file = openCheckpointFile(path);
    await read(file);
    exchange();
    expect(await read(file)).toEqual([ANEW, readFileSync(path, 'utf8')]);
  });

  it('says what the system says where it cannot be written', async () => {
    const file = openCheckpointFile(join(folder.path, 'no such folder', 'file'));
    await expect(file.append(['x'])).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await read(file)).toEqual([]);
  });
});

describe('Audit keys on disk', () => {
  const logger = pino({ level: 'silent' });
  const configOf = (environment: Readonly<Record<string, string>> = {}) =>
    readConfig({ DATA_DIR: folder.path, PUBLIC_URL: 'https://mfa.example', ...environment });
  const file = () => join(folder.path, 'audit-keys.txt');

  it('are made in development, for their owner alone, and are the same from then on', async () => {
    const first = await loadAuditKeys(configOf(), logger);
    expect([first.signer.name, first.verifiers.length]).toEqual(['mfa.example/audit', 1]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect((await loadAuditKeys(configOf(), logger)).signer.id).toBe(first.signer.id);
  });

  it('are the same for processes that make them at once', async () => {
    const loaded = await Promise.all(Array.from({ length: 8 }, () => loadAuditKeys(configOf(), logger)));
    expect(new Set(loaded.map(({ signer }) => signer.verifier.text)).size).toBe(1);
  });

  it('are read from the file that a setting names, or from the setting itself', async () => {
    const made = await loadAuditKeys(configOf(), logger);
    const named = await loadAuditKeys(configOf({ AUDIT_KEYS_FILE: file() }), logger);
    const given = await loadAuditKeys(configOf({ AUDIT_KEYS: readFileSync(file(), 'utf8') }), logger);
    expect([named.signer.id, given.signer.id]).toEqual([made.signer.id, made.signer.id]);
  });

  it('are refused where there is no such file, and none is made', async () => {
    const missing = join(folder.path, 'missing.txt');
    await expect(loadAuditKeys(configOf({ AUDIT_KEYS_FILE: missing }), logger)).rejects.toMatchObject({
      code: 'INVALID_AUDIT_KEYS',
      message: expect.stringContaining(`${missing} cannot be used, there is no such file: make it with`),
    });
    expect(() => statSync(missing)).toThrow('ENOENT');
  });
});
