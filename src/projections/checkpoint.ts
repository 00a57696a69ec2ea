import type { SqliteConnection } from '../sqlite/connection.js';
import type { Projection } from './projection.js';
import { incomplete } from './read-model-file.js';

/** How far a version of a read model has come. */
export interface Checkpoint {
  read(): bigint;
  /** Moves on from the position that was read, and from no other; to be called in the transaction of the rows it stands for. */
  move(from: bigint, to: bigint): void;
}

/**
 * The checkpoint of a read model, made with its empty tables if this version of it was never built in this file.
 * @throws {SqliteFileError} `UNREADABLE_FILE` where it was built and a table is missing
 */
export function openCheckpoint(database: SqliteConnection, projection: Projection): Checkpoint {
  const { name, version } = projection;
  database.transaction('immediate', () => createTables(database, projection));
  const select = database.prepareValues<[string, number], bigint>(
    'SELECT position FROM checkpoints WHERE projection = ? AND version = ?',
    { bigints: true },
  );
  const update = database.prepare(
    'UPDATE checkpoints SET position = ? WHERE projection = ? AND version = ? AND position = ?',
  );
  return {
    read: () => select.get(name, version) ?? 0n,
    move(from, to) {
      if (update.run(to, name, version, from).changes !== 1) {
        throw new Error(`the checkpoint of ${name} was moved by somebody else; one process, one file of read models`);
      }
    },
  };
}

function createTables(database: SqliteConnection, { name, version, schema, tables }: Projection): void {
  const known = database.prepare('SELECT 1 FROM checkpoints WHERE projection = ? AND version = ?').get(name, version);
  if (known === undefined) {
    database.exec(schema);
    database
      .prepare('INSERT INTO checkpoints (projection, version, position, tables) VALUES (?, ?, 0, ?)')
      .run(name, version, JSON.stringify(tables));
    return;
  }
  const there = database.prepare<[string], 1>("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
  const missing = tables.find((table) => there.get(table) === undefined);
  if (missing !== undefined) throw incomplete(database.path, missing);
}

/**
 * Drops the tables of every version of these read models but the current, and of read models that are no more: to be
 * called once the current have caught up.
 */
export function dropOldVersions(database: SqliteConnection, projections: readonly Projection[]): void {
  const current = new Map(projections.map(({ name, version }) => [name, version]));
  const rows = database
    .prepare<[], { projection: string; version: number; tables: string }>(
      'SELECT projection, version, tables FROM checkpoints',
    )
    .all();
  const forget = database.prepare('DELETE FROM checkpoints WHERE projection = ? AND version = ?');
  const drop = ({ projection, version, tables }: (typeof rows)[number]): void => {
    for (const table of JSON.parse(tables) as string[]) database.exec(`DROP TABLE IF EXISTS "${table}"`);
    forget.run(projection, version);
  };
  for (const row of rows)
    if (current.get(row.projection) !== row.version) database.transaction('immediate', () => drop(row));
}
