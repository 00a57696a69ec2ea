import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
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
  return digestsOf(folder, (content) => content);
}

/** The places of the counters of changes in the header of an SQLite file (https://www.sqlite.org/fileformat.html, section 1.3). */
const CHANGE_COUNTERS = [24, 92];

/**
 * The same without the counters of changes: the driver of Node 20 leaves WAL mode when it closes a file, which is counted
 * although nothing else changes.
 */
export function dataOf(folder: string): Readonly<Record<string, string>> {
  return digestsOf(folder, (content) => {
    for (const place of CHANGE_COUNTERS) content.fill(0, place, place + 4);
    return content;
  });
}

function digestsOf(folder: string, part: (content: Buffer) => Buffer): Readonly<Record<string, string>> {
  const digest = (name: string): string =>
    createHash('sha256')
      .update(part(readFileSync(join(folder, name))))
      .digest('hex');
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, digest(name)]),
  );
}

/** Does something to a file as an SQLite database of anybody. */
export function raw(path: string, sql: string): void {
  const connection = openConnection(path);
  connection.exec(sql);
  connection.close();
}

/** Overwrites a page of a file, counted from 1. */
export function overwritePage(path: string, page: number): void {
  const bytes = readFileSync(path);
  bytes.fill(0xa5, (page - 1) * 4_096, page * 4_096);
  writeFileSync(path, bytes);
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

/** An error as a driver throws it. @param errcode the extended result code: https://www.sqlite.org/rescode.html */
export function sqliteError(errcode: number): Error {
  return Object.assign(new Error('in words of its own'), { code: 'ERR_SQLITE_ERROR', errcode });
}
