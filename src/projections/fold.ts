import type { SqliteConnection } from '../sqlite/connection.js';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import { openCheckpoint } from './checkpoint.js';
import type { HandleAny, Intake, Projection } from './projection.js';
import { asReadModelFileError } from './read-model-file.js';

/** A read model at its place in the log. What it takes in counts once the transaction is kept. */
export interface Fold {
  readonly name: string;
  /** How far it has come, as far as that is kept. */
  position(): bigint;
  /**
   * Takes in events and moves its checkpoint on to a position, in a transaction that is open; events that it has seen are
   * passed over. @throws {RefusedEventError} @throws {UnwritableBatchError} @throws what is the file's fault
   */
  take(events: readonly LoggedEvent[], to: bigint): void;
  /** Told that the transaction was kept. */
  kept(): void;
  /** Told that the transaction was undone. */
  undone(): void;
}

/** An event that a read model cannot take in. */
export class RefusedEventError extends Error {
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

/** What a batch as a whole could not be written for; which event is to blame has to be found. */
export class UnwritableBatchError extends Error {}

const nothing = (): undefined => undefined;

function intakeOf(opened: HandleAny | Intake): Intake {
  return typeof opened === 'function' ? { take: opened, write: nothing, forget: nothing } : opened;
}

/** Takes in events by an intake; what fails and is not the file's fault is the fault of an event. */
function openTakeAll(database: SqliteConnection, projection: Projection, intake: Intake) {
  function blame(error: unknown, event: LoggedEvent | null): unknown {
    const fault = asReadModelFileError(database.path, error);
    if (fault !== error) return fault;
    return event === null
      ? new UnwritableBatchError('events cannot be written together', { cause: error })
      : new RefusedEventError(projection, event, error);
  }

  return (events: readonly LoggedEvent[]): void => {
    let taken: LoggedEvent | null = null;
    try {
      for (const event of events) {
        taken = event;
        intake.take(event);
      }
      if (events.length !== 1) taken = null;
      intake.write();
    } catch (error) {
      throw blame(error, taken);
    }
  };
}

/** Opens a read model, with empty tables if this version of it was never built in this file. */
export function openFold(database: SqliteConnection, projection: Projection): Fold {
  const checkpoint = openCheckpoint(database, projection);
  const intake = intakeOf(projection.open(database));
  const takeAll = openTakeAll(database, projection, intake);
  let position = checkpoint.read();
  let reached = position;

  return {
    name: projection.name,
    position: () => position,
    take(events, to) {
      if (to <= position) return;
      takeAll(events.filter((event) => event.position > position));
      checkpoint.move(position, to);
      reached = to;
    },
    kept() {
      position = reached;
    },
    undone() {
      reached = position;
      intake.forget();
    },
  };
}
