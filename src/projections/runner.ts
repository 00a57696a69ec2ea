import type { LoggedEvent } from '../eventstore/event-codec.js';
import type { SqliteConnection } from '../sqlite/connection.js';
import type { EventLog } from '../eventstore/event-log.js';
import type { Batch, EventStore } from '../eventstore/event-store.js';
import { dropOldVersions } from './checkpoint.js';
import { decodeBatch } from './decoding.js';
import { openFold, type Fold } from './fold.js';
import { keepTrying, mayPass } from './keep-trying.js';
import type { Projection } from './projection.js';
import { asReadModelFileError, openOrigin, type Origin } from './read-model-file.js';
import { openTakeIn, type TakeIn } from './taking-in.js';
import { createWaiters } from './waiters.js';

/** How the read models stand. */
export interface ReadModelStatus {
  /** How far all of them have come in the log, halted ones included. */
  readonly position: bigint;
  /** The read models that halted, and why; health is red while there are any. */
  readonly halted: readonly { readonly projection: string; readonly reason: string }[];
  /** What keeps all of them from going on just now, in words; it is tried again until it works. Null where nothing does. */
  readonly waitingFor: string | null;
}

/** Keeps read models up to date with the log. */
export interface ProjectionRunner {
  /**
   * Waits until all read models but halted ones have come as far as a position; answers whether they have within so many
   * milliseconds, false at once where all of them have halted.
   */
  reached(position: bigint, milliseconds: number): Promise<boolean>;
  status(): ReadModelStatus;
  /** Tells of the events of each batch once the read models have taken them in. Answers how to stop that. */
  onNews(listener: NewsListener): () => void;
  stop(): Promise<void>;
}

/** Told of events that the read models have just taken in; of some of them again where a read model had to wait. */
export type NewsListener = (events: readonly LoggedEvent[]) => void;

export interface RunnerOptions {
  /** The file of the read models. */
  readonly database: SqliteConnection;
  readonly store: EventStore;
  readonly log: EventLog;
  readonly projections: readonly Projection[];
  /** Told of every read model that halts. */
  readonly onHalt: (projection: string, error: Error) => void;
  /** Told when all read models begin to wait for something that may pass: for the vault, say. */
  readonly onWait: (error: Error) => void;
  /** Between two tries of what may work later; half a second by default. */
  readonly pauseMilliseconds?: number;
  /** Nothing is read from the log before this is fulfilled; at once by default. */
  readonly begin?: Promise<unknown>;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** How far all of some read models have come; 0 where there are none. */
function leastPosition(folds: readonly Fold[]): bigint {
  const [first, ...others] = folds.map((fold) => fold.position());
  return others.reduce((least, position) => (position < least ? position : least), first ?? 0n);
}

/**
 * Starts keeping read models: a batch and their checkpoints in one transaction, so that each event counts exactly once in each. A read
 * model that cannot take in an event halts there and is never moved past it; the others go on. What may pass halts nobody: all
 * wait for it. When all have caught up with the log, what older versions of them left in the file is dropped.
 * @throws {SqliteFileError} where the file cannot be used
 */
export function startProjections(options: RunnerOptions): ProjectionRunner {
  return new Runner(options);
}

class Runner implements ProjectionRunner {
  readonly #folds: readonly Fold[];
  readonly #halted = new Map<string, string>();
  readonly #waiters = createWaiters();
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  readonly #origin: Origin;
  readonly #takeIn: TakeIn;
  readonly #onNews = new Set<NewsListener>();
  #waitingFor: string | null = null;
  #hasOldVersions = true;

  constructor(private readonly options: RunnerOptions) {
    this.#folds = options.projections.map((projection) => openFold(options.database, projection));
    this.#origin = openOrigin(options.database);
    this.#takeIn = openTakeIn(options.database);
    this.#finished = this.#begin().catch((error: unknown) => {
      if (this.#abort.signal.aborted) return;
      for (const fold of this.#running()) this.#halt(fold, asError(error));
    });
  }

