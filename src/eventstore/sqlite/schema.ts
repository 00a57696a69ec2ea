import type { Database } from 'better-sqlite3';

/** "VMFA": marks a file as this service's. */
export const APPLICATION_ID = 0x564d4641;

/** Counts up with every change to the tables of the log's file. */
export const SCHEMA_VERSION = 1;

const TABLES = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    revision INTEGER NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    personal TEXT,
    recorded_at TEXT NOT NULL,
    UNIQUE (stream, version)
  ) STRICT;

  CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;

  CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;

  -- INSERT OR REPLACE deletes without telling the trigger above.
  CREATE TRIGGER events_are_only_appended BEFORE INSERT ON events
  WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM events WHERE stream = NEW.stream), 0)
    OR EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
  BEGIN SELECT RAISE(ABORT, 'events are only appended'); END;
`;

/**
 * Makes the tables of a new file, in one transaction with the marks that tell whose it is. To be called before the
 * file is in WAL mode: so the marks stand in the file itself, never in a log beside it alone.
 */
export function createSchema(connection: Database): void {
  const create = connection.transaction(() => {
    // Another process may have been faster.
    if (connection.pragma('application_id', { simple: true }) === APPLICATION_ID) return;
    connection.exec(TABLES);
    connection.pragma(`application_id = ${APPLICATION_ID}`);
    connection.pragma(`user_version = ${SCHEMA_VERSION}`);
  });
  create.immediate();
}
