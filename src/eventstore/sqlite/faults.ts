import { SqliteFileError } from '../../sqlite/file-error.js';
import { isPassing, sqliteCodeOf, wordsFor } from '../../sqlite/result-code.js';
import { EventStoreError } from '../event-store.js';

/** Whether the file is only locked for now. */
export function isBusy(error: unknown): boolean {
  return sqliteCodeOf(error) === 'SQLITE_BUSY';
}

/** Whether trying again may help. */
export function mayPass(error: unknown): boolean {
  const cause = error instanceof EventStoreError ? error.cause : error;
  return isPassing(sqliteCodeOf(cause) ?? '');
}

/** An error of SQLite, or of its file, as the port knows it; any other error as it is. */
export function asEventStoreError(error: unknown): unknown {
  if (error instanceof SqliteFileError) return new EventStoreError(error.code, error.message, { cause: error });
  const code = sqliteCodeOf(error);
  if (code === undefined) return error;
  return new EventStoreError('UNAVAILABLE', `the event log is unavailable: ${wordsFor(code)}`, { cause: error });
}
