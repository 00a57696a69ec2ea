import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE, type Instant } from '../../../src/domain/instant.js';
import { attemptsLeft, isChallengeEnded } from '../../../src/domain/mfa/codes.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import {
  CHALLENGE,
  code,
  event,
  later,
  notRight,
  proof,
  TABLET,
  times,
  unlock,
  wrongCode,
} from '../../support/builders.js';
import { at, given, NOW, stateAfter, type Past } from '../../support/given.js';

const enabled = [event('MfaEnrollmentStarted'), event('MfaEnabled')];

/** So many wrong codes for one challenge. */
function wrong(count: number, challengeId = CHALLENGE) {
  return times(count, (n) =>
    event('MfaCodeRejected', { challengeId, attemptsLeft: Math.max(0, 5 - n), consecutiveFailures: n }),
  );
}

describe('A code', () => {
  it('is accepted for a step after the last accepted one, and burnt', () => {
    given(mfaDecider, ...enabled)
      .when(code(101))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });

  it('may pass steps over', () => {
    given(mfaDecider, ...enabled)
      .when(code(5_000))
      .then(event('MfaCodeAccepted', { timeStep: 5_000 }));
  });

  it.each(['SIGN_IN', 'OPERATION'] as const)('is recorded with what it was given for: %s', (purpose) => {
    given(mfaDecider, ...enabled)
      .when(code(101, { purpose }))
      .then(event('MfaCodeAccepted', { purpose, timeStep: 101 }));
    given(mfaDecider, ...enabled)
      .when(wrongCode({ purpose }))
      .thenRejected(notRight(4), event('MfaCodeRejected', { purpose }));
  });

  it('cannot be given where there is no device', () => {
    given(mfaDecider).when(code(100)).thenRejected('METHOD_NOT_OFFERED');
  });

  it('of a device that is pending only cannot be given', () => {
    given(mfaDecider, event('MfaEnrollmentStarted')).when(code(100)).thenRejected('METHOD_NOT_OFFERED');
  });

  it('that was compared with another device counts for nothing', () => {
    given(mfaDecider, ...enabled)
      .when(code(101, { proof: proof(TABLET, 101) }))
      .thenRejected(notRight(4), event('MfaCodeRejected'));
  });
});

describe('A code works once', () => {
  const accepted = event('MfaCodeAccepted', { timeStep: 105 });

  it('and is a replay where it is of the last accepted step', () => {
    given(mfaDecider, ...enabled, accepted)
      .when(code(105))
      .thenRejected(notRight(4), event('MfaCodeReplayed', { timeStep: 105 }));
  });

  it.each([104, 101, 99, 0])('and is stale where it is of a step before that: %i', (timeStep) => {
    given(mfaDecider, ...enabled, accepted)
      .when(code(timeStep))
      .thenRejected(notRight(4), event('MfaCodeRejected', { reason: 'STALE', timeStep, consecutiveFailures: 0 }));
  });

  it('also for another challenge, and for another purpose', () => {
    given(mfaDecider, ...enabled, accepted)
      .when(code(105, { challengeId: 'another', purpose: 'OPERATION' }))
      .thenRejected(
        notRight(4),
        event('MfaCodeReplayed', { challengeId: 'another', purpose: 'OPERATION', timeStep: 105 }),
      );
  });

  it('also at time step 0', () => {
    given(mfaDecider, event('MfaEnabled', { timeStep: 0 }))
      .when(code(0))
      .thenRejected(notRight(4), event('MfaCodeReplayed', { timeStep: 0 }));
    given(mfaDecider, event('MfaEnabled', { timeStep: 0 }))
      .when(code(1))
      .then(event('MfaCodeAccepted', { timeStep: 1 }));
  });

  it('and is answered as a wrong one, whether it was replayed, stale or wrong', () => {
    const state = stateAfter(mfaDecider, ...enabled, accepted);
    const [replayed, stale, unknown] = [code(105), code(104), wrongCode()].map((command) => {
      const decision = mfaDecider.decide(command, state);
      return decision.accepted ? null : decision.rejection;
    });
    expect(unknown).toEqual({ code: 'WRONG_CODE', attemptsLeft: 4, clockOffsetSeconds: null });
    expect(replayed).toEqual(unknown);
    expect(stale).toEqual(unknown);
  });

  it('and goes on counting in its run of wrong codes where it does not work', () => {
    const rejected = event('MfaCodeRejected', { challengeId: 'another', consecutiveFailures: 3 });
    const replayed = event('MfaCodeReplayed');
    const stale = event('MfaCodeRejected', { reason: 'STALE', timeStep: 99, consecutiveFailures: 3 });
    given(mfaDecider, ...enabled, rejected)
      .when(code(99))
      .thenRejected(notRight(4), stale);
    expect(stateAfter(mfaDecider, ...enabled, rejected, replayed, stale).consecutiveFailures).toBe(3);
  });

  it('and never locks by being given again', () => {
    const rejected = event('MfaCodeRejected', { challengeId: 'another', consecutiveFailures: 9 });
    given(mfaDecider, ...enabled, rejected)
      .when(code(100))
      .thenRejected(notRight(4), event('MfaCodeReplayed', { timeStep: 100 }));
    given(mfaDecider, ...enabled, rejected)
      .when(code(99))
      .thenRejected(notRight(4), event('MfaCodeRejected', { reason: 'STALE', timeStep: 99, consecutiveFailures: 9 }));
  });
});

