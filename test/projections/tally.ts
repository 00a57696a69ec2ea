import type { SqliteConnection } from '../../src/sqlite/connection.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { Projection } from '../../src/projections/projection.js';

export interface TallyOptions {
  readonly name?: string;
  readonly version?: number;
  /** Called when an event has been counted; what it throws makes it poison. */
  readonly then?: (event: LoggedEvent) => void;
}

/** A read model that counts events by id: each should stand there once, with a count of one. */
export function tally({ name = 'tally', version = 1, then }: TallyOptions = {}): Projection {
  const table = `${name}_${version}`;
  return {
    ...{ name, version },
    tables: [table],
    schema: `CREATE TABLE ${table} (id TEXT PRIMARY KEY, position INTEGER NOT NULL, count INTEGER NOT NULL) STRICT`,
    open(database: SqliteConnection) {
      const count = database.prepare(
        `INSERT INTO ${table} VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1`,
      );
      return (event) => {
        count.run(event.id, event.position);
        then?.(event);
        return undefined;
      };
    },
  };
}

/** The positions of the events that a tally has counted, and how often. */
export function counted(
  database: SqliteConnection,
  name = 'tally',
  version = 1,
): readonly (readonly [number, number])[] {
  return database
    .prepareLists<[], [number, number]>(`SELECT position, count FROM ${name}_${version} ORDER BY position`)
    .all();
}

/** Each of some positions, counted once. */
export function once(...positions: readonly (number | bigint)[]): readonly (readonly [number, number])[] {
  return positions.map((position) => [Number(position), 1]);
}

/** The names of the tables in a file. */
export function tablesOf(database: SqliteConnection): readonly string[] {
  return database.prepareValues<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
}
