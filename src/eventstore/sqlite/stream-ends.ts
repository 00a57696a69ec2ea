import type { SqliteConnection, SqliteStatement } from '../../sqlite/connection.js';

/** Streams whose ends are known at once; when there are more, all are looked up anew. */
const ENDS_KNOWN = 20_000;

/**
 * Where streams end, as far as that is known: most reads are made to see whether there is anything new, and mostly there is
 * nothing. What is known holds until another connection commits, which SQLite tells for a tenth of what reading a stream costs
 * (https://www.sqlite.org/pragma.html#pragma_data_version); what this connection appends has to be noted here.
 */
export class StreamEnds {
  readonly #dataVersion: SqliteStatement<[], number>;
  #asOf: number | undefined;
  #ends = new Map<string, number>();

  constructor(connection: SqliteConnection) {
    this.#dataVersion = connection.prepareValues<[], number>('PRAGMA data_version');
  }

  /** Whether it is known that a stream has nothing after a version. */
  endsBy(stream: string, version: number): boolean {
    const asOf = this.#dataVersion.get();
    if (asOf !== this.#asOf) this.#ends = new Map();
    this.#asOf = asOf;
    const end = this.#ends.get(stream);
    return end !== undefined && end <= version;
  }

  /**
   * Takes note that a stream has nothing after a version: as it was just read, or inserted. Where that is undone it says too much,
   * which does no harm: who asks for less is not told that there is nothing.
   */
  note(stream: string, version: number): void {
    if (this.#ends.size >= ENDS_KNOWN) this.#ends = new Map();
    this.#ends.set(stream, version);
  }
}
