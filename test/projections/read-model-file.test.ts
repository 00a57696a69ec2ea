import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { openConnection } from '../../src/sqlite/connection.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openOrigin, openOwnReadModelFile, openReadModelFile } from '../../src/projections/read-model-file.js';
import type { DatabaseFile } from '../../src/sqlite/database-file.js';
import { contentOf, freshFolder, overwritePage, raw, refusalOf, type Folder } from '../sqlite/given.js';
import { event, times } from '../support/builders.js';
import { inLog, openFold } from './given.js';
import { counted, once, tally } from './tally.js';

const REBUILT = 'stop the service, delete it and start again; it is rebuilt from the log';

let folder: Folder;
let path: string;

beforeEach(() => {
  folder = freshFolder();
  path = folder.at('read-models.db');
});

afterEach(() => {
  folder.dispose();
});

const open = (): DatabaseFile => folder.keep(openReadModelFile(path));
const events = inLog(...times(300, () => event('MfaUnlocked')));
const pragma = (file: DatabaseFile, name: string): unknown => file.connection.pragma(name);

/** Makes read models that have taken in some events; answers the file, open. */
function makeReadModels(): DatabaseFile {
  const file = open();
  openFold(file.connection, tally()).apply(events, 300n);
  return file;
}

describe('The file of the read models', () => {
  it('is in WAL mode, outlives the process, and bears marks of its own', () => {
    const file = open();
    expect(pragma(file, 'journal_mode')).toBe('wal');
    expect(pragma(file, 'synchronous')).toBe(1);
    expect(pragma(file, 'application_id')).toBe(0x564d5256);
    expect(pragma(file, 'user_version')).toBe(2);
  });

  it('is for its owner alone, as are the files beside it', () => {
    makeReadModels();
    for (const suffix of ['', '-wal']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
  });

  it('is for one process at a time', () => {
    makeReadModels();
    const other = openConnection(path, { timeoutMilliseconds: 0 });
    expect(() => other.prepare('SELECT * FROM checkpoints').all()).toThrow('database is locked');
    other.close();
  });

  it('keeps what is in it', () => {
    makeReadModels().close();
    expect(counted(open().connection)).toEqual(once(...events.map(({ position }) => position)));
  });

  it('begins anew where it was deleted, even if what stood beside it was left', () => {
    makeReadModels();
    const left = ['-wal'].map((suffix) => ({ suffix, content: readFileSync(path + suffix) }));
    folder.dispose();
    folder = freshFolder();
    path = folder.at('read-models.db');
    for (const { suffix, content } of left) writeFileSync(path + suffix, content);
    const { connection } = open();
    const fold = openFold(connection, tally());
    expect(fold.position()).toBe(0n);
    fold.apply(events, 300n);
    expect(counted(connection)).toHaveLength(300);
  });
});

describe('The file of the read models that a process takes', () => {
  const own = (): DatabaseFile => folder.keep(openOwnReadModelFile(folder.path));
  const nameOf = ({ connection }: DatabaseFile): string => connection.path.slice(folder.path.length + 1);

  it('is the first that nobody has, and one that was left is taken over with what is in it', () => {
    makeReadModels().close();
    const [first, second, third] = [own(), own(), own()];
    expect([first, second, third].map(nameOf)).toEqual(['read-models.db', 'read-models-2.db', 'read-models-3.db']);
    openFold(second.connection, tally()).apply(events, 300n);
    second.close();
    const again = own();
    expect(nameOf(again)).toBe('read-models-2.db');
    expect(openFold(again.connection, tally()).position()).toBe(300n);
    expect(openFold(first.connection, tally()).position()).toBe(300n);
  });

  it('is locked from the moment on that it is taken, whether or not anything is written', () => {
    makeReadModels().close();
    own();
    const other = openConnection(path, { timeoutMilliseconds: 0 });
    expect(() => other.prepare('SELECT * FROM checkpoints').all()).toThrow('database is locked');
    other.close();
  });

  it('is refused where all of them are taken', () => {
    for (let process = 1; process <= 64; process += 1) own();
    expect(refusalOf(own)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/read-models-64\.db cannot be opened: another process holds the file locked$/),
    });
  });

  it('is refused where it is no such file, instead of being passed over', () => {
    own();
    writeFileSync(folder.at('read-models-2.db'), 'nonsense');
    expect(refusalOf(own).message).toMatch(/read-models-2\.db is not an SQLite database/);
  });
});

