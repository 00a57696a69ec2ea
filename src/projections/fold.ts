import type { Database } from 'better-sqlite3';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import type { Projection } from './projection.js';

/** A read model at its place in the log. */
export interface Fold {
  readonly name: string;
  position(): bigint;
  /**
   * Takes in events and moves on to a position, in one transaction; events that it has seen are passed over. Answers what
   * stopped it, after keeping everything that came before.
   */
  apply(events: readonly LoggedEvent[], position: bigint): Error | null;
}

const CHECKPOINTS = `
  CREATE TABLE IF NOT EXISTS checkpoints (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tables TEXT NOT NULL,
    PRIMARY KEY (projection, version)
  ) STRICT, WITHOUT ROWID`;

interface Checkpoint {
  read(): bigint;
  /** Moves on from the position that was read, and from no other. */
  move(from: bigint, to: bigint): void;
}

function checkpointOf(database: Database, { name, version }: Projection): Checkpoint {
  const select = database
    .prepare<[string, number], { position: bigint }>(
      'SELECT position FROM checkpoints WHERE projection = ? AND version = ?',
    )
    .safeIntegers();
  const update = database.prepare(
    'UPDATE checkpoints SET position = ? WHERE projection = ? AND version = ? AND position = ?',
  );
  return {
    read: () => select.get(name, version)?.position ?? 0n,
    move(from, to) {
      if (update.run(to, name, version, from).changes !== 1) {
        throw new Error(`the checkpoint of ${name} was moved by somebody else; one process, one file of read models`);
      }
    },
  };
}

function createTables(database: Database, { name, version, schema, tables }: Projection): void {
  database.exec(CHECKPOINTS);
  database
    .transaction(() => {
      const known = database
        .prepare('SELECT 1 FROM checkpoints WHERE projection = ? AND version = ?')
        .get(name, version);
      if (known !== undefined) return;
      database.exec(schema);
      database
        .prepare('INSERT INTO checkpoints (projection, version, position, tables) VALUES (?, ?, 0, ?)')
        .run(name, version, JSON.stringify(tables));
    })
    .immediate();
}

function refusalOf({ name }: Projection, { id, type }: LoggedEvent, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${name} cannot take in event ${id} (${type}): ${reason}`, { cause });
}

/** Opens a read model, with empty tables if this version of it was never built in this file. */
export function openFold(database: Database, projection: Projection): Fold {
  createTables(database, projection);
  const checkpoint = checkpointOf(database, projection);
  const handle = projection.open(database);
  let position = checkpoint.read();

  const applyAll = database.transaction((events: readonly LoggedEvent[], from: bigint, to: bigint) => {
    for (const event of events) handle(event);
    checkpoint.move(from, to);
  });

  function advance(events: readonly LoggedEvent[], to: bigint): void {
    applyAll.immediate(events, position, to);
    position = to;
  }

  function applyOneByOne(events: readonly LoggedEvent[]): Error | null {
    for (const event of events) {
      try {
        advance([event], event.position);
      } catch (error) {
        return refusalOf(projection, event, error);
      }
    }
    return null;
  }

  return {
    name: projection.name,
    position: () => position,
    apply(events, to) {
      const fresh = events.filter((event) => event.position > position);
      if (to <= position) return null;
      try {
        advance(fresh, to);
        return null;
      } catch {
        return applyOneByOne(fresh);
      }
    },
  };
}

/** Drops the tables of every version of these read models but the current: to be called once the current have caught up. */
export function dropOldVersions(database: Database, projections: readonly Projection[]): void {
  const current = new Map(projections.map(({ name, version }) => [name, version]));
  const rows = database
    .prepare<[], { projection: string; version: number; tables: string }>(
      'SELECT projection, version, tables FROM checkpoints',
    )
    .all();
  const old = rows.filter(({ projection, version }) => current.get(projection) !== version);
  for (const { projection, version, tables } of old) {
    database.transaction(() => {
      for (const table of JSON.parse(tables) as string[]) database.exec(`DROP TABLE IF EXISTS "${table}"`);
      database.prepare('DELETE FROM checkpoints WHERE projection = ? AND version = ?').run(projection, version);
    })();
  }
}
