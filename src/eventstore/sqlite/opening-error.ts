import { EventStoreError } from '../event-store.js';
import { sqliteCodeOf, wordsFor } from './faults.js';

const PERMISSIONS = 'let the user that runs the service read and write it and its folder';

/** A refusal to open a file, in one sentence: which file, what is wrong with it, and what to do about it. */
export function unreadable(path: string, fault: string, remedy: string, cause?: unknown): EventStoreError {
  return new EventStoreError('UNREADABLE_FILE', `the event log ${path} ${fault}: ${remedy}`, { cause });
}

/** What went wrong on opening a file, as the port knows it. */
export function asOpeningError(path: string, error: unknown): unknown {
  if (error instanceof EventStoreError) return error;
  const code = sqliteCodeOf(error);
  if (code !== undefined) return fromSqlite(path, code, error);
  const fault = systemCodeOf(error);
  return fault === undefined ? error : unreadable(path, `cannot be opened (${fault})`, PERMISSIONS, error);
}

function fromSqlite(path: string, code: string, cause: unknown): EventStoreError {
  switch (code) {
    case 'SQLITE_BUSY':
    case 'SQLITE_FULL':
      return new EventStoreError('UNAVAILABLE', `the event log ${path} cannot be opened: ${wordsFor(code)}`, { cause });
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return unreadable(path, 'is damaged', 'restore it from a backup', cause);
    default:
      return unreadable(path, `cannot be opened (${wordsFor(code)})`, PERMISSIONS, cause);
  }
}

/** The code of an error of the operating system: `EACCES`. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
