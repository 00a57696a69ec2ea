import type { Database } from 'better-sqlite3';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import { openCheckpoint } from './checkpoint.js';
import type { Projection } from './projection.js';
import { asReadModelFileError } from './read-model-file.js';

/** A read model at its place in the log. */
export interface Fold {
  readonly name: string;
  position(): bigint;
  /**
   * Takes in events and moves on to a position, in one transaction; events that it has seen are passed over. Answers what
   * stopped it: an event that it cannot take in, after keeping everything that came before, or the file, which keeps nothing.
   */
  apply(events: readonly LoggedEvent[], position: bigint): Error | null;
}

/** An event that a read model cannot take in. */
class RefusedEventError extends Error {
  readonly code = 'REFUSED_EVENT';

  constructor(
    { name }: Projection,
    readonly event: LoggedEvent,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${name} cannot take in event ${event.id} (${event.type}): ${reason}`, { cause });
  }
}

/** Opens a read model, with empty tables if this version of it was never built in this file. */
export function openFold(database: Database, projection: Projection): Fold {
  const checkpoint = openCheckpoint(database, projection);
  const handle = projection.open(database);
  let position = checkpoint.read();

  function take(event: LoggedEvent): void {
    try {
      handle(event);
    } catch (error) {
      const fault = asReadModelFileError(database.name, error);
      throw fault === error ? new RefusedEventError(projection, event, error) : fault;
    }
  }

  const takeAll = database.transaction((events: readonly LoggedEvent[], from: bigint, to: bigint) => {
    events.forEach(take);
    checkpoint.move(from, to);
  });

  function advance(events: readonly LoggedEvent[], to: bigint): Error | null {
    try {
      takeAll.immediate(events, position, to);
      position = to;
      return null;
    } catch (error) {
      const fault = asReadModelFileError(database.name, error);
      return fault instanceof Error ? fault : new Error(String(fault));
    }
  }

  return {
    name: projection.name,
    position: () => position,
    apply(events, to) {
      if (to <= position) return null;
      const fresh = events.filter((event) => event.position > position);
      const failure = advance(fresh, to);
      if (!(failure instanceof RefusedEventError)) return failure;
      const before = fresh.slice(0, fresh.indexOf(failure.event));
      const last = before.at(-1);
      return last === undefined ? failure : (advance(before, last.position) ?? failure);
    },
  };
}
