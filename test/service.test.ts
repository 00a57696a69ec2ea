import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readConfig } from '../src/config.js';
import { start, type Overrides, type Service } from '../src/service.js';
import { fileIdOf, isHeld } from '../src/sqlite/held-files.js';
import { programOf } from './support/programs.js';
import { troubledStore } from './support/troubled-store.js';
import { dataOf, freshFolder, raw, type Folder } from './sqlite/given.js';

let folder: Folder;
let log: string;
let readModels: string;

beforeEach(() => {
  folder = freshFolder();
  [log, readModels] = [folder.at('log.db'), folder.at('read-models.db')];
});

afterEach(() => {
  folder.dispose();
});

const environment = (): Record<string, string> => ({
  ...{ NODE_ENV: 'test', PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'silent' },
});

function begin(more: Readonly<Record<string, string>> = {}, overrides: Overrides = {}): Promise<Service> {
  return start(readConfig({ ...environment(), ...more }), overrides);
}

/** Has a service write its first events. */
async function register({ url }: Service, alias = 'acme'): Promise<void> {
  const query = `mutation { registerAccount(input: { alias: "${alias}", email: "ada@${alias}.example", password: "correct horse battery" }) { account { id } } }`;
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  expect([response.status, await response.json()]).toMatchObject([200, { data: { registerAccount: {} } }]);
}

/** Starts the service on the folder, and stops it when its read models have caught up. */
async function run(): Promise<void> {
  const service = await begin();
  await service.ready();
  await service.stop();
}

/** The log is closed: nobody holds it, and SQLite has taken away what it puts beside an open file. */
function expectLogClosed(): void {
  expect(isHeld(fileIdOf(log))).toBe(false);
  expect(existsSync(`${log}-wal`)).toBe(false);
}

/** What the command line does, in a process of its own. */
function serve(): { readonly status: number | null; readonly errors: string } {
  const { status, stderr } = spawnSync(process.execPath, [...programOf('main'), 'serve'], {
    env: { PATH: process.env.PATH, ...environment() },
    encoding: 'utf8',
  });
  return { status, errors: stderr };
}

const REBUILT = 'stop the service, delete it and start again; it is rebuilt from the log';

describe('The service', () => {
  it.each<readonly [string, (path: string) => void, string]>([
    [
      'is of another application',
      (path) => raw(path, 'CREATE TABLE notes (text)'),
      'belongs to another application: name another file, or move this one away',
    ],
    [
      'was written by a newer release',
      (path) => raw(path, 'PRAGMA user_version = 9'),
      'was written by a newer release (schema 9, not 2): start that release, or delete it and start again; it is rebuilt from the log',
    ],
    ['lacks a table', (path) => raw(path, 'DROP TABLE users_5'), `is damaged (it lacks users_5): ${REBUILT}`],
  ])('is not started where the file of its read models %s, and lets the log go', async (what, spoil, said) => {
    await run();
    if (what.includes('another')) rmSync(readModels);
    spoil(readModels);
    const before = dataOf(folder.path);
    await expect(begin()).rejects.toMatchObject({
      code: 'UNREADABLE_FILE',
      message: `the read-model file ${readModels} ${said}`,
    });
    // Looking into a file in WAL mode may leave an index beside it.
    expect(dataOf(folder.path)).toMatchObject(before);
    expectLogClosed();
    expect(isHeld(fileIdOf(readModels))).toBe(false);
    rmSync(readModels);
    await run();
  });

  it('ends with 1 and that sentence alone', () => {
    writeFileSync(readModels, 'nonsense');
    expect(serve()).toEqual({
      status: 1,
      errors: `the read-model file ${readModels} is not an SQLite database: name another file, or move this one away\n`,
    });
  });

  it('is not started without the key ring that it was told to use, and lets the log go', async () => {
    const path = folder.at('key-ring.json');
    await expect(begin({ KEY_RING_FILE: path })).rejects.toMatchObject({
      code: 'INVALID_KEY_RING',
      message: expect.stringContaining(`the key ring ${path} cannot be used, there is no such file: `),
    });
    expect(existsSync(path)).toBe(false);
    expectLogClosed();
  });
});

it('refuses read models that know more than the log, which is another one by now', async () => {
  const service = await begin();
  await service.ready();
  await register(service);
  await service.stop();
  for (const suffix of ['', '-wal', '-shm']) rmSync(log + suffix, { force: true });
  await expect(begin()).rejects.toThrow(/read-models\.db is ahead of the event log.*delete it and start again/);
  expectLogClosed();
  rmSync(readModels);
  await run();
});

describe('read models that another log was built into', () => {
  /** Has the log of this folder be a longer one than the one that its read models were built from. */
  async function exchangeLog(): Promise<void> {
    const first = await begin();
    await register(first);
    await first.ready();
    await first.stop();
    renameSync(readModels, folder.at('kept.db'));
    rmSync(log);
    const second = await begin();
    for (const alias of ['umbrella', 'initech', 'hooli']) await register(second, alias);
    await second.stop();
    rmSync(readModels);
    renameSync(folder.at('kept.db'), readModels);
  }

  it('are refused, though they are not ahead', async () => {
    await exchangeLog();
    await expect(begin()).rejects.toMatchObject({
      code: 'UNREADABLE_FILE',
      message: `the read-model file ${readModels} was built from another event log: delete it and start again; it is rebuilt from the log`,
    });
    expectLogClosed();
    rmSync(readModels);
    await run();
  });

  it('are told of later where the log was away at the start', async () => {
    await exchangeLog();
    const troubled = troubledStore('FAILS');
    const service = await begin({}, { wrapStore: troubled.wrap });
    troubled.mend();
    expect(await service.failed).toMatchObject({
      code: 'UNREADABLE_FILE',
      message: expect.stringContaining('was built from another event log'),
    });
    await service.stop();
    expectLogClosed();
  });
});
