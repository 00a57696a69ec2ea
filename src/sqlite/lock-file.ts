import Database from 'better-sqlite3';
import { sqliteCodeOf } from './result-code.js';

/**
 * Runs a job while this process alone has a lock, or answers null where another one has it. The system drops the lock with the
 * process, whatever ends it: nothing is ever left locked. The file of the lock stays, empty.
 */
export async function withLockFile<T>(path: string, job: () => Promise<T>): Promise<{ readonly done: T } | null> {
  const file = new Database(path, { timeout: 0 });
  try {
    if (!lock(file)) return null;
    return { done: await job() };
  } finally {
    file.close();
  }
}

function lock(file: Database.Database): boolean {
  try {
    file.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (sqliteCodeOf(error)?.startsWith('SQLITE_BUSY') === true) return false;
    throw error;
  }
}
