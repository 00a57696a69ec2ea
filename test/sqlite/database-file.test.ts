import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { openConnection } from '../../src/sqlite/connection.js';
import { BUSY_MILLISECONDS, openDatabaseFile, type DatabaseFile } from '../../src/sqlite/database-file.js';
import type { FileKind } from '../../src/sqlite/file-kind.js';
import { fileIdOf, isHeld } from '../../src/sqlite/held-files.js';
import { contentOf, freshFolder, raw, refusalOf, type Folder, overwritePage } from './given.js';

const NOTES: FileKind = {
  noun: 'the notebook',
  applicationId: 0x4e4f5445,
  schemaVersion: 3,
  schema: 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL); CREATE TABLE marks (id INTEGER);',
  names: ['notes', 'marks'],
  samples: ['SELECT * FROM notes WHERE id = (SELECT max(id) FROM notes)'],
  synchronous: 'FULL',
  exclusive: false,
  remedies: { damaged: 'take another', newer: 'wait' },
};

let folder: Folder;
let path: string;

beforeEach(() => {
  folder = freshFolder();
  path = folder.at('notes.db');
});

afterEach(() => {
  folder.dispose();
});

const open = (of: Partial<FileKind> = {}, at = path): DatabaseFile =>
  folder.keep(openDatabaseFile({ ...NOTES, ...of }, { path: at, patienceMilliseconds: 50 }));

const pragma = (file: DatabaseFile, name: string): unknown => file.connection.pragma(name);

const modeOf = (file: string): number => statSync(file).mode & 0o777;

/** Makes a notebook with so many notes of a page each, and closes it. */
function makeNotes(count = 10): void {
  const file = open();
  const insert = file.connection.prepare('INSERT INTO notes (text) VALUES (?)');
  file.connection.transaction('immediate', () => {
    for (let n = 0; n < count; n += 1) insert.run(`${n}`.padEnd(3_900, '.'));
  });
  file.close();
}

const overwrite = (page: number): void => overwritePage(path, page);

/** Refused with a sentence, and left as it was. */
function expectRefused(sentence: string): void {
  const before = contentOf(folder.path)['notes.db'];
  expect(refusalOf(open)).toMatchObject({ code: 'UNREADABLE_FILE', message: sentence });
  expect(contentOf(folder.path)['notes.db']).toBe(before);
}

describe('A new file', () => {
  it('is made with its folders, for its owner alone, as are the files beside it', () => {
    const deep = folder.at('deep/deeper/notes.db');
    open({}, deep).connection.exec("INSERT INTO notes (text) VALUES ('')");
    for (const name of ['deep', 'deep/deeper']) expect(modeOf(folder.at(name))).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect(modeOf(deep + suffix)).toBe(0o600);
  });

  it.each([
    ['FULL', 2],
    ['NORMAL', 1],
  ] as const)(
    'is in WAL mode, as durable as its kind says (%s), and bears the marks of its kind',
    (synchronous, level) => {
      for (const file of [open({ synchronous }), open({ synchronous })]) {
        expect(pragma(file, 'journal_mode')).toBe('wal');
        expect(pragma(file, 'synchronous')).toBe(level);
        expect(pragma(file, 'application_id')).toBe(NOTES.applicationId);
        expect(pragma(file, 'user_version')).toBe(3);
        expect(pragma(file, 'busy_timeout')).toBe(BUSY_MILLISECONDS);
      }
      expect(readFileSync(path).readUInt32BE(68)).toBe(NOTES.applicationId);
    },
  );

  it('may be a file that is there and empty, or an SQLite database without tables', () => {
    writeFileSync(path, '');
    expect(pragma(open(), 'application_id')).toBe(NOTES.applicationId);
    const bare = folder.at('bare.db');
    raw(bare, 'CREATE TABLE gone (x); DROP TABLE gone');
    expect(pragma(open({}, bare), 'application_id')).toBe(NOTES.applicationId);
  });

  it('may be in memory', () => {
    const file = open({}, ':memory:');
    expect(pragma(file, 'journal_mode')).toBe('memory');
    expect(existsSync(':memory:')).toBe(false);
    file.close();
    file.close();
  });
});

