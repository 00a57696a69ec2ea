import type { FileKind } from '../../sqlite/file-kind.js';

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

/** The file of the log, in which the vault has a table of its own. */
export const LOG_FILE: FileKind = {
  noun: 'the event log',
  // "VMFA"
  applicationId: 0x564d4641,
  schemaVersion: 1,
  schema: TABLES,
  names: ['events', 'events_are_never_changed', 'events_are_never_deleted', 'events_are_only_appended'],
  // Its first and its last event, and what leads there.
  samples: ['min', 'max'].map((edge) => `SELECT * FROM events WHERE position = (SELECT ${edge}(position) FROM events)`),
  synchronous: 'FULL',
  exclusive: false,
  remedies: { damaged: 'restore it from a backup', newer: 'start that release' },
};
