import { existsSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { openConnection, type SqliteConnection } from './connection.js';
import { damaged, unreadable } from './file-error.js';
import { readHeader } from './file-header.js';
import type { FileKind } from './file-kind.js';

/** Up to this size a file is checked page by page when it is opened; a larger one would keep the service from starting. */
const CHECKED_WHOLLY = 16 * 1024 * 1024;

const ANOTHER_FILE = 'name another file, or move this one away';

/**
 * Looks at an existing file before anything is written, and leaves it as it is, byte for byte.
 * @throws {SqliteFileError} `UNREADABLE_FILE` for a file that is not of this kind, or not one that this release can read;
 * errors of SQLite and of the system as they come
 */
export function inspect(kind: FileKind, path: string, patienceMilliseconds: number): void {
  if (!statSync(path).isFile()) throw unreadable(kind, path, { fault: 'is not a file', remedy: 'name a file' });
  if (statSync(path).size === 0 || !isOurs(kind, path)) return;
  // A journal is left by a crash while the file was made: opening it for writing takes that back.
  if (!hasContent(`${path}-journal`)) checkContent(kind, path, patienceMilliseconds);
}

/** Refuses a file that is not of this kind, by its first page alone. @throws {SqliteFileError} `UNREADABLE_FILE` */
export function refuseOther(kind: FileKind, path: string): void {
  const isOne = statSync(path).isFile() && isOurs(kind, path);
  if (!isOne) throw unreadable(kind, path, { fault: 'holds no data', remedy: ANOTHER_FILE });
}

/** Whether there is a file of this kind already; no where it is an SQLite database without tables. */
function isOurs(kind: FileKind, path: string): boolean {
  const header = readHeader(path);
  if (header === null) throw unreadable(kind, path, { fault: 'is not an SQLite database', remedy: ANOTHER_FILE });
  // The tables of another application may still stand in the -wal file alone; our own marks never do.
  if (header.applicationId === 0 && header.empty && !hasContent(`${path}-wal`)) return false;
  if (header.applicationId !== kind.applicationId) {
    throw unreadable(kind, path, { fault: 'belongs to another application', remedy: ANOTHER_FILE });
  }
  checkVersion(kind, path, header.schemaVersion);
  return true;
}

function checkVersion(kind: FileKind, path: string, version: number): void {
  if (version > kind.schemaVersion) {
    const fault = `was written by a newer release (schema ${version}, not ${kind.schemaVersion})`;
    throw unreadable(kind, path, { fault, remedy: kind.remedies.newer });
  }
  if (version < 1) throw damaged(kind, path, 'it has no schema version');
}

/**
 * Without the right to write, so that closing the file moves nothing from the -wal file into it. The file is attached, and
 * not opened: whatever the driver, detaching gives up its locks at once.
 */
function checkContent(kind: FileKind, path: string, patienceMilliseconds: number): void {
  const connection = openConnection(':memory:', { timeoutMilliseconds: patienceMilliseconds });
  try {
    connection.prepare<[string]>('ATTACH ? AS file').run(`${pathToFileURL(path).href}?mode=ro`);
    const version = Number(connection.pragma('file.user_version'));
    checkVersion(kind, path, version);
    if (kind.rebuildable === true && version < kind.schemaVersion) return;
    const fault = faultOf(kind, connection);
    if (fault !== null) throw damaged(kind, path, fault);
  } finally {
    detach(connection);
    connection.close();
  }
}

function detach(connection: SqliteConnection): void {
  const attached = connection
    .prepareValues<[], string>("SELECT name FROM pragma_database_list WHERE name = 'file'")
    .get();
  if (attached !== undefined) connection.exec('DETACH file');
}

function faultOf({ names, samples }: FileKind, connection: SqliteConnection): string | null {
  const [missing] = missingNames(connection, names, 'file');
  if (missing !== undefined) return `it lacks ${missing}`;
  if (sizeOf(connection) > CHECKED_WHOLLY) {
    // A damaged page that these do not come across is found when it is read.
    for (const sample of samples) connection.prepare(sample).all();
    return null;
  }
  const verdict = String(connection.pragma('file.quick_check(1)'));
  return verdict === 'ok' ? null : 'its pages do not fit together';
}

/** Which of these tables and triggers a file lacks. @param schema under which the connection has the file */
export function missingNames(
  connection: SqliteConnection,
  names: readonly string[],
  schema: 'main' | 'file' = 'main',
): readonly string[] {
  const there = new Set(connection.prepareValues<[], string>(`SELECT name FROM ${schema}.sqlite_schema`).all());
  return names.filter((name) => !there.has(name));
}

function sizeOf(connection: SqliteConnection): number {
  const [pages, bytes] = ['page_count', 'page_size'].map((name) => Number(connection.pragma(`file.${name}`)));
  return (pages ?? 0) * (bytes ?? 0);
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0;
}
