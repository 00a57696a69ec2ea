import { closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from './inspection.js';
import { systemCodeOf } from './opening-error.js';

/** A file by device and inode, whatever its path. */
export type FileId = string;

/** How often this process has each file open. */
const open = new Map<FileId, number>();

/**
 * Sees to it that there is a file that may be opened, and makes it where there is none.
 * @throws {EventStoreError} `UNREADABLE_FILE` as `inspect` does
 */
export function prepareFile(path: string): FileId {
  create(path);
  const { dev, ino } = statSync(path);
  const file = `${dev}:${ino}`;
  // Reading a file drops the locks that this process holds on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
  if (!open.has(file)) inspect(path);
  return file;
}

/** Notes that this process has a file open. */
export function hold(file: FileId): void {
  open.set(file, (open.get(file) ?? 0) + 1);
}

/** Notes that one holder has let a file go. */
export function release(file: FileId): void {
  const left = (open.get(file) ?? 0) - 1;
  if (left > 0) open.set(file, left);
  else open.delete(file);
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