it('The file of the read models notes once which log it was built from', () => {
  const file = makeReadModels();
  const origin = openOrigin(file.connection);
  expect(origin.read()).toBeNull();
  origin.note('first');
  origin.note('second');
  file.close();
  expect(openOrigin(open().connection).read()).toBe('first');
});

it('Read models of an older schema are built anew', () => {
  makeReadModels().close();
  raw(path, 'DROP TABLE built_from; PRAGMA user_version = 1');
  const file = open();
  expect(pragma(file, 'user_version')).toBe(2);
  expect(openOrigin(file.connection).read()).toBeNull();
  expect(openFold(file.connection, tally()).position()).toBe(0n);
});

describe('A file in the place of the read models', () => {
  const strangers: readonly (readonly [string, (path: string) => Promise<void> | void])[] = [
    ['text', (at) => writeFileSync(at, 'Dear diary,\n'.repeat(1_000))],
    ['a database of another application', (at) => raw(at, 'CREATE TABLE notes (text)')],
    ['the event log', (at) => openLogDatabase({ path: at }).close()],
  ];

  it.each(strangers)('is refused and left as it is where it is %s', async (_, make) => {
    await make(path);
    const before = contentOf(folder.path);
    const { code, message } = refusalOf(open);
    expect(code).toBe('UNREADABLE_FILE');
    expect(message).toMatch(/^the read-model file .*read-models\.db (is not|belongs to an)/);
    expect(contentOf(folder.path)).toEqual(before);
  });

  it('is not taken for the event log', () => {
    makeReadModels().close();
    const before = contentOf(folder.path);
    expect(() => openLogDatabase({ path })).toThrow(
      `the event log ${path} belongs to another application: name another file, or move this one away`,
    );
    expect(contentOf(folder.path)).toEqual(before);
  });
});

describe('Read models that this release cannot read', () => {
  beforeEach(() => {
    makeReadModels().close();
  });

  function expectRefused(said: string): void {
    const before = contentOf(folder.path);
    expect(refusalOf(open)).toMatchObject({
      code: 'UNREADABLE_FILE',
      message: `the read-model file ${path} ${said}`,
    });
    expect(contentOf(folder.path)).toMatchObject(before);
  }

  it('are refused where a newer release wrote them', () => {
    raw(path, 'PRAGMA user_version = 3');
    expectRefused(
      'was written by a newer release (schema 3, not 2): start that release, or delete it and start again; it is rebuilt from the log',
    );
  });

  it('are refused where their checkpoints are missing', () => {
    raw(path, 'DROP TABLE checkpoints');
    expectRefused(`is damaged (it lacks checkpoints): ${REBUILT}`);
  });

  it('are refused where they are cut short', () => {
    truncateSync(path, 8_192);
    expectRefused(`is damaged: ${REBUILT}`);
  });

  it('are refused where a page is overwritten', () => {
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4 * 4_096, 5 * 4_096);
    writeFileSync(path, bytes);
    const { message } = refusalOf(open);
    expect(message).toContain('is damaged');
    expect(message).toContain(REBUILT);
  });

  it('are built anew when the file is deleted, as the sentence says', () => {
    writeFileSync(path, 'nonsense');
    expect(refusalOf(open).code).toBe('UNREADABLE_FILE');
    rmSync(path);
    expect(openFold(open().connection, tally()).position()).toBe(0n);
  });

  it('halt with that sentence where the damage shows later', () => {
    const file = open();
    const fold = openFold(file.connection, tally());
    const { connection } = file;
    const page = connection
      .prepareValues<[], number>("SELECT rootpage FROM sqlite_schema WHERE name LIKE 'tally%'")
      .get();
    // Nothing of that page is left in the -wal file, nor in memory.
    connection.pragma('wal_checkpoint(TRUNCATE)');
    connection.pragma('shrink_memory');
    overwritePage(path, page ?? 0);
    const more = inLog(...times(301, () => event('MfaUnlocked')));
    expect(fold.apply(more, 301n)).toMatchObject({
      code: 'UNREADABLE_FILE',
      message: `the read-model file ${path} is damaged: ${REBUILT}`,
    });
  });

  it('are refused where the file may not be used', () => {
    if (process.geteuid?.() !== 0) return;
    chmodSync(path, 0o400);
    chmodSync(folder.path, 0o555);
    process.seteuid?.(65_534);
    try {
      expect(refusalOf(open).message).toContain('let the user that runs the service read and write it and its folder');
    } finally {
      process.seteuid?.(0);
    }
  });
});
