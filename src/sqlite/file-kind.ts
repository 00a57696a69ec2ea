/** A kind of SQLite file that the service owns: whose it is, what is in it, and what to do if it cannot be used. */
export interface FileKind {
  /** What it is called in messages: `the event log`. */
  readonly noun: string;
  /** Marks a file as of this kind, in its header: https://www.sqlite.org/fileformat2.html, section 1.3.13. */
  readonly applicationId: number;
  /** Counts up with every change to `schema`. */
  readonly schemaVersion: number;
  /** The statements that make the tables of a new file. */
  readonly schema: string;
  /** What a file must have, as it stands in `sqlite_schema`. */
  readonly names: readonly string[];
  /** Queries that read a little of a file that is too large to be checked page by page. */
  readonly samples: readonly string[];
  /** `FULL`: what was committed outlives a power failure. `NORMAL`: it outlives the process. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Whether one process has the file for itself. */
  readonly exclusive: boolean;
  /** Whether what is in it can be built anew, so that a file of an older schema is emptied instead of brought up to date. */
  readonly rebuildable?: boolean;
  /** What to do about a file that is damaged, or was written by a newer release: `restore it from a backup`. */
  readonly remedies: { readonly damaged: string; readonly newer: string };
}
