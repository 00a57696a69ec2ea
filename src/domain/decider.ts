import type { EventShape, Recorded } from './event.js';
import type { Rejection } from './rejection.js';
import type { StreamCategory } from './stream.js';

/** What a command comes to. A refusal may carry events too: a wrong code is refused and recorded in one decision. */
export type Decision<E> =
  | { readonly accepted: true; readonly events: readonly E[] }
  | { readonly accepted: false; readonly rejection: Rejection; readonly events: readonly E[] };

/** The rules of one kind of stream; all of it pure, synchronous and total. */
export interface Decider<S, C, E extends EventShape<string, unknown, unknown>> {
  readonly category: StreamCategory;
  readonly initial: S;
  /** Applies the rules to what is known; the command brings every fact that needs a clock, a key or randomness. */
  readonly decide: (command: C, state: S) => Decision<E>;
  /** Takes in what has happened; it never throws and never judges. */
  readonly evolve: (state: S, event: Recorded<E>) => S;
}

/** Allows a command. */
export function accept<E>(...events: readonly E[]): Decision<E> {
  return { accepted: true, events };
}

/** Refuses a command, recording what the refusal itself made happen. */
export function reject<E>(rejection: Rejection, ...events: readonly E[]): Decision<E> {
  return { accepted: false, rejection, events };
}
