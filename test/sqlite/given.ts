import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DatabaseFile } from '../../src/sqlite/database-file.js';
import { SqliteFileError } from '../../src/sqlite/file-error.js';

/** A folder of its own, which `dispose` removes after closing what was opened there. */
export interface Folder {
  readonly path: string;
  /** A path in the folder. */
  at(name: string): string;
  /** Has a file closed at the end. */
  keep(file: DatabaseFile): DatabaseFile;
  dispose(): void;
}

export function freshFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'virtual-mfa-'));
  const files: DatabaseFile[] = [];
  return {
    path,
    at: (name) => join(path, name),
    keep(file) {
      files.push(file);
      return file;
    },
    dispose() {
      for (const file of files) file.close();
      rmSync(path, { recursive: true });
    },
  };
}

/** Every file of a folder with the digest of its content. */
export function contentOf(folder: string): Readonly<Record<string, string>> {
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, digest(name)]),
  );
}

/** Does something to a file as an SQLite database of anybody. */
export function raw(path: string, sql: string): void {
  const connection = new Sqlite(path);
  connection.exec(sql);
  connection.close();
}

/** How opening a file was refused. */
export function refusalOf(open: () => unknown): SqliteFileError {
  try {
    open();
  } catch (error) {
    if (error instanceof SqliteFileError) return error;
    throw error;
  }
  throw new Error('the file was not refused');
}
