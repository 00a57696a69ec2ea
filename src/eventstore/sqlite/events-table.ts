import type { SqliteConnection, SqliteParameters, SqliteStatement } from '../../sqlite/connection.js';
import type { StoredEvent } from '../event-store.js';
import type { EncodedEvent, EventRow } from './event-rows.js';
import { decode, EVENT_COLUMNS } from './event-rows.js';
import { StreamEnds } from './stream-ends.js';

/** The identity of an event that is stored. */
export interface StoredId {
  readonly id: string;
  readonly position: bigint;
}

type Insertion = [
  stream: string,
  version: number,
  id: string,
  type: string,
  revision: number,
  data: string,
  metadata: string,
  personal: string | null,
  recordedAt: string,
];
type InStream = [stream: string, version: number, limit: number];

/** SQLite's word for "all of them". */
export const NO_LIMIT = -1;

/** The statements on the table of events, prepared once; they are synchronous and check nothing. */
export class EventsTable {
  readonly #insert: SqliteStatement<Insertion>;
  readonly #version: SqliteStatement<[string], bigint | null>;
  readonly #head: SqliteStatement<[], bigint | null>;
  readonly #forwards: SqliteStatement<InStream, EventRow>;
  readonly #backwards: SqliteStatement<InStream, EventRow>;
  readonly #all: SqliteStatement<[after: bigint, limit: number], EventRow>;
  readonly #ids: SqliteStatement<InStream, StoredId>;
  readonly #ends: StreamEnds;

  constructor(connection: SqliteConnection) {
    const bigints = { bigints: true };
    const prepareRows = <P extends SqliteParameters>(which: string): SqliteStatement<P, EventRow> =>
      connection.prepareLists<P, EventRow>(`SELECT ${EVENT_COLUMNS} FROM events WHERE ${which}`, bigints);
    this.#insert = connection.prepare(
      `INSERT INTO events (stream, version, id, type, revision, data, metadata, personal, recorded_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      bigints,
    );
    this.#version = connection.prepareValues('SELECT max(version) FROM events WHERE stream = ?', bigints);
    this.#head = connection.prepareValues('SELECT max(position) FROM events', bigints);
    this.#forwards = prepareRows('stream = ? AND version > ? ORDER BY version LIMIT ?');
    this.#backwards = prepareRows('stream = ? AND version < ? ORDER BY version DESC LIMIT ?');
    this.#all = prepareRows('position > ? ORDER BY position LIMIT ?');
    this.#ends = new StreamEnds(connection);
    this.#ids = connection.prepare(
      'SELECT id, position FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ?',
      bigints,
    );
  }

  /** Inserts one event; answers its position. */
  insert(stream: string, version: number, event: EncodedEvent, recordedAt: string): bigint {
    const { id, type, revision, data, metadata, personal } = event;
    const { lastInsertRowid } = this.#insert.run(
      stream,
      version,
      id,
      type,
      revision,
      data,
      metadata,
      personal,
      recordedAt,
    );
    this.#ends.note(stream, version);
    return BigInt(lastInsertRowid);
  }

  /** The count of a stream's events. */
  versionOf(stream: string): number {
    return Number(this.#version.get(stream) ?? 0);
  }

  head(): bigint {
    return this.#head.get() ?? 0n;
  }

  forwards(stream: string, after: number, limit: number): readonly StoredEvent[] {
    if (this.#ends.endsBy(stream, after)) return [];
    const events = this.#forwards.all(stream, after, limit).map(decode);
    if (limit === NO_LIMIT || events.length < limit) this.#ends.note(stream, events.at(-1)?.version ?? after);
    return events;
  }

  backwards(stream: string, before: number, limit: number): readonly StoredEvent[] {
    return this.#backwards.all(stream, before, limit).map(decode);
  }

  all(after: bigint, limit: number): readonly StoredEvent[] {
    return this.#all.all(after, limit).map(decode);
  }

  /** Who stands in a stream after a version. */
  idsAfter(stream: string, version: number, limit: number): readonly StoredId[] {
    return this.#ids.all(stream, version, limit);
  }
}
