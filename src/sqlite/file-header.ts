import { closeSync, openSync, readSync } from 'node:fs';

/** What the first page of an SQLite file says, read without SQLite, which would leave traces beside the file. */
export interface FileHeader {
  readonly applicationId: number;
  readonly schemaVersion: number;
  /** Whether the file holds no table at all. */
  readonly empty: boolean;
}

const MAGIC = 'SQLite format 3\0';

/** As far as the header of the first page's tree: https://www.sqlite.org/fileformat2.html, sections 1.3 and 1.6. */
const LENGTH = 108;

/** The header of a file that has content, or null where it is no SQLite file. */
export function readHeader(path: string): FileHeader | null {
  const bytes = Buffer.alloc(LENGTH);
  // For writing too: a file that may only be read is refused by SQLite no sooner than with the first event.
  const file = openSync(path, 'r+');
  try {
    if (readSync(file, bytes, 0, LENGTH, 0) < LENGTH) return null;
  } finally {
    closeSync(file);
  }
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  return {
    applicationId: bytes.readUInt32BE(68),
    schemaVersion: bytes.readUInt32BE(60),
    // The schema's tree is one leaf page (type 13) without cells.
    empty: bytes.readUInt8(100) === 13 && bytes.readUInt16BE(103) === 0,
  };
}
