import { describe, expect, it } from '@jest/globals';
import { asFileError, asOpeningError, damaged } from '../../src/sqlite/file-error.js';
import type { FileKind } from '../../src/sqlite/file-kind.js';
import {
  isDamage,
  isFileFault,
  isPassing,
  sqliteCodeOf,
  systemCodeOf,
  wordsFor,
} from '../../src/sqlite/result-code.js';
import { sqliteError } from './given.js';

const KIND: FileKind = {
  ...{ noun: 'the notebook', applicationId: 1, schemaVersion: 1, schema: '', names: [], samples: [] },
  synchronous: 'NORMAL',
  exclusive: false,
  remedies: { damaged: 'take another', newer: 'wait' },
};

/** Extended codes by their names: https://www.sqlite.org/rescode.html. */
const ERRCODES = {
  ...{ SQLITE_ERROR: 1, SQLITE_BUSY: 5, SQLITE_CORRUPT: 11, SQLITE_FULL: 13, SQLITE_CANTOPEN: 14, SQLITE_NOTADB: 26 },
  ...{ SQLITE_IOERR_WRITE: 778, SQLITE_IOERR_FSYNC: 1_034, SQLITE_READONLY_DBMOVED: 1_032, SQLITE_CORRUPT_VTAB: 267 },
  SQLITE_CONSTRAINT_UNIQUE: 2_067,
} as const;

/** An error with a code of SQLite, as a driver throws it, or of the system. */
function coded(name: keyof typeof ERRCODES | 'EACCES'): Error {
  return name === 'EACCES'
    ? Object.assign(new Error('in words of its own'), { code: name })
    : sqliteError(ERRCODES[name]);
}

const PERMISSIONS = 'let the user that runs the service read and write it and its folder';

describe('A result code of SQLite', () => {
  it('is the primary one, of whatever class the error is', () => {
    expect(sqliteCodeOf(coded('SQLITE_IOERR_WRITE'))).toBe('SQLITE_IOERR');
    expect(sqliteCodeOf({ code: 'ERR_SQLITE_ERROR', errcode: 5 })).toBe('SQLITE_BUSY');
    expect(sqliteCodeOf({ code: 'ERR_SQLITE_ERROR', message: 'database is locked' })).toBe('SQLITE_BUSY');
    expect(sqliteCodeOf({ code: 'ERR_SQLITE_ERROR', message: 'no such table: t' })).toBe('SQLITE_ERROR');
  });

  it.each([undefined, null, 'SQLITE_BUSY', new Error('SQLITE_BUSY'), coded('EACCES'), { code: 7 }, { errcode: 5 }])(
    'is not there in %p',
    (error) => {
      expect(sqliteCodeOf(error)).toBeUndefined();
    },
  );

  it('is not the only code that an error has', () => {
    expect(systemCodeOf(coded('EACCES'))).toBe('EACCES');
  });

  it.each([
    ['SQLITE_FULL', 'the disk is full', true],
    ['SQLITE_BUSY', 'another process holds the file locked', true],
    ['SQLITE_IOERR', 'the disk reports an error', true],
    ['SQLITE_CANTOPEN', 'the file cannot be opened', true],
    ['SQLITE_READONLY', 'the file cannot be written', false],
    ['SQLITE_CORRUPT', 'the file is damaged', false],
    ['SQLITE_NOTADB', 'the file is damaged', false],
  ])('%s says of the file: %s', (code, words, passes) => {
    expect(wordsFor(code)).toBe(words);
    expect([isFileFault(code), isPassing(code), isDamage(code)]).toEqual([true, passes, words.endsWith('damaged')]);
  });

  it('says nothing of the file where it is about what was asked', () => {
    for (const code of ['SQLITE_CONSTRAINT', 'SQLITE_ERROR', 'SQLITE_TOOBIG']) {
      expect([isFileFault(code), isPassing(code), isDamage(code)]).toEqual([false, false, false]);
      expect(wordsFor(code)).toBe(`SQLite answers ${code}`);
    }
  });
});

describe('An error on opening a file', () => {
  it.each([
    ['SQLITE_BUSY', 'UNAVAILABLE', 'cannot be opened: another process holds the file locked'],
    ['SQLITE_FULL', 'UNAVAILABLE', 'cannot be opened: the disk is full'],
    ['SQLITE_CORRUPT', 'UNREADABLE_FILE', 'is damaged: take another'],
    ['SQLITE_NOTADB', 'UNREADABLE_FILE', 'is damaged: take another'],
    ['SQLITE_CANTOPEN', 'UNREADABLE_FILE', `cannot be opened (the file cannot be opened): ${PERMISSIONS}`],
    ['EACCES', 'UNREADABLE_FILE', `cannot be opened (EACCES): ${PERMISSIONS}`],
  ] as const)('%s is %s and says what to do', (code, expected, said) => {
    const cause = coded(code);
    expect(asOpeningError(KIND, '/notes.db', cause)).toMatchObject({
      ...{ code: expected, message: `the notebook /notes.db ${said}`, cause },
    });
  });

  it('stays what it is where it says so already, and where it is a bug', () => {
    for (const error of [damaged(KIND, '/notes.db'), new TypeError('a bug')])
      expect(asOpeningError(KIND, '/notes.db', error)).toBe(error);
  });
});

describe('An error of an open file', () => {
  it.each([
    ['SQLITE_FULL', 'UNAVAILABLE', 'is unavailable: the disk is full'],
    ['SQLITE_IOERR_FSYNC', 'UNAVAILABLE', 'is unavailable: the disk reports an error'],
    ['SQLITE_CORRUPT_VTAB', 'UNREADABLE_FILE', 'is damaged: take another'],
    ['SQLITE_READONLY_DBMOVED', 'UNREADABLE_FILE', `cannot be used (the file cannot be written): ${PERMISSIONS}`],
  ] as const)('%s is %s and says what to do', (code, expected, said) => {
    const message = `the notebook /notes.db ${said}`;
    expect(asFileError(KIND, '/notes.db', coded(code))).toMatchObject({ code: expected, message });
  });

  it.each(['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_ERROR', 'EACCES'] as const)(
    'stays what it is where it is not the file: %s',
    (code) => {
      const error = coded(code);
      expect(asFileError(KIND, '/notes.db', error)).toBe(error);
    },
  );
});
