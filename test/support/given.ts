import { expect } from '@jest/globals';
import type { Decider } from '../../src/domain/decider.js';
import type { EventMetadata, EventShape, Recorded } from '../../src/domain/event.js';
import type { Instant } from '../../src/domain/instant.js';
import type { Rejection, RejectionCode } from '../../src/domain/rejection.js';

/** When everything happens that is not said to happen at another moment. */
export const NOW: Instant = '2026-01-01T00:00:00.000Z';

type AnyEvent = EventShape<string, unknown, unknown>;

interface At<E> {
  readonly occurredAt: Instant;
  readonly sessionId: string | null;
  readonly event: E;
}

/** What happened before: an event at `NOW`, or `at` a moment of its own, or `sentIn` a session. */
export type Past<E extends AnyEvent> = E | At<E>;

/** An event at a moment of its own. */
export function at<E extends AnyEvent>(occurredAt: Instant, event: E): At<E> {
  return { occurredAt, sessionId: null, event };
}

/** An event of a command that was sent in a session. */
export function sentIn<E extends AnyEvent>(sessionId: string, event: E): At<E> {
  return { occurredAt: NOW, sessionId, event };
}

const METADATA: EventMetadata = {
  occurredAt: NOW,
  actor: { kind: 'USER', id: 'sam' },
  sessionId: null,
  requestId: 'request',
  correlationId: 'request',
  causationId: null,
};

/** An event as it is read from its stream. */
export function record<E extends AnyEvent>(past: Past<E>, version: number): Recorded<E> {
  const { occurredAt, sessionId, event } = 'occurredAt' in past ? past : at(NOW, past);
  return { ...event, version, metadata: { ...METADATA, occurredAt, sessionId } };
}

/** The state of a stream in which this happened. */
export function stateAfter<S, C, E extends AnyEvent>(
  decider: Decider<S, C, E>,
  ...past: readonly Past<NoInfer<E>>[]
): S {
  return past.map((one, index) => record<E>(one, index + 1)).reduce(decider.evolve, decider.initial);
}

/** The codes of rejections that tell nothing beside their code. */
type PlainCode = {
  [C in RejectionCode]: { code: C } extends Extract<Rejection, { code: C }> ? C : never;
}[RejectionCode];

/** Given what happened before, when a command arrives, then the whole decision is this and nothing else. */
export function given<S, C, E extends AnyEvent>(decider: Decider<S, C, E>, ...past: readonly Past<NoInfer<E>>[]) {
  const state = stateAfter(decider, ...past);
  return {
    when(command: C) {
      const decision = decider.decide(command, state);
      return {
        then(...events: readonly E[]) {
          expect(decision).toStrictEqual({ accepted: true, events });
        },
        thenRejected(reason: PlainCode | Rejection, ...events: readonly E[]) {
          const rejection = typeof reason === 'string' ? { code: reason } : reason;
          expect(decision).toStrictEqual({ accepted: false, rejection, events });
        },
      };
    },
  };
}
