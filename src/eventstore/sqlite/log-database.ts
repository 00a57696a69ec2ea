import type { SqliteConnection, Synchronous } from '../../sqlite/connection.js';
import {
  BUSY_MILLISECONDS,
  openDatabaseFile,
  openDatabaseFileToRead,
  type DatabaseFile,
} from '../../sqlite/database-file.js';
import { missingNames } from '../../sqlite/inspection.js';
import { sqliteCodeOf } from '../../sqlite/result-code.js';
import { asEventStoreError } from './faults.js';
import { LOG_FILE } from './log-file.js';
import { WriteQueue } from './write-queue.js';

export interface LogDatabaseOptions {
  /** A file, made with its folder where there is none (for its owner alone), or `:memory:`. */
  readonly path: string;
  /** How long opening and each write wait while another process holds the file locked; 5 seconds by default. */
  readonly patienceMilliseconds?: number;
}

/** The one file of the log and the vault: its connection, and the queue through which both write. */
export class LogDatabase {
  readonly connection: SqliteConnection;
  readonly #queue: WriteQueue;
  readonly #file: DatabaseFile;

  constructor(file: DatabaseFile, patienceMilliseconds: number) {
    this.connection = file.connection;
    // Each try waits so long for a lock; between tries the event loop goes on.
    const tries = Math.max(1, Math.ceil(patienceMilliseconds / BUSY_MILLISECONDS));
    this.#queue = new WriteQueue(file.connection, tries);
    this.#file = file;
  }

  /**
   * Runs a job in a transaction that it shares with the jobs handed over in the same turn of the event loop; answers
   * when its result is durable. What a job throws undoes that job alone. A job may be run more than once.
   */
  write<T>(job: () => Synchronous<T>): Promise<T> {
    return this.#queue.write(job);
  }

  /**
   * Moves what stands in the -wal file into the file itself and empties the former, so that nothing old is left there.
   * Answers whether it did: another process that is just reading prevents it, until the next time.
   */
  checkpoint(): boolean {
    // Closing does the same.
    if (!this.connection.isOpen) return false;
    try {
      return this.connection.pragma('wal_checkpoint(TRUNCATE)') === 0;
    } catch (error) {
      if (sqliteCodeOf(error) === undefined) throw error;
      return false;
    }
  }

  /** The tables and triggers that the file lacks. @param vaultNames those of the vault */
  missing(vaultNames: readonly string[]): readonly string[] {
    return missingNames(this.connection, [...LOG_FILE.names, ...vaultNames]);
  }

  /** Waits for the writes handed over, and lets the file go. */
  async close(): Promise<void> {
    await this.#queue.drained();
    this.#file.close();
  }
}

/**
 * Opens the file of the log, or makes it.
 * @throws {EventStoreError} `UNREADABLE_FILE` for a file that is not ours, damaged, or newer than this release, which is
 * left as it is byte for byte; `UNAVAILABLE` where trying again may help
 */
export function openLogDatabase({ path, patienceMilliseconds = 5_000 }: LogDatabaseOptions): LogDatabase {
  try {
    return new LogDatabase(openDatabaseFile(LOG_FILE, { path, patienceMilliseconds }), patienceMilliseconds);
  } catch (error) {
    throw asEventStoreError(error);
  }
}

/**
 * Opens the file of a log that is there, by a connection that cannot write: a service that has it goes on. What protects the
 * file from being changed need not be there: whoever reads it so is looking for what was changed.
 * @throws {EventStoreError} `UNREADABLE_FILE` for no file, or one that is not ours or newer than this release
 */
export function openLogDatabaseToRead({ path, patienceMilliseconds = 5_000 }: LogDatabaseOptions): LogDatabase {
  try {
    return new LogDatabase(openDatabaseFileToRead(LOG_FILE, { path, patienceMilliseconds }), patienceMilliseconds);
  } catch (error) {
    throw asEventStoreError(error);
  }
}
