import { join } from 'node:path';
import type { SqliteConnection } from '../sqlite/connection.js';
import { openDatabaseFile, type DatabaseFile } from '../sqlite/database-file.js';
import { asFileError, damaged, SqliteFileError, unreadable } from '../sqlite/file-error.js';
import type { FileKind } from '../sqlite/file-kind.js';
import { sqliteCodeOf } from '../sqlite/result-code.js';

/** How far each version of each read model has come, and its tables, a JSON list of their names; and the log that they come from. */
const TABLES = `
  CREATE TABLE checkpoints (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tables TEXT NOT NULL,
    PRIMARY KEY (projection, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE built_from (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    first_event_id TEXT NOT NULL
  ) STRICT;
`;

const READ_MODEL_FILE: FileKind = {
  noun: 'the read-model file',
  // "VMRV"
  applicationId: 0x564d5256,
  schemaVersion: 2,
  schema: TABLES,
  names: ['checkpoints', 'built_from'],
  samples: ['SELECT * FROM checkpoints', 'SELECT * FROM built_from'],
  // A crash may lose what came last, with its checkpoint: the log has it still.
  synchronous: 'NORMAL',
  // Two processes that keep one file would each find its checkpoints moved.
  exclusive: true,
  rebuildable: true,
  remedies: {
    damaged: 'stop the service, delete it and start again; it is rebuilt from the log',
    newer: 'start that release, or delete it and start again; it is rebuilt from the log',
  },
};

/** KiB of pages in memory. */
const CACHE_KIB = 16_384;
/** Pages of the write-ahead log before they are put into the file: a page that is written again and again gets there once. */
const CHECKPOINT_PAGES = 8_000;

/**
 * Suits a file that is built at full speed: fewer checkpoints, each of which waits for the disk. What a row held is overwritten
 * where that writes no page more (https://sqlite.org/pragma.html#pragma_secure_delete); whole pages that are given up stay as
 * they were until they are used again, or dropping an old version would write all of it once more.
 */
function tuned(file: DatabaseFile): DatabaseFile {
  file.connection.pragma('secure_delete = FAST');
  file.connection.pragma(`cache_size = -${CACHE_KIB}`);
  file.connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  return file;
}

/**
 * Opens the file of the read models, or makes it. What is in it can be built anew from the log.
 * @throws {SqliteFileError} `UNREADABLE_FILE` for a file that is not ours, damaged, or newer than this release, which is
 * left as it is; `UNAVAILABLE` where trying again may help
 */
export function openReadModelFile(path: string): DatabaseFile {
  return tuned(openDatabaseFile(READ_MODEL_FILE, { path }));
}

/** More processes than any machine serves with. */
const MOST_FILES = 64;

/**
 * Opens a file of the read models that no other process has: `read-models.db`, else `read-models-2.db` and so on. One that a
 * process left behind is taken over, with all that is in it.
 * @throws {SqliteFileError} as `openReadModelFile` does; `UNAVAILABLE` where other processes have all of them
 */
export function openOwnReadModelFile(folder: string): DatabaseFile {
  for (let number = 1; ; number += 1) {
    const path = join(folder, number === 1 ? 'read-models.db' : `read-models-${number}.db`);
    try {
      return tuned(openDatabaseFile(READ_MODEL_FILE, { path, patienceMilliseconds: 0 }));
    } catch (error) {
      if (number === MOST_FILES || !isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof SqliteFileError && sqliteCodeOf(error.cause) === 'SQLITE_BUSY';
}

/** Which log a file of read models was built from: positions of one log mean nothing in another. */
export interface Origin {
  /** The id of that log's first event; null before any was taken in. */
  read(): string | null;
  /** Notes it, once. */
  note(firstEventId: string): void;
}

/** Opens the note of which log a file was built from. */
export function openOrigin(database: SqliteConnection): Origin {
  const select = database.prepareValues<[], string>('SELECT first_event_id FROM built_from');
  const insert = database.prepare('INSERT OR IGNORE INTO built_from (only, first_event_id) VALUES (1, ?)');
  // It is told with every batch; a statement that changes nothing takes the file's lock all the same.
  let noted = false;
  return {
    read: () => select.get() ?? null,
    note(firstEventId) {
      if (!noted) insert.run(firstEventId);
      noted = true;
    },
  };
}

/** The refusal of a read-model file that belongs to another log. @param fault how that shows */
export function ofAnotherLog(path: string, fault: string): SqliteFileError {
  const remedy = 'delete it and start again; it is rebuilt from the log';
  return unreadable(READ_MODEL_FILE, path, { fault, remedy });
}

/** The refusal of a read-model file in which something is missing. */
export function incomplete(path: string, missing: string): Error {
  return damaged(READ_MODEL_FILE, path, `it lacks ${missing}`);
}

/** What went wrong with the open file of the read models; an error that is not the file's as it is. */
export function asReadModelFileError(path: string, error: unknown): unknown {
  return asFileError(READ_MODEL_FILE, path, error);
}