describe('A challenge', () => {
  it.each([1, 2, 3, 4, 5])('takes five wrong codes: this is number %i', (n) => {
    given(mfaDecider, ...enabled, ...wrong(n - 1))
      .when(wrongCode())
      .thenRejected(notRight(5 - n), event('MfaCodeRejected', { attemptsLeft: 5 - n, consecutiveFailures: n }));
  });

  it('takes a right code as the fifth', () => {
    given(mfaDecider, ...enabled, ...wrong(4))
      .when(code(101))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });

  it.each([101, 100, 99, null])('takes no sixth code, right or wrong, and records none (time step %s)', (timeStep) => {
    given(mfaDecider, ...enabled, ...wrong(5))
      .when(code(timeStep))
      .thenRejected('CHALLENGE_ENDED');
  });

  it('counts replayed and stale codes as wrong ones', () => {
    const replayed = event('MfaCodeReplayed');
    const stale = event('MfaCodeRejected', { reason: 'STALE', timeStep: 99, consecutiveFailures: 0 });
    given(mfaDecider, ...enabled, replayed, stale, replayed, stale)
      .when(code(100))
      .thenRejected(notRight(0), event('MfaCodeReplayed', { timeStep: 100, attemptsLeft: 0 }));
    given(mfaDecider, ...enabled, replayed, stale, replayed, stale, replayed)
      .when(code(101))
      .thenRejected('CHALLENGE_ENDED');
  });

  it('has codes of its own, whatever was given for others', () => {
    given(mfaDecider, ...enabled, ...wrong(5))
      .when(wrongCode({ challengeId: 'another' }))
      .thenRejected(notRight(4), event('MfaCodeRejected', { challengeId: 'another', consecutiveFailures: 6 }));
  });

  it('is not given new codes by a success elsewhere', () => {
    const success = event('MfaCodeAccepted', { challengeId: 'another' });
    given(mfaDecider, ...enabled, ...wrong(5), success)
      .when(code(102))
      .thenRejected('CHALLENGE_ENDED');
  });

  it('is not given new codes by unlocking', () => {
    given(mfaDecider, ...enabled, ...wrong(5), event('MfaUnlocked'))
      .when(code(101))
      .thenRejected('CHALLENGE_ENDED');
  });

  it('is ended by its fifth wrong code', () => {
    expect(isChallengeEnded(stateAfter(mfaDecider, ...enabled), CHALLENGE)).toBe(false);
    expect(isChallengeEnded(stateAfter(mfaDecider, ...enabled, ...wrong(4)), CHALLENGE)).toBe(false);
    expect(isChallengeEnded(stateAfter(mfaDecider, ...enabled, ...wrong(5)), CHALLENGE)).toBe(true);
    expect(isChallengeEnded(stateAfter(mfaDecider, ...enabled, ...wrong(5)), 'another')).toBe(false);
  });

  it.each(['before', 'after'])('is not ended by wrong codes where a right one came %s', (when) => {
    const right = event('MfaCodeAccepted');
    const past = when === 'before' ? [right, ...wrong(5)] : [...wrong(5), right];
    expect(isChallengeEnded(stateAfter(mfaDecider, ...enabled, ...past), CHALLENGE)).toBe(false);
  });

  it('says how many codes it takes, never less than none', () => {
    expect(attemptsLeft(stateAfter(mfaDecider, ...enabled), CHALLENGE)).toBe(5);
    expect(attemptsLeft(stateAfter(mfaDecider, ...enabled, ...wrong(2)), CHALLENGE)).toBe(3);
    expect(attemptsLeft(stateAfter(mfaDecider, ...enabled, event('MfaCodeAccepted')), CHALLENGE)).toBe(5);
    expect(attemptsLeft(stateAfter(mfaDecider, ...enabled, ...wrong(6)), CHALLENGE)).toBe(0);
  });
});

describe('What a challenge has used up', () => {
  const old = (moment: Instant) => at(moment, event('MfaCodeRejected', { challengeId: 'old', purpose: 'OPERATION' }));
  const signIn = (moment: Instant) => at(moment, event('MfaCodeRejected', { challengeId: 'old', purpose: 'SIGN_IN' }));
  const other = (moment: Instant) => at(moment, event('MfaCodeRejected', { challengeId: 'other' }));
  const known = (...past: readonly Past<MfaEvent>[]) =>
    Object.keys(stateAfter(mfaDecider, ...enabled, ...past).challenges);

  it('is kept for twice as long as a challenge lives', () => {
    expect(known(old(NOW), other(later(10 * MINUTE - 1)))).toEqual(['old', 'other']);
  });

  it('is forgotten from then on, so that what a command reads stays small', () => {
    expect(known(old(NOW), other(later(10 * MINUTE)))).toEqual(['other']);
  });

  it('is kept for twelve hours where a session owes a code, and for as long as others once it has given one', () => {
    const answered = at(NOW, event('MfaCodeAccepted', { challengeId: 'old', purpose: 'SIGN_IN' }));
    expect(known(signIn(NOW), other(later(12 * HOUR - 1)))).toEqual(['old', 'other']);
    expect(known(signIn(NOW), other(later(12 * HOUR)))).toEqual(['other']);
    expect(known(signIn(NOW), answered, other(later(10 * MINUTE)))).toEqual(['other']);
  });

  it('is kept as long as codes are given for it', () => {
    expect(known(old(NOW), old(later(6 * MINUTE)), other(later(12 * MINUTE)))).toEqual(['old', 'other']);
  });
});

describe('A right code', () => {
  it('sets back the run of wrong codes', () => {
    given(mfaDecider, ...enabled, ...wrong(4), event('MfaCodeAccepted'))
      .when(wrongCode({ challengeId: 'another' }))
      .thenRejected(notRight(4), event('MfaCodeRejected', { challengeId: 'another', consecutiveFailures: 1 }));
  });

  it('writes nothing of unlocking, for there is nothing to unlock', () => {
    given(mfaDecider, ...enabled, ...wrong(4), event('MfaCodeAccepted'))
      .when(unlock())
      .then();
  });
});
