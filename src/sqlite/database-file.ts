import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { openConnection, type SqliteConnection } from './connection.js';
import { asOpeningError, unreadable } from './file-error.js';
import type { FileKind } from './file-kind.js';
import { fileIdOf, hold, isHeld, release, type FileId } from './held-files.js';
import { inspect, refuseOther } from './inspection.js';
import { systemCodeOf } from './result-code.js';

/** An open SQLite file. */
export interface DatabaseFile {
  readonly connection: SqliteConnection;
  /** Lets the file go; once more is no error. */
  close(): void;
}

export interface DatabaseFileOptions {
  /** A file, made with its folder where there is none (for its owner alone), or `:memory:`. */
  readonly path: string;
  /** How long opening waits while another process holds the file locked; 5 seconds by default. */
  readonly patienceMilliseconds?: number;
}

/** How long one statement keeps the event loop waiting for a lock, once the file is open. */
export const BUSY_MILLISECONDS = 50;

/** Pages, 4 kB each, that the -wal file takes before they are moved into the file: that waits for the disk, and moves a page once that was changed many times. */
const CHECKPOINT_PAGES = 4_000;

/** How much of a file stays in memory, in KiB; 2,000 is what SQLite would keep. */
const CACHE_KIB = 16_000;

const MEMORY = ':memory:';

const SYNCHRONOUS = { NORMAL: 1, FULL: 2 } as const;

/**
 * Opens a file, or makes it.
 * @throws {SqliteFileError} `UNREADABLE_FILE` for a file that is not ours, damaged, or newer than this release, which is
 * left as it is byte for byte; `UNAVAILABLE` where trying again may help
 */
export function openDatabaseFile(kind: FileKind, options: DatabaseFileOptions): DatabaseFile {
  const path = options.path === MEMORY ? MEMORY : resolve(options.path);
  try {
    const patience = options.patienceMilliseconds ?? 5_000;
    const file = path === MEMORY ? null : prepare(kind, path, patience);
    return held(connect(kind, path, patience), file);
  } catch (error) {
    throw asOpeningError(kind, path, error);
  }
}

/**
 * Opens a file that is there, by a connection that cannot write; others may have it open, and write.
 * @throws {SqliteFileError} `UNREADABLE_FILE` for no file, one that is not ours, or newer than this release
 */
export function openDatabaseFileToRead(kind: FileKind, options: DatabaseFileOptions): DatabaseFile {
  const path = resolve(options.path);
  try {
    const file = fileIdOf(path);
    if (!isHeld(file)) refuseOther(kind, path);
    const connection = openConnection(path, {
      ...{ readOnly: true, timeoutMilliseconds: options.patienceMilliseconds ?? 5_000 },
    });
    return held(connection, file);
  } catch (error) {
    throw asOpeningError(kind, path, error);
  }
}

function held(connection: SqliteConnection, file: FileId | null): DatabaseFile {
  if (file !== null) hold(file);
  return {
    connection,
    close() {
      if (!connection.isOpen) return;
      connection.close();
      if (file !== null) release(file);
    },
  };
}

/** Sees to it that there is a file that may be opened. */
function prepare(kind: FileKind, path: string, patienceMilliseconds: number): FileId {
  create(path);
  const file = fileIdOf(path);
  if (!isHeld(file)) inspect(kind, path, patienceMilliseconds);
  return file;
}

function create(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // SQLite gives the files that it puts beside this one the same permissions.
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return;
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Without this a power failure may take the name of a file whose content is safe. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function connect(kind: FileKind, path: string, patienceMilliseconds: number): SqliteConnection {
  const connection = openConnection(path, { timeoutMilliseconds: patienceMilliseconds });
  try {
    // Before anything is read: from the first access on the file is locked, and stays so (https://www.sqlite.org/wal.html, section 8).
    if (kind.exclusive) connection.pragma('locking_mode = EXCLUSIVE');
    createSchema(kind, connection);
    connection.pragma('journal_mode = WAL');
    // Some builds of SQLite fall back to NORMAL under WAL, so it is set after WAL, and read back.
    connection.pragma(`synchronous = ${kind.synchronous}`);
    expectPragma(kind, connection, { name: 'journal_mode', value: path === MEMORY ? 'memory' : 'wal' });
    expectPragma(kind, connection, { name: 'synchronous', value: SYNCHRONOUS[kind.synchronous] });
    connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    connection.pragma(`busy_timeout = ${BUSY_MILLISECONDS}`);
    connection.pragma(`cache_size = -${CACHE_KIB}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/**
 * Makes the tables of a new file, in one transaction with the marks that tell whose it is. To be called before the
 * file is in WAL mode: so the marks stand in the file itself, never in a log beside it alone.
 */
function createSchema(kind: FileKind, connection: SqliteConnection): void {
  connection.transaction('immediate', () => {
    // Another process may have been faster.
    if (connection.pragma('application_id') === kind.applicationId) {
      if (!isOutdated(kind, connection)) return;
      dropTables(connection);
    }
    connection.exec(kind.schema);
    connection.pragma(`application_id = ${kind.applicationId}`);
    connection.pragma(`user_version = ${kind.schemaVersion}`);
  });
}

function isOutdated({ rebuildable, schemaVersion }: FileKind, connection: SqliteConnection): boolean {
  return rebuildable === true && Number(connection.pragma('user_version')) < schemaVersion;
}

function dropTables(connection: SqliteConnection): void {
  const tables = connection.prepareValues<[], string>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'",
  );
  for (const name of tables.all()) connection.exec(`DROP TABLE "${name}"`);
}

function expectPragma(
  kind: FileKind,
  connection: SqliteConnection,
  { name, value }: { readonly name: string; readonly value: string | number },
): void {
  const actual = connection.pragma(name);
  if (actual === value) return;
  const fault = `keeps ${name} at ${String(actual)}, not ${value}`;
  throw unreadable(kind, connection.path, { fault, remedy: 'put it on a local disk' });
}
