import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, writeFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  openConnection,
  type ConnectionOptions,
  type SqliteConnection,
  type SqliteValue,
} from '../../src/sqlite/connection.js';
import { loadDrivers } from '../../src/sqlite/driver.js';
import { sqliteCodeOf } from '../../src/sqlite/result-code.js';
import { freshFolder, overwritePage, type Folder } from './given.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The result code of the error that a job throws. */
function codeOf(job: () => unknown): string | undefined {
  try {
    job();
  } catch (error) {
    return sqliteCodeOf(error);
  }
  throw new Error('nothing was thrown');
}

const TABLE = 'CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER, bytes BLOB) STRICT';

const ALL = 'SELECT * FROM things';

describe.each(loadDrivers())('A connection by $name', (driver) => {
  let folder: Folder;
  let opened: SqliteConnection[];
  let database: SqliteConnection;

  function open(path = folder.at('things.db'), options: ConnectionOptions = {}): SqliteConnection {
    const connection = openConnection(path, { timeoutMilliseconds: 0, ...options }, driver);
    opened.push(connection);
    return connection;
  }

  beforeEach(() => {
    folder = freshFolder();
    opened = [];
    database = open();
    database.exec(TABLE);
  });

  afterEach(() => {
    for (const connection of opened) connection.close();
    folder.dispose();
  });

  const insert = (name: string | null, size: number | bigint = 1, bytes: Uint8Array | null = null) =>
    database.prepare('INSERT INTO things (name, size, bytes) VALUES (?, ?, ?)').run(name, size, bytes);
  const names = () => database.prepareValues<[]>('SELECT name FROM things ORDER BY id').all();

  describe('reads', () => {
    it('rows as plain objects, as lists, or the first value of each', () => {
      insert('one', 7, Uint8Array.of(1, 2));
      insert(null, -3);
      const sql = 'SELECT name, size, bytes FROM things ORDER BY id';
      const rows = [
        { name: 'one', size: 7, bytes: Uint8Array.of(1, 2) },
        { name: null, size: -3, bytes: null },
      ];
      expect(database.prepare<[]>(sql).all()).toStrictEqual(rows);
      expect(database.prepare<[]>(sql).get()).toStrictEqual(rows[0]);
      expect(database.prepareLists<[], SqliteValue[]>(sql).all()).toEqual(rows.map((row) => Object.values(row)));
      expect(database.prepareLists<[], SqliteValue[]>(sql).get()).toEqual(Object.values(rows[0] ?? {}));
      expect(database.prepareValues<[]>(sql).all()).toEqual(['one', null]);
      expect(database.prepareValues<[]>(sql).get()).toBe('one');
    });

    it('undefined where there is no row, and null where a row has no value', () => {
      expect(database.prepare<[]>('SELECT * FROM things').get()).toBeUndefined();
      expect(database.prepareValues<[]>('SELECT id FROM things').get()).toBeUndefined();
      expect(database.prepareValues<[]>('SELECT max(id) FROM things').get()).toBeNull();
    });

    it('texts and bytes as they were written', () => {
      const texts = ['', 'ä€😀', "it's", '"quoted"', '{"json":"\\u0000"}', 'x'.repeat(100_000)];
      for (const text of texts) expect(database.prepareValues<[string]>('SELECT ?').get(text)).toBe(text);
      for (const bytes of [new Uint8Array(), Uint8Array.of(0, 255, 0), Buffer.alloc(50_000, 7)]) {
        const read = database.prepareValues<[Uint8Array], Uint8Array>('SELECT ?').get(bytes);
        expect(Buffer.compare(Buffer.from(read ?? []), bytes)).toBe(0);
      }
    });

    it('whole numbers beyond 2^53 as bigints, and never as another number', () => {
      const large = 2n ** 53n + 1n;
      insert('large', large);
      const sql = 'SELECT size FROM things';
      expect(database.prepareValues<[]>(sql, { bigints: true }).get()).toBe(large);
      expect(database.prepare<[]>(sql, { bigints: true }).get()).toStrictEqual({ size: large });
      expect(() => database.prepareValues<[]>(sql).get()).toThrow('too large');
    });

    it('what others have committed, and tells that they have', () => {
      const version = database.prepareValues<[], number>('PRAGMA data_version');
      const before = version.get();
      insert('mine');
      expect(version.get()).toBe(before);
      open().exec("INSERT INTO things (name) VALUES ('of another')");
      expect(version.get()).not.toBe(before);
      expect(names()).toEqual(['mine', 'of another']);
    });
  });

  describe('takes', () => {
    it('values by position and by name', () => {
      expect(database.prepareLists<[number, string], SqliteValue[]>("SELECT ?, ?, '?'").get(1, 'a')).toEqual([
        1,
        'a',
        '?',
      ]);
      const named = database.prepareLists<[{ a: number; b: string }], SqliteValue[]>('SELECT @a, @b, @a');
      expect(named.get({ a: 1, b: 'b' })).toEqual([1, 'b', 1]);
    });

    it.each<[string, string, (number | Record<string, number>)[]]>([
      ['too few values', 'SELECT ?, ?', [1]],
      ['too many values', 'SELECT ?', [1, 2]],
      ['no value for a name', 'SELECT @a, @b', [{ a: 1 }]],
      ['a value for no name', 'SELECT @a', [{ a: 1, b: 2 }]],
      ['a value for a name that is another', 'SELECT @a', [{ b: 1 }]],
    ])('not %s', (_, sql, parameters) => {
      const statement = database.prepare(sql);
      for (const run of [statement.run, statement.get, statement.all])
        expect(() => Reflect.apply(run, statement, parameters)).toThrow(/values|parameter/);
    });

    it('a text in double quotes for a column, never for a text', () => {
      expect(() => database.prepare('SELECT "no column"')).toThrow('no such column');
    });
  });

  it('tells what it changed', () => {
    expect(insert('one')).toEqual({ changes: 1, lastInsertRowid: 1 });
    insert('two');
    expect(database.prepare<[]>('UPDATE things SET size = 9').run().changes).toBe(2);
    const sql = 'INSERT INTO things (id) VALUES (?)';
    expect(database.prepare<[bigint]>(sql, { bigints: true }).run(2n ** 53n + 1n).lastInsertRowid).toBe(2n ** 53n + 1n);
  });

  describe('in a transaction', () => {
    it('keeps what the job did, and answers its result', () => {
      const result = database.transaction('immediate', () => {
        insert('one');
        return database.isTransaction;
      });
      expect([result, database.isTransaction, names()]).toEqual([true, false, ['one']]);
    });

    it('undoes what the job did if it throws', () => {
      const fault = new Error('no');
      const job = () => {
        insert('one');
        throw fault;
      };
      expect(() => database.transaction('immediate', job)).toThrow(fault);
      expect([database.isTransaction, names()]).toEqual([false, []]);
    });

    it('undoes what the job did if it cannot be committed', () => {
      database.exec('PRAGMA foreign_keys = ON');
      database.exec('CREATE TABLE parts (thing INTEGER REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED) STRICT');
      const job = () => {
        insert('one');
        database.exec('INSERT INTO parts VALUES (99)');
      };
      expect(codeOf(() => database.transaction('immediate', job))).toBe('SQLITE_CONSTRAINT');
      expect([database.isTransaction, names()]).toEqual([false, []]);
    });

    it('throws what made SQLite undo it, where there is no room', () => {
      database.pragma(`max_page_count = ${Number(database.pragma('page_count')) + 1}`);
      const job = () => insert('large', 1, new Uint8Array(100_000));
      expect(codeOf(() => database.transaction('immediate', job))).toBe('SQLITE_FULL');
      expect([database.isTransaction, names()]).toEqual([false, []]);
    });

    it('refuses another one, and goes on with its own', () => {
      database.transaction('immediate', () => {
        insert('one');
        expect(() => database.transaction('deferred', () => insert('two'))).toThrow('within a transaction');
        insert('three');
      });
      expect(names()).toEqual(['one', 'three']);
    });

    it('has the write lock from the beginning where it is immediate, and not where it is deferred', () => {
      const other = open();
      const write = () => other.transaction('immediate', () => undefined);
      database.transaction('deferred', write);
      expect(codeOf(() => database.transaction('immediate', write))).toBe('SQLITE_BUSY');
    });
  });

  describe('tells by the code of an error', () => {
    it('that another connection has the file locked, whatever is asked', () => {
      const other = open();
      const [reading, writing] = [other.prepare<[]>('SELECT * FROM things'), 'DELETE FROM things'];
      const deleting = other.prepare<[]>(writing);
      database.exec('BEGIN EXCLUSIVE');
      const asked = [
        () => reading.all(),
        () => reading.get(),
        () => deleting.run(),
        () => other.exec(writing),
        () => open().prepare('SELECT * FROM things'),
        () => other.transaction('immediate', () => undefined),
      ];
      expect(asked.map(codeOf)).toEqual(asked.map(() => 'SQLITE_BUSY'));
    });

    it('that a row is against a constraint, or a trigger', () => {
      insert('one');
      expect(codeOf(() => insert('one'))).toBe('SQLITE_CONSTRAINT');
      database.exec("CREATE TRIGGER never BEFORE DELETE ON things BEGIN SELECT RAISE(ABORT, 'never'); END");
      expect(codeOf(() => database.exec('DELETE FROM things'))).toBe('SQLITE_CONSTRAINT');
      expect(() => database.exec('DELETE FROM things')).toThrow('never');
    });

    it('that a statement is wrong', () => {
      expect(codeOf(() => database.prepare('SELECT FROM'))).toBe('SQLITE_ERROR');
      expect(codeOf(() => database.exec('DELETE FROM nothing'))).toBe('SQLITE_ERROR');
    });

    it('that the file is not there, is no database, or is damaged', () => {
      expect(codeOf(() => open(folder.at('no/folder.db')))).toBe('SQLITE_CANTOPEN');
      writeFileSync(folder.at('text.db'), 'Dear diary, '.repeat(1_000));
      expect(codeOf(() => open(folder.at('text.db')).prepare('SELECT * FROM things'))).toBe('SQLITE_NOTADB');
      database.transaction('immediate', () => {
        for (let n = 0; n < 100; n += 1) insert(`${n}`.padEnd(500, '.'));
      });
      database.close();
      for (const page of [2, 4, 5]) overwritePage(folder.at('things.db'), page);
      const damaged = open().prepare<[]>('SELECT * FROM things');
      expect([codeOf(() => damaged.all()), codeOf(() => damaged.get())]).toEqual(['SQLITE_CORRUPT', 'SQLITE_CORRUPT']);
    });
  });

  describe('that cannot write', () => {
    it('reads, refuses to write, and makes no file', () => {
      insert('one');
      const reader = open(folder.at('things.db'), { readOnly: true });
      expect(reader.prepareValues<[]>('SELECT name FROM things').get()).toBe('one');
      expect(codeOf(() => reader.exec('DELETE FROM things'))).toBe('SQLITE_READONLY');
      expect(codeOf(() => open(folder.at('new.db'), { readOnly: true }))).toBe('SQLITE_CANTOPEN');
      expect(readdirSync(folder.path)).toEqual(['things.db']);
    });
  });

  describe('that is closed', () => {
    it('refuses what is asked of it, and to close it again is no error', () => {
      const statement = database.prepare<[]>('SELECT * FROM things');
      database.close();
      database.close();
      expect([database.isOpen, database.isTransaction]).toEqual([false, false]);
      for (const ask of [() => statement.all(), () => database.exec(TABLE), () => database.prepare('SELECT 1')])
        expect(ask).toThrow();
    });

    it('has undone its transaction', () => {
      const statement = database.prepare<[]>("INSERT INTO things (name) VALUES ('one')");
      database.exec('BEGIN');
      statement.run();
      database.close();
      expect(open().prepareValues<[]>('SELECT count(*) FROM things').get()).toBe(0);
    });

    it('leaves the file to others at once, and nothing beside it, though statements are kept', () => {
      const kept: unknown[] = [];
      const exclusive = open(folder.at('exclusive.db'));
      exclusive.pragma('locking_mode = EXCLUSIVE');
      for (const connection of [database, exclusive]) {
        expect(connection.pragma('journal_mode = WAL')).toBe('wal');
        connection.exec('CREATE TABLE more (id INTEGER PRIMARY KEY)');
        const statement = connection.prepare<[]>('SELECT * FROM more');
        statement.all();
        kept.push(statement);
      }
      expect(readdirSync(folder.path)).toContain('things.db-wal');
      for (const connection of opened) connection.close();
      expect(readdirSync(folder.path)).toEqual(['exclusive.db', 'things.db']);
      const next = open(folder.at('exclusive.db'));
      next.exec('BEGIN EXCLUSIVE');
      expect([next.isTransaction, kept.length]).toEqual([true, 2]);
    });

    it('leaves it to others although they have it open', () => {
      database.pragma('journal_mode = WAL');
      const other = open();
      expect(other.pragma('journal_mode')).toBe('wal');
      insert('one');
      database.close();
      other.transaction('immediate', () => other.exec("INSERT INTO things (name) VALUES ('two')"));
      expect(other.pragma('journal_mode')).toBe('wal');
      expect(other.prepareValues<[]>('SELECT count(*) FROM things').get()).toBe(2);
    });
  });

  it('lives as long as its statements', async () => {
    const { DatabaseSync } = driver;
    let connection: WeakRef<object> | undefined;
    class Watched extends DatabaseSync {
      constructor(...given: ConstructorParameters<typeof DatabaseSync>) {
        super(...given);
        connection = new WeakRef(this);
      }
    }
    const prepare = () =>
      openConnection(folder.at('things.db'), {}, { ...driver, DatabaseSync: Watched }).prepare<[]>(ALL);
    const statement = prepare();
    for (let round = 0; round < 5; round += 1) {
      collectGarbage();
      await nextTurn();
    }
    expect(connection?.deref()).toBeDefined();
    expect(statement.all()).toEqual([]);
  });

  it('goes on while statements are garbage-collected', () => {
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 500; n += 1) database.prepare<[]>(`SELECT ${n} FROM things`).all();
      collectGarbage();
    }
    insert('one');
    expect(names()).toEqual(['one']);
  });
});
