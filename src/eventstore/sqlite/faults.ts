import { EventStoreError } from '../event-store.js';

const WORDS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_BUSY: 'another process holds the file locked',
  SQLITE_LOCKED: 'another process holds the file locked',
  SQLITE_PROTOCOL: 'another process holds the file locked',
  SQLITE_READONLY: 'the file cannot be written',
  SQLITE_PERM: 'the file cannot be written',
  SQLITE_CANTOPEN: 'the file cannot be opened',
  SQLITE_IOERR: 'the disk reports an error',
  SQLITE_CORRUPT: 'the file is damaged',
  SQLITE_NOTADB: 'the file is damaged',
};

/** Faults that may be gone at the next try. */
const PASSING = new Set([
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_PROTOCOL',
  'SQLITE_IOERR',
  'SQLITE_NOMEM',
  'SQLITE_CANTOPEN',
]);

/**
 * The primary result code of an error of SQLite (`SQLITE_IOERR` of `SQLITE_IOERR_WRITE`), undefined for any other error.
 * Told by its code and not by its class, of which a process may hold several copies.
 */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? /^SQLITE_[A-Z]+/.exec(error.code)?.[0] : undefined;
}

/** What an error of SQLite means, in words. */
export function wordsFor(code: string): string {
  return WORDS[code] ?? `SQLite answers ${code}`;
}

/** Whether the file is only locked for now. */
export function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === 'SQLITE_BUSY';
}

/** Whether trying again may help. */
export function isPassing(error: unknown): boolean {
  const cause = error instanceof EventStoreError ? error.cause : error;
  return PASSING.has(sqliteCodeOf(cause) ?? '');
}

/** An error of SQLite as the port knows it; any other error as it is. */
export function asEventStoreError(error: unknown): unknown {
  const code = sqliteCodeOf(error);
  if (code === undefined) return error;
  return new EventStoreError('UNAVAILABLE', `the event log is unavailable: ${wordsFor(code)}`, { cause: error });
}
