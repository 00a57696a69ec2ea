import { statSync } from 'node:fs';

/** A file by device and inode, whatever its path. */
export type FileId = string;

/** How often this process has each file open. */
const open = new Map<FileId, number>();

/** Which file a path leads to. */
export function fileIdOf(path: string): FileId {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

/**
 * Whether this process has a file open: then it must not be read past SQLite, since closing it again would drop the locks
 * that the process holds on it (https://www.sqlite.org/howtocorrupt.html, section 2.2).
 */
export function isHeld(file: FileId): boolean {
  return open.has(file);
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
