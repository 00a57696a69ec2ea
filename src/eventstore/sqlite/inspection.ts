import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { readHeader } from './file-header.js';
import { unreadable } from './opening-error.js';
import { APPLICATION_ID, SCHEMA_VERSION } from './schema.js';

/** Up to this size a file is checked page by page when it is opened; a larger one would keep the service from starting. */
const CHECKED_WHOLLY = 16 * 1024 * 1024;

const ANOTHER_FILE = 'name another file, or move this one away';

const BACKUP = 'restore it from a backup';

/** What the log's file must have, as it stands in `sqlite_schema`. */
const EXPECTED = ['events', 'events_are_never_changed', 'events_are_never_deleted', 'events_are_only_appended'];

/**
 * Looks at an existing file before anything is written, and leaves it as it is, byte for byte.
 * @throws {EventStoreError} `UNREADABLE_FILE` for a file that is not a log of this service, or not one that this release
 * can read; errors of SQLite and of the system as they come
 */
export function inspect(path: string): void {
  if (!statSync(path).isFile()) throw unreadable(path, 'is not a file', 'name a file');
  if (statSync(path).size === 0 || !isOurs(path)) return;
  // A journal is left by a crash while the file was made: opening it for writing takes that back.
  if (!hasContent(`${path}-journal`)) checkContent(path);
}

/** Whether a log is there already; no where the file is an SQLite database without tables. */
function isOurs(path: string): boolean {
  const header = readHeader(path);
  if (header === null) throw unreadable(path, 'is not an SQLite database', ANOTHER_FILE);
  // The tables of another application may still stand in the -wal file alone; our own marks never do.
  if (header.applicationId === 0 && header.empty && !hasContent(`${path}-wal`)) return false;
  if (header.applicationId !== APPLICATION_ID) throw unreadable(path, 'belongs to another application', ANOTHER_FILE);
  checkVersion(path, header.schemaVersion);
  return true;
}

function checkVersion(path: string, version: number): void {
  if (version > SCHEMA_VERSION) {
    const fault = `was written by a newer release (schema ${version}, not ${SCHEMA_VERSION})`;
    throw unreadable(path, fault, 'start that release');
  }
  if (version < 1) throw unreadable(path, 'is damaged (it has no schema version)', BACKUP);
}

/** By a connection that cannot write, so that closing it moves nothing from the -wal file into this one. */
function checkContent(path: string): void {
  const connection = new Database(path, { readonly: true, fileMustExist: true });
  try {
    checkVersion(path, Number(connection.pragma('user_version', { simple: true })));
    const fault = faultOf(connection);
    if (fault !== null) throw unreadable(path, `is damaged (${fault})`, BACKUP);
  } finally {
    connection.close();
  }
}

function faultOf(connection: Database.Database): string | null {
  const names = new Set(connection.prepare<[], string>('SELECT name FROM sqlite_schema').pluck().all());
  const missing = EXPECTED.find((name) => !names.has(name));
  if (missing !== undefined) return `it lacks ${missing}`;
  if (sizeOf(connection) > CHECKED_WHOLLY) {
    // Its first and its last event, and what leads there; a damaged page between them is found when it is read.
    for (const edge of ['min', 'max']) {
      connection.prepare(`SELECT * FROM events WHERE position = (SELECT ${edge}(position) FROM events)`).get();
    }
    return null;
  }
  const verdict = String(connection.pragma('quick_check(1)', { simple: true }));
  return verdict === 'ok' ? null : 'its pages do not fit together';
}

function sizeOf(connection: Database.Database): number {
  const [pages, bytes] = ['page_count', 'page_size'].map((name) => Number(connection.pragma(name, { simple: true })));
  return (pages ?? 0) * (bytes ?? 0);
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}
