import type { FileKind } from './file-kind.js';
import { isDamage, isFileFault, isPassing, sqliteCodeOf, systemCodeOf, wordsFor } from './result-code.js';

/** `UNREADABLE_FILE`: the operator has to do something about it. `UNAVAILABLE`: trying again may help. */
export type SqliteFileErrorCode = 'UNREADABLE_FILE' | 'UNAVAILABLE';

/** A file that cannot be used. Its message is one sentence: which file, what is wrong with it, and what to do about it. */
export class SqliteFileError extends Error {
  constructor(
    readonly code: SqliteFileErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What is wrong with a file, said after its name, and what to do about it. */
export interface Complaint {
  readonly fault: string;
  readonly remedy: string;
  readonly cause?: unknown;
}

const PERMISSIONS = 'let the user that runs the service read and write it and its folder';

/** The refusal of a file. */
export function unreadable({ noun }: FileKind, path: string, { fault, remedy, cause }: Complaint): SqliteFileError {
  return new SqliteFileError('UNREADABLE_FILE', `${noun} ${path} ${fault}: ${remedy}`, { cause });
}

/** The refusal of a file with broken content. @param detail what is broken, where that is known */
export function damaged(kind: FileKind, path: string, detail?: string, cause?: unknown): SqliteFileError {
  const fault = detail === undefined ? 'is damaged' : `is damaged (${detail})`;
  return unreadable(kind, path, { fault, remedy: kind.remedies.damaged, cause });
}

/** What went wrong on opening a file; an error of another kind as it is. */
export function asOpeningError(kind: FileKind, path: string, error: unknown): unknown {
  if (error instanceof SqliteFileError) return error;
  const code = sqliteCodeOf(error);
  if (code === undefined) {
    const fault = systemCodeOf(error);
    return fault === undefined ? error : notOpened(kind, path, fault, error);
  }
  if (isDamage(code)) return damaged(kind, path, undefined, error);
  if (code !== 'SQLITE_BUSY' && code !== 'SQLITE_FULL') return notOpened(kind, path, wordsFor(code), error);
  const message = `${kind.noun} ${path} cannot be opened: ${wordsFor(code)}`;
  return new SqliteFileError('UNAVAILABLE', message, { cause: error });
}

/** What went wrong with an open file; an error that is not the file's as it is. */
export function asFileError(kind: FileKind, path: string, error: unknown): unknown {
  const code = sqliteCodeOf(error);
  if (code === undefined || !isFileFault(code)) return error;
  if (isDamage(code)) return damaged(kind, path, undefined, error);
  if (isPassing(code)) {
    const message = `${kind.noun} ${path} is unavailable: ${wordsFor(code)}`;
    return new SqliteFileError('UNAVAILABLE', message, { cause: error });
  }
  return unreadable(kind, path, { fault: `cannot be used (${wordsFor(code)})`, remedy: PERMISSIONS, cause: error });
}

function notOpened(kind: FileKind, path: string, detail: string, cause: unknown): SqliteFileError {
  return unreadable(kind, path, { fault: `cannot be opened (${detail})`, remedy: PERMISSIONS, cause });
}
