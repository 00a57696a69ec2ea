import type { Instant } from '../../domain/instant.js';
import { base64Of } from '../notes/base64.js';
import { accountOfOrigin, claimOf } from '../notes/checkpoint.js';
import { closingOf, createNoteSplitter, noteInFile, type NoteSplitter } from '../notes/note-file.js';
import type { LastCheckpoint } from './schedule.js';

/** The file that signed checkpoints are put in; other processes may put theirs in, too. */
export interface CheckpointFile {
  /** What was added since it was last read, part by part; a file that took its place is told by `ANEW`, and read from its beginning. */
  read(): AsyncIterable<string | typeof ANEW>;
  /** Adds texts at its end, each in one write; answers once they are safe. */
  append(texts: readonly string[]): Promise<void>;
}

/** What follows is of another file. */
export const ANEW = Symbol('anew');

/** The largest checkpoint that was signed of a trail. */
export interface KnownCheckpoint extends LastCheckpoint {
  /** In base64; empty, so that no tree has it, where there are two roots of this size. */
  readonly root: string;
}

export interface LedgerOptions {
  readonly file: CheckpointFile;
  readonly now: () => Instant;
}

/** The file of checkpoints, as far as it was read, and the largest checkpoint of each account in it. */
export class Ledger {
  readonly #known = new Map<string, KnownCheckpoint>();
  #splitter: NoteSplitter = createNoteSplitter();
  #reading: Promise<void> = Promise.resolve();
  #wasRead = false;
  #unfinished = '';

  constructor(private readonly options: LedgerOptions) {}

  /** Reads what was added. What stood there when it was first read was signed at a time that is not known. */
  readOn(): Promise<void> {
    // One after the other: of two that read at once each would get a part.
    const reading = this.#reading.then(async () => {
      const at = this.#wasRead ? this.options.now() : null;
      for await (const part of this.options.file.read()) {
        if (part === ANEW) this.#splitter = createNoteSplitter();
        else for (const note of this.#splitter.push(part)) this.#take(note, at);
      }
      this.#wasRead = true;
    });
    this.#reading = reading.catch(() => undefined);
    return reading;
  }

  last(accountId: string): KnownCheckpoint | null {
    return this.#known.get(accountId) ?? null;
  }

  accounts(): readonly string[] {
    return [...this.#known.keys()];
  }

  /**
   * Whether notes can be added. Where the file ends in the middle of one, not before that is so for a second time: another
   * process may be writing it.
   */
  isReady(): boolean {
    const rest = this.#splitter.rest();
    const isReady = rest === '' || rest === this.#unfinished;
    this.#unfinished = rest;
    return isReady;
  }

  /** Adds notes, and knows them. What was torn off before them is closed. */
  async add(notes: readonly string[]): Promise<void> {
    const closing = closingOf(this.#splitter.rest());
    await this.options.file.append(notes.map((note, index) => (index === 0 ? closing : '') + noteInFile(note)));
    await this.readOn();
  }

  #take(note: string, at: Instant | null): void {
    const claim = claimOf(note);
    // The origin may have been renamed since; the account is the same.
    const accountId = claim && accountOfOrigin(claim.origin);
    if (claim === null || accountId === null) return;
    const [last, root] = [this.#known.get(accountId), base64Of(claim.root)];
    if (last === undefined || claim.size > last.size) this.#known.set(accountId, { size: claim.size, root, at });
    else if (claim.size === last.size && root !== last.root) this.#known.set(accountId, { ...last, root: '' });
  }
}
