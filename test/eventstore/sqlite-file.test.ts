import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { EventStoreError } from '../../src/eventstore/event-store.js';
import type { LogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { event, events, freshStream } from '../conformance/event-store/given.js';
import type { Workplace } from '../conformance/sqlite-node.js';
import { workplace } from '../conformance/sqlite-node.js';

const OURS = 0x564d4641;
const now = (): string => '2026-01-01T00:00:00.000Z';

let place: Workplace;

beforeEach(() => {
  place = workplace();
});

afterEach(() => place.dispose());

function pragma(database: LogDatabase, name: string): unknown {
  return database.connection.pragma(name);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

/** Every file of the folder with the digest of its content. */
function contentOf(folder: string): Record<string, string> {
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, digest(name)]),
  );
}

function refusalOf(path: string): EventStoreError {
  try {
    openLogDatabase({ path, patienceMilliseconds: 50 });
  } catch (error) {
    if (error instanceof EventStoreError) return error;
    throw error;
  }
  throw new Error('the file was not refused');
}

/** Makes a log with some events at the workplace's file, and closes it. */
async function makeLog(): Promise<void> {
  const database = place.open();
  const store = openSqliteEventStore({ database, now });
  for (let stream = 0; stream < 20; stream += 1) await store.append(freshStream(), 0, events(10));
  await database.close();
}

/** Does something to a file as an SQLite database of anybody. */
function raw(path: string, sql: string): void {
  const connection = openConnection(path);
  connection.exec(sql);
  connection.close();
}

describe('A new log file', () => {
  it('is made with its folders, for its owner alone, as are the files beside it', async () => {
    const path = join(place.folder, 'deep', 'deeper', 'log.db');
    const database = openLogDatabase({ path });
    await openSqliteEventStore({ database, now }).append(freshStream(), 0, events(1));
    for (const folder of ['deep', 'deep/deeper']) expect(modeOf(join(place.folder, folder))).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
    await database.close();
  });

  it('is a durable WAL database that bears our marks, as often as it is opened', () => {
    for (const database of [place.open(), place.open()]) {
      expect(pragma(database, 'journal_mode')).toBe('wal');
      expect(pragma(database, 'synchronous')).toBe(2);
      expect(pragma(database, 'application_id')).toBe(OURS);
      expect(pragma(database, 'user_version')).toBe(1);
    }
  });

  it('bears our marks in itself, not only in the -wal file', () => {
    place.open();
    expect(readFileSync(place.file).readUInt32BE(68)).toBe(OURS);
  });

  it('may be a file that is there and empty', () => {
    writeFileSync(place.file, '');
    expect(pragma(place.open(), 'application_id')).toBe(OURS);
  });

  it('may be an SQLite database without tables', () => {
    raw(place.file, 'CREATE TABLE gone (x); DROP TABLE gone');
    expect(statSync(place.file).size).toBeGreaterThan(0);
    expect(pragma(place.open(), 'application_id')).toBe(OURS);
  });

  it('has strict tables, and positions that are never used again', () => {
    const { connection } = place.open();
    const table = connection.prepareValues("SELECT strict FROM pragma_table_list WHERE name = 'events'").get();
    expect(table).toBe(1);
    const sql = connection.prepareValues<[], string>("SELECT sql FROM sqlite_schema WHERE name = 'events'").get();
    expect(sql).toContain('AUTOINCREMENT');
  });

  it('may be in memory, durable as memory is', async () => {
    const database = openLogDatabase({ path: ':memory:' });
    expect(pragma(database, 'journal_mode')).toBe('memory');
    expect(pragma(database, 'synchronous')).toBe(2);
    await database.close();
    expect(existsSync(':memory:')).toBe(false);
  });

  it('is opened again and again with what was stored', async () => {
    const stream = freshStream();
    for (let version = 0; version < 3; version += 1) {
      const database = place.open();
      const store = openSqliteEventStore({ database, now });
      await store.append(stream, version, events(1));
      expect(await store.readStream(stream)).toHaveLength(version + 1);
      await database.close();
    }
  });
});

