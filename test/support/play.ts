import type { Decider, Decision } from '../../src/domain/decider.js';
import type { EventShape, Recorded } from '../../src/domain/event.js';
import type { Instant } from '../../src/domain/instant.js';
import { at, NOW, recorded, type Past } from './given.js';

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
  let state = recorded<E>(past).reduce(decider.evolve, decider.initial);
  const decisions = commands.map((command) => {
    const decision = decider.decide(command, state);
    past.push(...decision.events.map((event) => at(command.now ?? NOW, event)));
    state = recorded<E>(past).slice(-decision.events.length || past.length).reduce(decider.evolve, state);
    return decision;
  });
  return { decisions, events: recorded<E>(past), state };
}
