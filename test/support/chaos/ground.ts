import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemCodeOf } from '../../../src/sqlite/result-code.js';

/** Something that the machine does to files, until it is undone. */
export type Undo = () => void;

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Room for the files, for -wal files as large as they get, and for copies beside them. */
const DISK_BYTES = 160 * 1_024 * 1_024;

/** A file system in a file, where this user may make one; else one in memory, whose files cannot be made read-only while open. */
function mounted(path: string): boolean {
  const image = `${path}.image`;
  closeSync(openSync(image, 'w'));
  truncateSync(image, DISK_BYTES);
  const inFile = run('mkfs.ext4', '-q', '-F', '-m', '0', image) && run('mount', '-o', 'loop', image, path);
  return inFile || run('mount', '-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path);
}

/** A disk that is soon full; null where this user may mount none. */
export function smallDisk(): { readonly path: string; remove(): void } | null {
  const path = mkdtempSync(join(tmpdir(), 'virtual-mfa-disk-'));
  const remove = (): void => {
    rmSync(path, { recursive: true });
    rmSync(`${path}.image`);
  };
  if (!mounted(path)) {
    remove();
    return null;
  }
  return {
    path,
    remove() {
      if (run('umount', '-l', path)) remove();
    },
  };
}

const CHUNK = 4_096;
/** A small disk has not more; a larger one is not filled. */
const MOST_CHUNKS = DISK_BYTES / CHUNK;

/** Fills the small disk that a folder is on, to the last block; null where it is on a disk that others use, too. */
export function fillDisk(folder: string): Undo | null {
  if (!folder.includes('virtual-mfa-disk-')) return null;
  const ballast = join(folder, 'ballast');
  const chunk = Buffer.alloc(CHUNK);
  for (let written = 0; written <= MOST_CHUNKS; written += 1) {
    try {
      writeFileSync(ballast, chunk, { flag: 'a' });
    } catch (error) {
      if (systemCodeOf(error) === 'ENOSPC') return () => rmSync(ballast);
      throw error;
    }
  }
  throw new Error('a disk that was to be small does not fill up');
}

/** Lets no file of a process grow beyond so many bytes; null where there is no `prlimit`. */
export function fileSizeLimit(pid: number, bytes: number): Undo | null {
  const limit = (to: string): boolean => run('prlimit', `--pid=${pid}`, `--fsize=${to}:`);
  return limit(String(bytes)) ? () => void limit('unlimited') : null;
}

/** Whether files of a folder that are open already are held to the attribute. */
function attributeBinds(folder: string): boolean {
  const probe = join(folder, 'probe');
  const file = openSync(probe, 'w');
  try {
    if (!run('chattr', '+i', probe)) return false;
    writeSync(file, 'x');
    return false;
  } catch {
    return true;
  } finally {
    closeSync(file);
    run('chattr', '-i', probe);
    rmSync(probe);
  }
}

/**
 * Makes a file one that cannot be written: by its mode for a file that is still to be opened, by an attribute where that does not
 * bind, for root or an open file. Null where the file system or this user has no such attribute.
 */
export function makeReadOnly(path: string, state: 'open' | 'closed'): Undo | null {
  if (state === 'closed' && process.getuid?.() !== 0) {
    chmodSync(path, 0o400);
    return () => chmodSync(path, 0o600);
  }
  if (state === 'open' && !attributeBinds(dirname(path))) return null;
  return run('chattr', '+i', path) ? () => void run('chattr', '-i', path) : null;
}
