import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Instant } from '../../domain/instant.js';
import { checkAppend, checkPosition, checkReadAll, checkReadStream } from '../arguments.js';
import type {
  Appended,
  Batch,
  EventStore,
  EventToAppend,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from '../event-store.js';
import { EventStoreError } from '../event-store.js';
import { appendTo } from './append.js';
import { encode } from './event-rows.js';
import { EventsTable, NO_LIMIT } from './events-table.js';
import { asEventStoreError, mayPass } from './faults.js';
import type { LogDatabase } from './log-database.js';
import { WakeUps } from './wake-ups.js';

export interface SqliteEventStoreOptions {
  /** Stays open when the store is closed: it may be shared with the vault. */
  readonly database: LogDatabase;
  readonly now: () => Instant;
  /** How often to look for what other processes appended; 100 by default. What this process appends is seen at once. */
  readonly pollMilliseconds?: number;
  /** At most so many events are handed to a subscriber at once; 500 by default. */
  readonly batchSize?: number;
}

/** The event store in one SQLite file; any number of processes of one machine may share it. */
export function openSqliteEventStore(options: SqliteEventStoreOptions): EventStore {
  return new SqliteEventStore(options);
}

class SqliteEventStore implements EventStore {
  readonly #database: LogDatabase;
  readonly #table: EventsTable;
  readonly #wakeUps: WakeUps;
  readonly #now: () => Instant;
  readonly #batchSize: number;
  readonly #writing = new Set<Promise<unknown>>();
  #closed = false;

  constructor({ database, now, pollMilliseconds = 100, batchSize = 500 }: SqliteEventStoreOptions) {
    this.#database = database;
    this.#table = new EventsTable(database.connection);
    this.#wakeUps = new WakeUps(() => this.#table.head(), pollMilliseconds);
    this.#now = now;
    this.#batchSize = batchSize;
  }

  async append(stream: string, expected: number, events: readonly EventToAppend[]): Promise<Appended> {
    this.#refuseIfClosed();
    checkAppend(stream, expected, events);
    const append = { stream, expected, events: encode(events) };
    const appended = await this.#settled(this.#database.write(() => appendTo(this.#table, append, this.#now())));
    this.#wakeUps.wake();
    return appended;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    checkReadStream(stream, options);
    const { after, limit = NO_LIMIT, direction = 'forwards' } = options;
    return this.#read(() =>
      direction === 'forwards'
        ? this.#table.forwards(stream, after ?? 0, limit)
        : this.#table.backwards(stream, after ?? Number.MAX_SAFE_INTEGER, limit),
    );
  }

  async readAll(options: ReadAllOptions): Promise<Batch> {
    checkReadAll(options);
    return this.#batch(options);
  }

  async *subscribe({ after, signal }: SubscribeOptions): AsyncGenerator<Batch, void, undefined> {
    if (signal.aborted) return;
    this.#refuseIfClosed();
    checkPosition(after);
    let position = after;
    while (!this.#isOver(signal)) {
      const batch = this.#next(position);
      if (batch !== null && batch.events.length > 0) {
        yield batch;
        position = batch.position;
        // All the rest of the process has its turn between two batches.
        await nextTurn();
      } else {
        // -1n: what cannot be read is tried again at the next occasion, whether or not the log has grown.
        await this.#wakeUps.waitBeyond(batch === null ? -1n : position, signal);
      }
    }
  }

  async head(): Promise<bigint> {
    return this.#read(() => this.#table.head());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wakeUps.wakeAll();
    await Promise.allSettled(this.#writing);
  }

  /** The next batch for a subscription, or null where the log cannot be read just now. */
  #next(after: bigint): Batch | null {
    try {
      return this.#batch({ after, limit: this.#batchSize });
    } catch (error) {
      if (mayPass(error)) return null;
      throw error;
    }
  }

  #batch({ after, limit }: ReadAllOptions): Batch {
    const events = this.#read(() => this.#table.all(after, limit));
    return { events, position: events.at(-1)?.position ?? after };
  }

  #read<T>(read: () => T): T {
    this.#refuseIfClosed();
    try {
      return read();
    } catch (error) {
      throw asEventStoreError(error);
    }
  }

  async #settled<T>(write: Promise<T>): Promise<T> {
    this.#writing.add(write);
    try {
      return await write;
    } catch (error) {
      throw asEventStoreError(error);
    } finally {
      this.#writing.delete(write);
    }
  }

  #isOver(signal: AbortSignal): boolean {
    return this.#closed || signal.aborted;
  }

  #refuseIfClosed(): void {
    if (this.#closed || !this.#database.connection.isOpen)
      throw new EventStoreError('CLOSED', 'the event store is closed');
  }
}
