/** What must not compile: the compiler checks this file, nothing runs it. */
import type { WriteQueue } from '../../src/eventstore/sqlite/write-queue.js';
import type { SqliteConnection } from '../../src/sqlite/connection.js';

/** A transaction answers what its job gives, and takes no asynchronous one. */
export function transactions(database: SqliteConnection): number {
  // @ts-expect-error the job gives a promise
  void database.transaction('immediate', async () => Promise.resolve(1));
  // @ts-expect-error the job may give a promise
  void database.transaction('immediate', () => (database.isOpen ? 1 : Promise.resolve(1)));
  return database.transaction('immediate', () => 1);
}

/** So does a job that is handed over to be written. */
export function writes(queue: WriteQueue): Promise<number> {
  // @ts-expect-error the job gives a promise
  void queue.write(async () => Promise.resolve(1));
  return queue.write(() => 1);
}
