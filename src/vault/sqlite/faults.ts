import { VaultError } from '../vault.js';

const WORDS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_BUSY: 'another process holds the file locked',
  SQLITE_LOCKED: 'another process holds the file locked',
  SQLITE_READONLY: 'the file cannot be written',
  SQLITE_IOERR: 'the disk reports an error',
  SQLITE_CORRUPT: 'the file is damaged',
};

/** An error of SQLite as the port knows it; any other error as it is. */
export function asVaultError(error: unknown): unknown {
  const code = sqliteCodeOf(error);
  if (code === undefined) return error;
  return new VaultError('UNAVAILABLE', `the vault is unavailable: ${WORDS[code] ?? `SQLite answers ${code}`}`, {
    cause: error,
  });
}

/** The primary result code; told by code and not by class, of which a process may hold several copies. */
function sqliteCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? /^SQLITE_[A-Z]+/.exec(error.code)?.[0] : undefined;
}
