import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { sqliteCodeOf } from './faults.js';
import type { FileId } from './log-file.js';
import { hold, prepareFile, release } from './log-file.js';
import { asOpeningError, unreadable } from './opening-error.js';
import { createSchema } from './schema.js';
import { WriteQueue } from './write-queue.js';

export interface LogDatabaseOptions {
  /** A file, made with its folder where there is none (for its owner alone), or `:memory:`. */
  readonly path: string;
  /** How long opening and each write wait while another process holds the file locked; 5 seconds by default. */
  readonly patienceMilliseconds?: number;
}

/** How long one try keeps the event loop waiting for a lock; between tries it goes on. */
const BUSY_MILLISECONDS = 50;

/** The one file of the log and the vault: its connection, and the queue through which both write. */
export class LogDatabase {
  readonly connection: Database.Database;
  readonly #queue: WriteQueue;
  readonly #file: FileId | null;

  constructor(connection: Database.Database, patienceMilliseconds: number, file: FileId | null) {
    this.connection = connection;
    this.#queue = new WriteQueue(connection, Math.max(1, Math.ceil(patienceMilliseconds / BUSY_MILLISECONDS)));
    this.#file = file;
    if (file !== null) hold(file);
  }

  /**
   * Runs a job in a transaction that it shares with the jobs handed over in the same turn of the event loop; answers
   * when its result is durable. What a job throws undoes that job alone. A job may be run more than once.
   */
  write<T>(job: () => T): Promise<T> {
    return this.#queue.write(job);
  }

  /**
   * Moves what stands in the -wal file into the file itself and empties the former, so that nothing old is left there.
   * Answers whether it did: another process that is just reading prevents it, until the next time.
   */
  checkpoint(): boolean {
    // Closing does the same.
    if (!this.connection.open) return false;
    try {
      return this.connection.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) === 0;
    } catch (error) {
      if (sqliteCodeOf(error) === undefined) throw error;
      return false;
    }
  }

  /** Waits for the writes handed over, and lets the file go. */
  async close(): Promise<void> {
    await this.#queue.drained();
    if (!this.connection.open) return;
    this.connection.close();
    if (this.#file !== null) release(this.#file);
  }
}

/**
 * Opens the file of the log, or makes it.
 * @throws {EventStoreError} `UNREADABLE_FILE` for a file that is not ours, damaged, or newer than this release, which is
 * left as it is byte for byte; `UNAVAILABLE` where trying again may help
 */
export function openLogDatabase(options: LogDatabaseOptions): LogDatabase {
  const inMemory = options.path === ':memory:';
  const path = inMemory ? options.path : resolve(options.path);
  const patience = options.patienceMilliseconds ?? 5_000;
  try {
    const file = inMemory ? null : prepareFile(path);
    return new LogDatabase(connect(path, patience), patience, file);
  } catch (error) {
    throw asOpeningError(path, error);
  }
}

function connect(path: string, patienceMilliseconds: number): Database.Database {
  const connection = new Database(path, { timeout: patienceMilliseconds });
  try {
    createSchema(connection);
    connection.pragma('journal_mode = WAL');
    // Under WAL this build falls back to NORMAL, so it is set after WAL, and read back.
    connection.pragma('synchronous = FULL');
    expectPragma(connection, 'journal_mode', connection.memory ? 'memory' : 'wal');
    expectPragma(connection, 'synchronous', 2);
    connection.pragma(`busy_timeout = ${BUSY_MILLISECONDS}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function expectPragma(connection: Database.Database, name: string, expected: string | number): void {
  const actual = connection.pragma(name, { simple: true });
  if (actual === expected) return;
  throw unreadable(connection.name, `keeps ${name} at ${String(actual)}, not ${expected}`, 'put it on a local disk');
}