describe('The table of events', () => {
  const insert = (version: number, position = 'NULL', verb = 'INSERT'): string =>
    `${verb} INTO events VALUES (${position}, 'session-1', ${version}, 'id', 'Type', 1, '{}', '{}', NULL, '')`;

  it.each([
    ['changing an event', "UPDATE events SET data = '{}'", 'events are never changed'],
    ['deleting an event', 'DELETE FROM events', 'events are never deleted'],
    ['replacing an event by version', insert(1, 'NULL', 'INSERT OR REPLACE'), 'events are only appended'],
    ['replacing an event by position', insert(2, '1', 'INSERT OR REPLACE'), 'events are only appended'],
    ['a gap in a stream', insert(3), 'events are only appended'],
    ['a version that there is', insert(1), 'events are only appended'],
    ['a stream that does not begin with 1', insert(0).replace('session-1', 'session-2'), 'events are only appended'],
  ])('refuses %s, whoever asks', (_, sql, message) => {
    place.open().connection.exec(insert(1));
    const stranger = openConnection(place.file);
    const before = stranger.prepare('SELECT * FROM events').all();
    expect(() => stranger.exec(sql)).toThrow(message);
    expect(stranger.prepare('SELECT * FROM events').all()).toEqual(before);
    stranger.close();
  });

  it('takes the next event of a stream from anybody', () => {
    const { connection } = place.open();
    connection.exec(insert(1));
    connection.exec(insert(2));
    expect(connection.prepareValues('SELECT count(*) FROM events').get()).toBe(2);
  });
});

describe('A file that is not a log of ours', () => {
  const strangers: readonly (readonly [string, (path: string) => void])[] = [
    ['text', (path) => writeFileSync(path, 'Dear diary,\n'.repeat(1_000))],
    ['a short text', (path) => writeFileSync(path, 'x')],
    ['zeros', (path) => writeFileSync(path, Buffer.alloc(8_192))],
    ['the beginning of an SQLite file', (path) => writeFileSync(path, 'SQLite format 3\0')],
    ['an SQLite database of an application without a name', (path) => raw(path, 'CREATE TABLE notes (text)')],
    [
      'an SQLite database of another application',
      (path) => raw(path, 'PRAGMA application_id = 7; CREATE TABLE notes (text)'),
    ],
    ['an empty SQLite database of another application', (path) => raw(path, 'PRAGMA application_id = 7')],
    [
      'a WAL database of another application',
      (path) => raw(path, 'PRAGMA journal_mode = WAL; CREATE TABLE notes (text)'),
    ],
  ];

  it.each(strangers)('%s: is refused and left as it is', (_, make) => {
    make(place.file);
    const before = contentOf(place.folder);
    const { code, message } = refusalOf(place.file);
    expect(code).toBe('UNREADABLE_FILE');
    expect(message).toMatch(
      /^the event log .*log\.db (is not an SQLite database|belongs to another application): name another file, or move this one away$/,
    );
    expect(message).toContain(place.file);
    expect(contentOf(place.folder)).toEqual(before);
  });

  it('a database whose tables stand in the -wal file alone: is refused and left as it is', () => {
    const other = openConnection(place.file);
    other.pragma('journal_mode = WAL');
    other.exec('CREATE TABLE notes (text)');
    const copy = join(place.folder, 'copy');
    mkdirSync(copy);
    for (const suffix of ['', '-wal']) copyFileSync(place.file + suffix, join(copy, `log.db${suffix}`));
    other.close();
    const before = contentOf(copy);
    expect(refusalOf(join(copy, 'log.db')).code).toBe('UNREADABLE_FILE');
    expect(contentOf(copy)).toEqual(before);
  });

  it('a folder: is refused', () => {
    mkdirSync(place.file);
    expect(refusalOf(place.file)).toMatchObject({
      code: 'UNREADABLE_FILE',
      message: expect.stringContaining('is not a file'),
    });
  });

  it('a folder that cannot be made: is refused', () => {
    writeFileSync(join(place.folder, 'taken'), '');
    const { code, message } = refusalOf(join(place.folder, 'taken', 'log.db'));
    expect(code).toBe('UNREADABLE_FILE');
    expect(message).toContain('let the user that runs the service read and write it and its folder');
  });
});

