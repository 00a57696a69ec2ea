import type { Decider, Decision } from '../../src/domain/decider.js';
import type { EventShape, Recorded } from '../../src/domain/event.js';
import type { Instant } from '../../src/domain/instant.js';
import { at, NOW, record, type Past } from './given.js';

interface Played<S, E> {
  readonly decisions: readonly Decision<E>[];
  /** All that happened, what was there before included. */
  readonly events: readonly Recorded<E>[];
  readonly state: S;
}

function momentOf(command: object): Instant {
  return 'now' in command && typeof command.now === 'string' ? command.now : NOW;
}

/** Sends commands one after the other; each is decided on what the ones before it made happen. */
export function play<S, C extends object, E extends EventShape<string, unknown, unknown>>(
  decider: Decider<S, C, E>,
  commands: readonly NoInfer<C>[],
  ...before: readonly Past<NoInfer<E>>[]
): Played<S, E> {
  const events: Recorded<E>[] = [];
  let state = decider.initial;
  function take(past: Past<E>) {
    const event = record(past, events.length + 1);
    events.push(event);
    state = decider.evolve(state, event);
  }

  before.forEach(take);
  const decisions = commands.map((command) => {
    const decision = decider.decide(command, state);
    for (const event of decision.events) take(at(momentOf(command), event));
    return decision;
  });
  return { decisions, events, state };
}
