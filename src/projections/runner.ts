import type { Database } from 'better-sqlite3';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import type { EventLog } from '../eventstore/event-log.js';
import type { Batch, EventStore, StoredEvent } from '../eventstore/event-store.js';
import { openFold, type Fold } from './fold.js';
import type { Projection } from './projection.js';
import { createWaiters } from './waiters.js';

/** How the read models stand. */
export interface ReadModelStatus {
  /** How far all of them have come in the log, halted ones included. */
  readonly position: bigint;
  /** The read models that halted, and why; health is red while there are any. */
  readonly halted: readonly { readonly projection: string; readonly reason: string }[];
}

/** Keeps read models up to date with the log. */
export interface ProjectionRunner {
  /** Waits until all read models but halted ones have come as far as a position; answers whether they have within so many milliseconds. */
  reached(position: bigint, milliseconds: number): Promise<boolean>;
  status(): ReadModelStatus;
  stop(): Promise<void>;
}

export interface RunnerOptions {
  /** The file of the read models. */
  readonly database: Database;
  readonly store: EventStore;
  readonly log: EventLog;
  readonly projections: readonly Projection[];
  /** Told of every read model that halts. */
  readonly onHalt: (projection: string, error: Error) => void;
}

interface Decoded {
  readonly events: readonly LoggedEvent[];
  readonly position: bigint;
  /** Why the rest of the batch could not be read, if it could not. */
  readonly fault: Error | null;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

async function decodeOneByOne(log: EventLog, stored: readonly StoredEvent[], start: bigint): Promise<Decoded> {
  const events: LoggedEvent[] = [];
  let position = start;
  for (const event of stored) {
    try {
      events.push(...(await log.decode([event])));
    } catch (error) {
      return { events, position, fault: asError(error) };
    }
    position = event.position;
  }
  return { events, position, fault: null };
}

/** Reads a batch as far as it can be read: what stands before an unreadable event still counts. */
async function decode(log: EventLog, batch: Batch, start: bigint): Promise<Decoded> {
  try {
    return { events: await log.decode(batch.events), position: batch.position, fault: null };
  } catch {
    return decodeOneByOne(log, batch.events, start);
  }
}

/** How far all of some read models have come; 0 where there are none. */
function leastPosition(folds: readonly Fold[]): bigint {
  const [first, ...others] = folds.map((fold) => fold.position());
  return others.reduce((least, position) => (position < least ? position : least), first ?? 0n);
}

/**
 * Starts keeping read models: a batch and its checkpoint in one transaction each, so that each event counts exactly once. A read
 * model that cannot take in an event halts there and is never moved past it; the others go on.
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

  constructor(private readonly options: RunnerOptions) {
    this.#folds = options.projections.map((projection) => openFold(options.database, projection));
    this.#finished = this.#run().catch((error: unknown) => {
      for (const fold of this.#running()) this.#halt(fold, asError(error));
    });
  }

  reached(position: bigint, milliseconds: number): Promise<boolean> {
    return this.#waiters.reached(position, leastPosition(this.#running()), milliseconds);
  }

  status(): ReadModelStatus {
    const halted = [...this.#halted].map(([projection, reason]) => ({ projection, reason }));
    return { position: leastPosition(this.#folds), halted };
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#finished;
    this.#waiters.release();
  }

  async #run(): Promise<void> {
    const { store, log } = this.options;
    let seen = leastPosition(this.#folds);
    for await (const batch of store.subscribe({ after: seen, signal: this.#abort.signal })) {
      this.#apply(await decode(log, batch, seen));
      seen = batch.position;
      if (this.#running().length === 0) return;
    }
  }

  #apply({ events, position, fault }: Decoded): void {
    for (const fold of this.#running()) {
      const failure = fold.apply(events, position) ?? fault;
      if (failure !== null) this.#halt(fold, failure);
    }
    this.#waiters.advance(leastPosition(this.#running()));
  }

  #running(): readonly Fold[] {
    return this.#folds.filter(({ name }) => !this.#halted.has(name));
  }

  #halt(fold: Fold, error: Error): void {
    this.#halted.set(fold.name, error.message);
    this.options.onHalt(fold.name, error);
  }
}