describe('A log that this release cannot read', () => {
  beforeEach(() => makeLog());

  /** Refused, and the file itself is as it was. */
  function expectRefused(fault: string): void {
    const before = contentOf(place.folder)['log.db'];
    const { code, message } = refusalOf(place.file);
    expect({ code, message }).toEqual({ code: 'UNREADABLE_FILE', message: expect.stringContaining(fault) });
    expect(message).toContain(place.file);
    expect(contentOf(place.folder)['log.db']).toBe(before);
  }

  it('is refused where a newer release wrote it, and nothing appears beside it', () => {
    raw(place.file, 'PRAGMA user_version = 2');
    expectRefused('was written by a newer release (schema 2, not 1): start that release');
    expect(readdirSync(place.folder)).toEqual(['log.db']);
  });

  it('is refused where a newer release wrote it that was killed at once', () => {
    const newer = openConnection(place.file);
    newer.pragma('journal_mode = WAL');
    newer.pragma('user_version = 2');
    const copy = join(place.folder, 'copy');
    mkdirSync(copy);
    for (const suffix of ['', '-wal']) copyFileSync(place.file + suffix, join(copy, `log.db${suffix}`));
    newer.close();
    const before = contentOf(copy);
    expect(refusalOf(join(copy, 'log.db')).message).toContain('was written by a newer release');
    expect(contentOf(copy)).toMatchObject(before);
  });

  it('is refused where it is cut short', () => {
    truncateSync(place.file, 12_288);
    expectRefused('restore it from a backup');
  });

  it.each([2, 3, 5, 9])('is refused where page %d is overwritten', (page) => {
    const bytes = readFileSync(place.file);
    bytes.fill(0xa5, (page - 1) * 4_096, page * 4_096);
    writeFileSync(place.file, bytes);
    expectRefused('restore it from a backup');
  });

  it('is refused where its schema is overwritten', () => {
    const bytes = readFileSync(place.file);
    bytes.fill(0xa5, 100, 4_096);
    writeFileSync(place.file, bytes);
    expectRefused('restore it from a backup');
  });

  it('is refused where what protects its events is missing', () => {
    raw(place.file, 'DROP TRIGGER events_are_never_deleted');
    expectRefused('is damaged (it lacks events_are_never_deleted): restore it from a backup');
  });
});

describe('A log that cannot be used just now', () => {
  /** The tests may run as root, whom no permission stops. */
  function asNobody<T>(act: () => T): T {
    if (process.geteuid?.() !== 0) return act();
    process.seteuid?.(65_534);
    try {
      return act();
    } finally {
      process.seteuid?.(0);
    }
  }

  it.each([
    ['it may only be read', 0o777, 0o444],
    ['it may not even be read', 0o777, 0o000],
    ['nothing may be put beside it', 0o555, 0o666],
    ['neither it nor its folder may be written', 0o555, 0o444],
  ])('is refused where %s', async (_, folder, file) => {
    await makeLog();
    chmodSync(place.file, file);
    chmodSync(place.folder, folder);
    const { code, message } = asNobody(() => refusalOf(place.file));
    chmodSync(place.folder, 0o777);
    expect(code).toBe('UNREADABLE_FILE');
    expect(message).toContain(place.file);
    expect(message).toContain('let the user that runs the service read and write it and its folder');
  });

  it('is unavailable while another process holds it locked, and opened after that', async () => {
    await makeLog();
    const other = openConnection(place.file);
    other.exec('BEGIN IMMEDIATE');
    expect(refusalOf(place.file)).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('holds the file locked'),
    });
    other.exec('ROLLBACK');
    other.close();
    const store = openSqliteEventStore({ database: place.open(), now });
    expect(await store.append(freshStream(), 0, [event()])).toMatchObject({ version: 1 });
  });
});
