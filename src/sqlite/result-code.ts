/** Result codes that tell of the file and what it lies on, not of what was asked, in words for the operator. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  ['SQLITE_FULL', 'the disk is full'],
  ['SQLITE_BUSY', 'another process holds the file locked'],
  ['SQLITE_LOCKED', 'another process holds the file locked'],
  ['SQLITE_PROTOCOL', 'another process holds the file locked'],
  ['SQLITE_READONLY', 'the file cannot be written'],
  ['SQLITE_PERM', 'the file cannot be written'],
  ['SQLITE_CANTOPEN', 'the file cannot be opened'],
  ['SQLITE_IOERR', 'the disk reports an error'],
  ['SQLITE_NOMEM', 'there is no memory left'],
  ['SQLITE_CORRUPT', 'the file is damaged'],
  ['SQLITE_NOTADB', 'the file is damaged'],
]);

/** Primary result codes, each at its number. */
const CODES: readonly string[] = [
  ...['SQLITE_OK', 'SQLITE_ERROR', 'SQLITE_INTERNAL', 'SQLITE_PERM', 'SQLITE_ABORT', 'SQLITE_BUSY', 'SQLITE_LOCKED'],
  ...['SQLITE_NOMEM', 'SQLITE_READONLY', 'SQLITE_INTERRUPT', 'SQLITE_IOERR', 'SQLITE_CORRUPT', 'SQLITE_NOTFOUND'],
  ...['SQLITE_FULL', 'SQLITE_CANTOPEN', 'SQLITE_PROTOCOL', 'SQLITE_EMPTY', 'SQLITE_SCHEMA', 'SQLITE_TOOBIG'],
  ...['SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_MISUSE', 'SQLITE_NOLFS', 'SQLITE_AUTH', 'SQLITE_FORMAT'],
  ...['SQLITE_RANGE', 'SQLITE_NOTADB'],
];

/** The messages of faults of the file: `all` of @photostructure/sqlite 1.2.1 throws without `errcode`. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ['access permission denied', 'SQLITE_PERM'],
  ['database is locked', 'SQLITE_BUSY'],
  ['out of memory', 'SQLITE_NOMEM'],
  ['attempt to write a readonly database', 'SQLITE_READONLY'],
  ['disk I/O error', 'SQLITE_IOERR'],
  ['database disk image is malformed', 'SQLITE_CORRUPT'],
  ['database or disk is full', 'SQLITE_FULL'],
  ['unable to open database file', 'SQLITE_CANTOPEN'],
  ['locking protocol', 'SQLITE_PROTOCOL'],
  ['file is not a database', 'SQLITE_NOTADB'],
]);

const DAMAGE = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

const LASTING = new Set(['SQLITE_READONLY', 'SQLITE_PERM', ...DAMAGE]);

/**
 * The primary result code of an error of SQLite (`SQLITE_IOERR` of `SQLITE_IOERR_WRITE`), undefined for any other error.
 * Told by its code and not by its class, of which a process may hold several copies.
 */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (systemCodeOf(error) !== 'ERR_SQLITE_ERROR') return undefined;
  const { errcode, message } = error as { readonly errcode?: unknown; readonly message?: unknown };
  // The low byte of an extended code is the primary one: https://www.sqlite.org/rescode.html, section 2.
  const code = typeof errcode === 'number' ? CODES[errcode & 0xff] : MESSAGES.get(String(message));
  return code ?? 'SQLITE_ERROR';
}

/** The code of an error of the operating system, `EACCES` say, or of any other error that has one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** What a result code means, in words. */
export function wordsFor(code: string): string {
  return FAULTS.get(code) ?? `SQLite answers ${code}`;
}

/** Whether the file itself says no, whatever was asked of it. */
export function isFileFault(code: string): boolean {
  return FAULTS.has(code);
}

/** Whether a fault of the file may be gone at the next try. */
export function isPassing(code: string): boolean {
  return isFileFault(code) && !LASTING.has(code);
}

/** Whether the content of the file is broken. */
export function isDamage(code: string): boolean {
  return DAMAGE.has(code);
}
