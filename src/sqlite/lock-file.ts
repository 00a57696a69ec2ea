import { openConnection, type SqliteConnection } from './connection.js';
import { sqliteCodeOf } from './result-code.js';

/**
 * Runs a job while this process alone has a lock, or answers null where another one has it. The system drops the lock with the
 * process, whatever ends it: nothing is ever left locked. The file of the lock stays, empty.
 */
export async function withLockFile<T>(path: string, job: () => Promise<T>): Promise<{ readonly done: T } | null> {
  const file = openConnection(path, { timeoutMilliseconds: 0 });
  try {
    if (!lock(file)) return null;
    return { done: await job() };
  } finally {
    file.close();
  }
}

function lock(file: SqliteConnection): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (sqliteCodeOf(error) === 'SQLITE_BUSY') return false;
    throw error;
  }
}
