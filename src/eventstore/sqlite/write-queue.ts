import {
  refusePromise,
  type SqliteConnection,
  type SqliteStatement,
  type Synchronous,
} from '../../sqlite/connection.js';
import { isBusy } from './faults.js';

/** Bounds how long one commit keeps the process from everything else. */
const LARGEST_GROUP = 512;

/** Between two tries to write a file that another process holds locked. */
const PAUSE_MILLISECONDS = 5;

interface Entry {
  /** Does the job inside the group's transaction; what it returns tells the caller, once that is committed. */
  readonly attempt: () => () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: the jobs that come in while one turn of the event loop lasts share a transaction, and so the one
 * fsync that makes them durable. Each job counts by itself: one that throws is undone alone.
 */
export class WriteQueue {
  readonly #connection: SqliteConnection;
  readonly #tries: number;
  readonly #savepoint: SqliteStatement<[]>;
  readonly #release: SqliteStatement<[]>;
  readonly #undo: SqliteStatement<[]>;
  readonly #commit: (group: readonly Entry[]) => readonly (() => void)[];
  readonly #entries: Entry[] = [];
  #failed = 0;

  /** @param tries how often a write is tried while another process holds the file locked */
  constructor(connection: SqliteConnection, tries: number) {
    this.#connection = connection;
    this.#tries = tries;
    this.#savepoint = connection.prepare('SAVEPOINT job');
    this.#release = connection.prepare('RELEASE job');
    this.#undo = connection.prepare('ROLLBACK TO job');
    this.#commit = (group) => connection.transaction('immediate', () => group.map((entry) => entry.attempt()));
  }

  /**
   * Runs a job in a transaction; its result is given when it is durable. The job may be run again if the
   * transaction fails, so it does nothing but read and write the database.
   */
  write<T>(job: () => Synchronous<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ attempt: () => this.#attempt(job, resolve, reject), reject });
      if (this.#entries.length === 1) this.#schedule();
    });
  }

  /** Waits until all that was handed over is settled. */
  async drained(): Promise<void> {
    if (this.#entries.length > 0) await this.write(() => undefined).catch(() => undefined);
  }

  #schedule(): void {
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const group = this.#entries.slice(0, LARGEST_GROUP);
    let settlements: readonly (() => void)[];
    try {
      settlements = this.#commit(group);
    } catch (error) {
      this.#failed += 1;
      if (isBusy(error) && this.#failed < this.#tries) {
        setTimeout(() => this.#flush(), PAUSE_MILLISECONDS);
        return;
      }
      settlements = group.map((entry) => () => entry.reject(error));
    }
    this.#failed = 0;
    this.#entries.splice(0, group.length);
    if (this.#entries.length > 0) this.#schedule();
    for (const settle of settlements) settle();
  }

  #attempt<T>(job: () => Synchronous<T>, resolve: (value: T) => void, reject: (error: unknown) => void): () => void {
    this.#savepoint.run();
    try {
      const value: T = job();
      refusePromise(value);
      this.#release.run();
      return () => resolve(value);
    } catch (error) {
      // Some errors (a full disk, say) make SQLite undo the whole transaction: then the group has failed, not this job.
      if (!this.#connection.isTransaction) throw error;
      this.#undo.run();
      this.#release.run();
      return () => reject(error);
    }
  }
}
