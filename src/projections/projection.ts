import type { SqliteConnection } from '../sqlite/connection.js';
import type { DomainEventType } from '../domain/catalogue.js';
import type { LoggedEvent } from '../eventstore/event-codec.js';

/** An event of one type, with its place in the log. */
export type LoggedEventOf<T extends DomainEventType> = Extract<LoggedEvent, { readonly type: T }>;

/** What a read model does with events, by type. They answer `undefined` at once: an asynchronous handler does not compile. */
export type Handlers = {
  readonly [T in DomainEventType]?: (event: LoggedEventOf<T>) => undefined;
};

/** Takes in every event of the log, whatever its type. */
export type HandleAny = (event: LoggedEvent) => undefined;

/** Takes in events, and may hold back what they change until it is told to write. */
export interface Intake {
  readonly take: HandleAny;
  /** Writes what is held back: called at the end of each transaction, in it. */
  readonly write: () => undefined;
  /** Forgets what is held back, and all that is known of rows: the transaction was undone. */
  readonly forget: () => undefined;
}

/**
 * A read model: tables folded from the log. A change of meaning is a new version, with tables of its own, so that it is
 * built beside the old one.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  /** Its tables, for dropping them when a newer version has caught up. */
  readonly tables: readonly string[];
  /** The statements that create them. */
  readonly schema: string;
  /** Prepares its statements and answers what it does with an event: at once, or by an intake. */
  readonly open: (database: SqliteConnection) => HandleAny | Intake;
}

/** Turns handlers by type into one for any event; types without one are passed over. */
export function byType(handlers: Handlers): HandleAny {
  return (event) => {
    const handler = handlers[event.type] as HandleAny | undefined;
    handler?.(event);
    return undefined;
  };
}
