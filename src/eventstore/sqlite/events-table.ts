import type { Database, Statement } from 'better-sqlite3';
import type { EventMetadata } from '../../domain/event.js';
import { checkWeight } from '../arguments.js';
import type { EventToAppend, JsonObject, SealedPersonal, StoredEvent } from '../event-store.js';
import { EventStoreError } from '../event-store.js';

/** An event with its parts written as JSON. */
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly revision: number;
  readonly data: string;
  readonly metadata: string;
  readonly personal: string | null;
}

/** A row as it is read: with every whole number as a bigint. */
interface Row {
  readonly position: bigint;
  readonly stream: string;
  readonly version: bigint;
  readonly id: string;
  readonly type: string;
  readonly revision: bigint;
  readonly data: string;
  readonly metadata: string;
  readonly personal: string | null;
  readonly recorded_at: string;
}

/** All the rows that a limit can count to; SQLite knows no other word for "no limit". */
const NO_LIMIT = -1;

const AFTER_ALL = Number.MAX_SAFE_INTEGER;

/** The statements on the table of events, prepared once. */
export class EventsTable {
  readonly #insert: Statement<[string, number, string, string, number, string, string, string | null, string]>;
  readonly #version: Statement<[string], bigint | null>;
  readonly #head: Statement<[], bigint | null>;
  readonly #forwards: Statement<[string, number, number], Row>;
  readonly #backwards: Statement<[string, number, number], Row>;
  readonly #all: Statement<[bigint, number], Row>;
  readonly #ids: Statement<[string, number, number], { readonly id: string; readonly position: bigint }>;

  constructor(connection: Database) {
    this.#insert = connection
      .prepare<[string, number, string, string, number, string, string, string | null, string]>(
        `INSERT INTO events (stream, version, id, type, revision, data, metadata, personal, recorded_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .safeIntegers();
    this.#version = connection
      .prepare<[string], bigint | null>('SELECT max(version) FROM events WHERE stream = ?')
      .safeIntegers()
      .pluck();
    this.#head = connection.prepare<[], bigint | null>('SELECT max(position) FROM events').safeIntegers().pluck();
    this.#forwards = connection
      .prepare<
        [string, number, number],
        Row
      >('SELECT * FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?')
      .safeIntegers();
    this.#backwards = connection
      .prepare<
        [string, number, number],
        Row
      >('SELECT * FROM events WHERE stream = ? AND version < ? ORDER BY version DESC LIMIT ?')
      .safeIntegers();
    this.#all = connection
      .prepare<[bigint, number], Row>('SELECT * FROM events WHERE position > ? ORDER BY position LIMIT ?')
      .safeIntegers();
    this.#ids = connection
      .prepare<
        [string, number, number],
        { readonly id: string; readonly position: bigint }
      >('SELECT id, position FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?')
      .safeIntegers();
  }
}
