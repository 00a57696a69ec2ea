import { openDatabaseFile, type DatabaseFile } from '../sqlite/database-file.js';
import { asFileError, damaged } from '../sqlite/file-error.js';
import type { FileKind } from '../sqlite/file-kind.js';

/** How far each version of each read model has come, and its tables, a JSON list of their names. */
const TABLES = `
  CREATE TABLE checkpoints (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    position INTEGER NOT NULL,
    tables TEXT NOT NULL,
    PRIMARY KEY (projection, version)
  ) STRICT, WITHOUT ROWID;
`;

const READ_MODEL_FILE: FileKind = {
  noun: 'the read-model file',
  // "VMRV"
  applicationId: 0x564d5256,
  schemaVersion: 1,
  schema: TABLES,
  names: ['checkpoints'],
  samples: ['SELECT * FROM checkpoints'],
  // A crash may lose what came last, with its checkpoint: the log has it still.
  synchronous: 'NORMAL',
  // Two processes that keep one file would each find its checkpoints moved.
  exclusive: true,
  remedies: {
    damaged: 'stop the service, delete it and start again; it is rebuilt from the log',
    newer: 'start that release, or delete it and start again; it is rebuilt from the log',
  },
};

/**
 * Opens the file of the read models, or makes it. What is in it can be built anew from the log.
 * @throws {SqliteFileError} `UNREADABLE_FILE` for a file that is not ours, damaged, or newer than this release, which is
 * left as it is; `UNAVAILABLE` where trying again may help
 */
export function openReadModelFile(path: string): DatabaseFile {
  return openDatabaseFile(READ_MODEL_FILE, { path });
}

/** The refusal of a read-model file in which something is missing. */
export function incomplete(path: string, missing: string): Error {
  return damaged(READ_MODEL_FILE, path, `it lacks ${missing}`);
}

/** What went wrong with the open file of the read models; an error that is not the file's as it is. */
export function asReadModelFileError(path: string, error: unknown): unknown {
  return asFileError(READ_MODEL_FILE, path, error);
}
