import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE } from '../../../src/domain/instant.js';
import { MOST_CHALLENGES, MOST_REPLACED } from '../../../src/domain/session/challenges.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import type { SessionEvent } from '../../../src/domain/session/events.js';
import { checkAnswerable } from '../../../src/domain/session/verification.js';
import { challengeOperation, event, later, times, useVerification, verifyOperation } from '../../support/builders.js';
import { at, given, NOW, stateAfter, type Past } from '../../support/given.js';

const started = event('SessionStarted');
const idOf = (n: number) => `challenge ${n}`;
const opened = (n: number) => event('OperationChallenged', { challengeId: idOf(n), argumentsDigest: `arguments ${n}` });
const verified = (n: number) => event('OperationVerified', { challengeId: idOf(n) });
const used = (n: number) => event('OperationVerificationUsed', { challengeId: idOf(n) });

function sessionAfter(...past: readonly Past<SessionEvent>[]) {
  const session = stateAfter(sessionDecider, started, ...past);
  if (session.status !== 'OPEN') throw new Error('the session is over');
  return session;
}

const keptAfter = (...past: readonly Past<SessionEvent>[]) => Object.keys(sessionAfter(...past).challenges);
const ids = (...all: readonly number[]) => all.map(idOf);

describe('The challenges of a session', () => {
  it('are five at most: a new one replaces the oldest that nobody has verified', () => {
    const five = times(MOST_CHALLENGES, opened);
    expect(keptAfter(...five)).toEqual(ids(1, 2, 3, 4, 5));
    expect(keptAfter(...five, opened(6))).toEqual(ids(2, 3, 4, 5, 6));
    expect(keptAfter(...five, verified(1), opened(6))).toEqual(ids(1, 3, 4, 5, 6));
    expect(keptAfter(...five, verified(1), verified(2), opened(6), opened(7))).toEqual(ids(1, 2, 5, 6, 7));
  });

  it('lose the oldest where all are verified, and one that was used before any other', () => {
    const all = [...times(MOST_CHALLENGES, opened), ...times(MOST_CHALLENGES, verified)];
    expect(keptAfter(...all, opened(6))).toEqual(ids(2, 3, 4, 5, 6));
    expect(keptAfter(...all, used(4), opened(6))).toEqual(ids(1, 2, 3, 5, 6));
    expect(keptAfter(...times(MOST_CHALLENGES, opened), verified(3), used(3), opened(6))).toEqual(ids(1, 2, 4, 5, 6));
  });

  it('make room by themselves once they have expired', () => {
    const five = times(MOST_CHALLENGES, opened);
    const session = sessionAfter(...five, at(later(5 * MINUTE), opened(6)));
    expect(Object.keys(session.challenges)).toEqual(ids(6));
    expect(session.replaced).toEqual([]);
  });

  it('answer CHALLENGE_REPLACED for the last five replaced challenges', () => {
    const past = [started, ...times(12, opened)];
    for (const n of [3, 4, 5, 6, 7]) {
      given(sessionDecider, ...past)
        .when(verifyOperation({ challengeId: idOf(n) }))
        .thenRejected('CHALLENGE_REPLACED');
    }
    given(sessionDecider, ...past)
      .when(verifyOperation({ challengeId: idOf(2) }))
      .thenRejected('NOT_FOUND');
    const answer = { challengeId: idOf(7), method: 'PASSWORD', now: NOW } as const;
    expect(checkAnswerable(sessionAfter(...times(12, opened)), answer)).toEqual({ code: 'CHALLENGE_REPLACED' });
  });

  it('do not count one that was used among those that were replaced', () => {
    const past = [...times(MOST_CHALLENGES, opened), verified(1), used(1), opened(6)];
    expect(sessionAfter(...past).replaced).toEqual([]);
  });

  it('verify nothing any more once they were replaced: the operation asks for another', () => {
    const past = [...times(MOST_CHALLENGES, opened), ...times(MOST_CHALLENGES, verified), opened(6)];
    given(sessionDecider, started, ...past)
      .when(useVerification({ challengeId: idOf(1), argumentsDigest: 'arguments 1' }))
      .thenRejected('VERIFICATION_REQUIRED');
    given(sessionDecider, started, ...past)
      .when(challengeOperation({ challengeId: idOf(7), argumentsDigest: 'arguments 1' }))
      .then(event('OperationChallenged', { challengeId: idOf(7), argumentsDigest: 'arguments 1' }));
  });

  it('are never more than five, with the ids of five more, and the newest is among them', () => {
    const step = fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 20 }), fc.nat({ max: MINUTE }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let now = 0;
        const past: Past<SessionEvent>[] = [];
        for (const [kind, n, pause] of steps) {
          now += pause;
          const expiresAt = later(now + 5 * MINUTE);
          const make = [
            (m: number) => event('OperationChallenged', { challengeId: idOf(m), expiresAt }),
            opened,
            verified,
            used,
          ];
          const made = make[kind]?.(n);
          if (made === undefined) continue;
          past.push(at(later(now), made));
          const session = sessionAfter(...past);
          expect(Object.keys(session.challenges).length).toBeLessThanOrEqual(MOST_CHALLENGES);
          expect(session.replaced.length).toBeLessThanOrEqual(MOST_REPLACED);
          if (made.type === 'OperationChallenged') expect(Object.keys(session.challenges)).toContain(idOf(n));
          for (const id of session.replaced) expect(Object.keys(session.challenges)).not.toContain(id);
        }
      }),
    );
  });
});