describe('A file of another kind', () => {
  const strangers: readonly (readonly [string, (path: string) => void])[] = [
    ['text', (at) => writeFileSync(at, 'Dear diary,\n'.repeat(1_000))],
    ['zeros', (at) => writeFileSync(at, Buffer.alloc(8_192))],
    ['the beginning of an SQLite file', (at) => writeFileSync(at, 'SQLite format 3\0')],
    ['a database of an application without a name', (at) => raw(at, 'CREATE TABLE notes (text)')],
    ['an empty database of another application', (at) => raw(at, 'PRAGMA application_id = 7')],
    ['a WAL database', (at) => raw(at, 'PRAGMA journal_mode = WAL; CREATE TABLE notes (text)')],
  ];

  it.each(strangers)('%s: is refused and left as it is, with everything beside it', (_, make) => {
    make(path);
    const before = contentOf(folder.path);
    const { code, message } = refusalOf(open);
    expect(code).toBe('UNREADABLE_FILE');
    expect(message).toMatch(
      /^the notebook .*notes\.db (is not an SQLite database|belongs to another application): name another file, or move this one away$/,
    );
    expect(contentOf(folder.path)).toEqual(before);
  });

  it('of this service: is refused as well', () => {
    open({ applicationId: 0x12345678 }).close();
    expectRefused(`the notebook ${path} belongs to another application: name another file, or move this one away`);
  });

  it('a folder: is refused', () => {
    mkdirSync(path);
    expect(refusalOf(open).message).toBe(`the notebook ${path} is not a file: name a file`);
  });
});

describe('A file that this release cannot read', () => {
  beforeEach(() => makeNotes());

  it('is refused where a newer release wrote it, and nothing appears beside it', () => {
    raw(path, 'PRAGMA user_version = 4');
    expectRefused(`the notebook ${path} was written by a newer release (schema 4, not 3): wait`);
    expect(readdirSync(folder.path)).toEqual(['notes.db']);
  });

  it('is refused where it has no version', () => {
    raw(path, 'PRAGMA user_version = 0');
    expectRefused(`the notebook ${path} is damaged (it has no schema version): take another`);
  });

  it('is refused where something is missing', () => {
    raw(path, 'DROP TABLE marks');
    expectRefused(`the notebook ${path} is damaged (it lacks marks): take another`);
  });

  it('is refused where it is cut short', () => {
    truncateSync(path, 12_288);
    expectRefused(`the notebook ${path} is damaged: take another`);
  });

  it.each([2, 3, 5, 9])('is refused where page %d is overwritten', (page) => {
    overwrite(page);
    expect(refusalOf(open).message).toMatch(
      /^the notebook .* is damaged( \(its pages do not fit together\))?: take another$/,
    );
  });
});

describe('A file that is too large to be checked page by page', () => {
  beforeEach(() => makeNotes(4_500));

  it('is opened although a page in its middle is damaged, which is found when it is read', () => {
    expect(statSync(path).size).toBeGreaterThan(16 * 1_024 * 1_024);
    overwrite(2_001);
    const file = open();
    expect(() => file.connection.prepare('SELECT max(text) FROM notes').get()).toThrow('malformed');
  });

  it('is refused where what is sampled cannot be read', () => {
    overwrite(2);
    expectRefused(`the notebook ${path} is damaged: take another`);
  });
});

describe('An open file', () => {
  it('is held by this process until whoever opened it last has closed it, whatever its path', () => {
    const [one, two] = [open(), open()];
    const file = fileIdOf(path);
    linkSync(path, folder.at('link.db'));
    expect(fileIdOf(folder.at('link.db'))).toBe(file);
    one.close();
    one.close();
    expect(isHeld(file)).toBe(true);
    two.close();
    expect(isHeld(file)).toBe(false);
  });

  it('keeps the locks that this process holds on it when it is opened once more', () => {
    // Where the kernel does not tell, there is nothing to see.
    const locks = (): readonly string[] =>
      existsSync('/proc/locks')
        ? readFileSync('/proc/locks', 'utf8')
            .split('\n')
            .filter((line) => line.includes(`:${statSync(path).ino} `))
            .map((line) => line.replace(/^\d+: /, ''))
        : [];
    const one = open();
    one.connection.exec("INSERT INTO notes (text) VALUES ('one')");
    const before = locks();
    open();
    expect(locks()).toEqual(before);
  });

  it('is not held where opening it failed', () => {
    writeFileSync(path, 'text');
    refusalOf(open);
    expect(isHeld(fileIdOf(path))).toBe(false);
  });

  it('is inspected again when it was closed in between', () => {
    open().close();
    raw(path, 'PRAGMA user_version = 4');
    expect(refusalOf(open).message).toContain('was written by a newer release');
  });
});

describe('A file that cannot be used just now', () => {
  it('is unavailable while another process holds it locked, and opened after that', () => {
    makeNotes();
    const other = openConnection(path);
    other.exec('BEGIN IMMEDIATE');
    expect(refusalOf(open)).toMatchObject({
      code: 'UNAVAILABLE',
      message: `the notebook ${path} cannot be opened: another process holds the file locked`,
    });
    other.close();
    expect(open().connection.prepareValues('SELECT count(*) FROM notes').get()).toBe(10);
  });
});