  reached(position: bigint, milliseconds: number): Promise<boolean> {
    return this.#waiters.reached(position, leastPosition(this.#running()), milliseconds);
  }

  status(): ReadModelStatus {
    const halted = [...this.#halted].map(([projection, reason]) => ({ projection, reason }));
    return { position: leastPosition(this.#folds), halted, waitingFor: this.#waitingFor };
  }

  onNews(listener: NewsListener): () => void {
    this.#onNews.add(listener);
    return () => void this.#onNews.delete(listener);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#finished;
    this.#waiters.release();
  }

  /** What never begins is no fault of the read models: whoever holds them back tells why. */
  async #begin(): Promise<void> {
    const { signal } = this.#abort;
    const stopped = new Promise<boolean>((resolve) => signal.addEventListener('abort', () => resolve(false)));
    const begun = (this.options.begin ?? Promise.resolve()).then(
      () => true,
      () => false,
    );
    if (await Promise.race([begun, stopped])) await this.#run();
  }

  async #run(): Promise<void> {
    const { store } = this.options;
    const { signal } = this.#abort;
    const head = await this.#keepTrying(() => store.head());
    await this.#keepTrying(() => this.#dropOldVersions(head));
    let seen = leastPosition(this.#folds);
    for await (const batch of store.subscribe({ after: seen, signal })) {
      await this.#keepTrying(() => this.#take(batch, seen));
      await this.#keepTrying(() => this.#dropOldVersions(head));
      seen = batch.position;
      if (this.#running().length === 0) return;
    }
  }

  /** @throws what may pass; what some have taken in until then, they pass over the next time */
  async #take(batch: Batch, after: bigint): Promise<void> {
    const { events, position, fault } = await decodeBatch(this.options.log, batch, after);
    this.#noteOrigin(batch);
    const passing: Error[] = [];
    const failures = this.#takeIn(this.#running(), events, position);
    for (const fold of this.#running()) {
      const failure = failures.get(fold) ?? (fold.position() < batch.position ? fault : null);
      if (mayPass(failure)) passing.push(failure);
      else if (failure !== null) this.#halt(fold, failure);
    }
    this.#waiters.advance(leastPosition(this.#running()));
    for (const listener of this.#onNews) listener(events);
    if (passing[0] !== undefined) throw passing[0];
  }

  /** Nothing was taken in where no origin is noted, so the first event that comes then is the log's first. */
  #noteOrigin({ events: [first] }: Batch): void {
    if (first === undefined) return;
    try {
      this.#origin.note(first.id);
    } catch (error) {
      throw asReadModelFileError(this.options.database.path, error);
    }
  }

  /** Once all have come as far as the log was at the start, nobody needs what older versions left. */
  #dropOldVersions(head: bigint): void {
    const { database, projections } = this.options;
    if (!this.#hasOldVersions || leastPosition(this.#folds) < head) return;
    try {
      dropOldVersions(database, projections);
    } catch (error) {
      throw asReadModelFileError(database.path, error);
    }
    this.#hasOldVersions = false;
  }

  async #keepTrying<T>(attempt: () => T | Promise<T>): Promise<T> {
    const result = await keepTrying(attempt, {
      pauseMilliseconds: this.options.pauseMilliseconds ?? 500,
      signal: this.#abort.signal,
      onFault: (fault) => {
        if (this.#waitingFor === null) this.options.onWait(fault);
        this.#waitingFor = fault.message;
      },
    });
    this.#waitingFor = null;
    return result;
  }

  #running(): readonly Fold[] {
    return this.#folds.filter(({ name }) => !this.#halted.has(name));
  }

  #halt(fold: Fold, error: Error): void {
    this.#halted.set(fold.name, error.message);
    this.options.onHalt(fold.name, error);
    if (this.#running().length === 0) this.#waiters.release();
  }
}
