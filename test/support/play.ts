import type { Decider, Decision } from '../../src/domain/decider.js';
import type { EventShape, Recorded } from '../../src/domain/event.js';
import type { Instant } from '../../src/domain/instant.js';
import { at, NOW, recorded, stateAfter, type Past } from './given.js';

interface Played<S, E> {
  readonly decisions: readonly Decision<E>[];
  /** All that happened, what was there before included. */
  readonly events: readonly Recorded<E>[];
  readonly state: S;
}

/** Sends commands one after the other; each is decided on what the ones before it made happen. */
export function play<S, C extends { readonly now?: Instant }, E extends EventShape<string, unknown, unknown>>(
  decider: Decider<S, C, E>,
  commands: readonly C[],
  ...before: readonly Past<NoInfer<E>>[]
): Played<S, E> {
  const past: Past<E>[] = [...before];
  const decisions = commands.map((command) => {
    const decision = decider.decide(command, stateAfter(decider, ...past));
    past.push(...decision.events.map((event) => at(command.now ?? NOW, event)));
    return decision;
  });
  return { decisions, events: recorded<E>(past), state: stateAfter(decider, ...past) };
}
