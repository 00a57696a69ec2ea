import type { Database } from 'better-sqlite3';
import type { LoggedEvent } from '../eventstore/event-codec.js';
import { openCheckpoint, type Checkpoint } from './checkpoint.js';
import type { HandleAny, Intake, Projection } from './projection.js';
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

/** What a batch as a whole could not be written for; which event is to blame has to be found. */
class UnwritableBatchError extends Error {}

const nothing = (): undefined => undefined;

function intakeOf(opened: HandleAny | Intake): Intake {
  return typeof opened === 'function' ? { take: opened, write: nothing, forget: nothing } : opened;
}

type TakeAll = (events: readonly LoggedEvent[], from: bigint, to: bigint) => void;

/** Takes in events and moves the checkpoint on, all or nothing. */
function openTransaction(database: Database, projection: Projection, { intake, checkpoint }: Parts): TakeAll {
  /** Does a step of taking in; what fails and is not the file's fault is what `otherwise` makes of it. */
  function attempt(step: () => undefined, otherwise: (error: unknown) => Error): void {
    try {
      step();
    } catch (error) {
      const fault = asReadModelFileError(database.name, error);
      throw fault === error ? otherwise(error) : fault;
    }
  }

  function write(events: readonly LoggedEvent[]): void {
    attempt(intake.write, (cause) => {
      const [only] = events;
      if (only !== undefined && events.length === 1) return new RefusedEventError(projection, only, cause);
      return new UnwritableBatchError('events cannot be written together', { cause });
    });
  }

  const transaction = database.transaction<TakeAll>((events, from, to) => {
    for (const event of events) {
      attempt(
        () => intake.take(event),
        (cause) => new RefusedEventError(projection, event, cause),
      );
    }
    write(events);
    checkpoint.move(from, to);
  });
  return (events, from, to) => transaction.immediate(events, from, to);
}

interface Parts {
  readonly intake: Intake;
  readonly checkpoint: Checkpoint;
}

/** Opens a read model, with empty tables if this version of it was never built in this file. */
export function openFold(database: Database, projection: Projection): Fold {
  const checkpoint = openCheckpoint(database, projection);
  const intake = intakeOf(projection.open(database));
  const takeAll = openTransaction(database, projection, { intake, checkpoint });
  let position = checkpoint.read();

  function advance(events: readonly LoggedEvent[], to: bigint): Error | null {
    try {
      takeAll(events, position, to);
      position = to;
      return null;
    } catch (error) {
      intake.forget();
      const fault = asReadModelFileError(database.name, error);
      return fault instanceof Error ? fault : new Error(String(fault));
    }
  }

  /** Goes as far as it gets, one event at a time. */
  function advanceOneByOne(events: readonly LoggedEvent[]): Error | null {
    for (const event of events) {
      const failure = advance([event], event.position);
      if (failure !== null) return failure;
    }
    return null;
  }

  return {
    name: projection.name,
    position: () => position,
    apply(events, to) {
      if (to <= position) return null;
      const fresh = events.filter((event) => event.position > position);
      const failure = advance(fresh, to);
      const isOfOne = failure instanceof RefusedEventError || failure instanceof UnwritableBatchError;
      if (!isOfOne || fresh.length <= 1) return failure;
      return advanceOneByOne(fresh) ?? advance([], to);
    },
  };
}
