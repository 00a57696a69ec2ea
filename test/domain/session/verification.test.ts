import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../../src/domain/instant.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import { checkAnswerable, openChallenge } from '../../../src/domain/session/verification.js';
import {
  CHALLENGE,
  challengeOperation,
  event,
  later,
  useVerification,
  verifyOperation,
} from '../../support/builders.js';
import { at, given, NOW, stateAfter, type Past } from '../../support/given.js';
import type { SessionEvent } from '../../../src/domain/session/events.js';

const started = event('SessionStarted');
const challenged = event('OperationChallenged');
const verified = event('OperationVerified');
const used = event('OperationVerificationUsed');

function challengesAfter(...past: readonly Past<SessionEvent>[]) {
  const session = stateAfter(sessionDecider, started, ...past);
  if (session.status !== 'OPEN') throw new Error('the session is over');
  return session;
}

describe('Asking for a guarded operation', () => {
  it('opens a challenge that lives five minutes', () => {
    given(sessionDecider, started)
      .when(challengeOperation({ now: later(1), methods: ['VIRTUAL_MFA'] }))
      .then(event('OperationChallenged', { methods: ['VIRTUAL_MFA'], expiresAt: later(5 * MINUTE + 1) }));
  });

  const again = { challengeId: 'fresh' };
  const fresh = event('OperationChallenged', again);

  it('again writes nothing while the same challenge is open', () => {
    given(sessionDecider, started, challenged).when(challengeOperation(again)).then();
  });

  it('again writes nothing as long as there is more than a minute left to answer', () => {
    given(sessionDecider, started, challenged)
      .when(challengeOperation({ ...again, now: later(4 * MINUTE - 1) }))
      .then();
  });

  it('again opens another challenge where a minute is left, or less', () => {
    given(sessionDecider, started, challenged)
      .when(challengeOperation({ ...again, now: later(4 * MINUTE) }))
      .then(event('OperationChallenged', { ...again, expiresAt: later(9 * MINUTE) }));
  });

  it('with other arguments opens another challenge', () => {
    given(sessionDecider, started, challenged)
      .when(challengeOperation({ ...again, argumentsDigest: 'other-arguments' }))
      .then(event('OperationChallenged', { ...again, argumentsDigest: 'other-arguments' }));
  });

  it('opens another challenge where the ways to answer have changed', () => {
    given(sessionDecider, started, challenged)
      .when(challengeOperation({ ...again, methods: ['VIRTUAL_MFA'] }))
      .then(event('OperationChallenged', { ...again, methods: ['VIRTUAL_MFA'] }));
  });

  it('opens another challenge where the one before has had all its codes', () => {
    given(sessionDecider, started, challenged)
      .when(challengeOperation({ ...again, exhausted: [CHALLENGE] }))
      .then(fresh);
  });

  it.each([
    ['verified', [verified]],
    ['used', [verified, used]],
  ])('opens another challenge where the one before is %s', (_, past) => {
    given(sessionDecider, started, challenged, ...past)
      .when(challengeOperation(again))
      .then(fresh);
  });

  it('finds the challenge that it opened, or the one that was open', () => {
    expect(openChallenge(challengesAfter(), challengeOperation())).toBeUndefined();
    expect(openChallenge(challengesAfter(challenged), challengeOperation(again))).toMatchObject({
      challengeId: CHALLENGE,
      verifiedBy: null,
      used: false,
    });
  });
});

describe('Verifying an operation', () => {
  it.each(['PASSWORD', 'VIRTUAL_MFA'] as const)('records that its challenge was answered by %s', (method) => {
    given(sessionDecider, started, event('OperationChallenged', { methods: ['VIRTUAL_MFA', 'PASSWORD'] }))
      .when(verifyOperation({ method }))
      .then(event('OperationVerified', { method }));
  });

  it('finds nothing where there is no such challenge in this session', () => {
    given(sessionDecider, started).when(verifyOperation()).thenRejected('NOT_FOUND');
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ challengeId: 'another' }))
      .thenRejected('NOT_FOUND');
  });

  it.each(['constructor', '__proto__'])('finds nothing by the id "%s", which every object knows', (challengeId) => {
    given(sessionDecider, started, challenged).when(verifyOperation({ challengeId })).thenRejected('NOT_FOUND');
  });

  it('happens once', () => {
    given(sessionDecider, started, challenged, verified)
      .when(verifyOperation())
      .thenRejected('CHALLENGE_ALREADY_VERIFIED');
  });

  it('works until the last millisecond of the five minutes', () => {
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ now: later(5 * MINUTE - 1) }))
      .then(verified);
  });

  it('is too late at the very moment of expiry', () => {
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ now: later(5 * MINUTE) }))
      .thenRejected('CHALLENGE_EXPIRED');
  });

  it('is too late then also where it was verified before: it cannot be used any more', () => {
    given(sessionDecider, started, challenged, verified)
      .when(verifyOperation({ now: later(5 * MINUTE) }))
      .thenRejected('CHALLENGE_EXPIRED');
  });

  it('is refused by a way that the challenge does not offer', () => {
    given(sessionDecider, started, challenged)
      .when(verifyOperation({ method: 'VIRTUAL_MFA' }))
      .thenRejected('METHOD_NOT_OFFERED');
    given(sessionDecider, started, event('OperationChallenged', { methods: ['VIRTUAL_MFA'] }))
      .when(verifyOperation({ method: 'PASSWORD' }))
      .thenRejected('METHOD_NOT_OFFERED');
  });

  it('can be asked about before any code is looked at', () => {
    const session = challengesAfter(challenged);
    const answer = { challengeId: CHALLENGE, method: 'PASSWORD', now: NOW } as const;
    expect(checkAnswerable(session, answer)).toBeNull();
    expect(checkAnswerable(session, { ...answer, method: 'VIRTUAL_MFA' })).toEqual({ code: 'METHOD_NOT_OFFERED' });
    expect(checkAnswerable(session, { ...answer, challengeId: 'another' })).toEqual({ code: 'NOT_FOUND' });
  });
});

describe('Using a verification', () => {
  it('uses it up', () => {
    given(sessionDecider, started, challenged, verified).when(useVerification()).then(used);
  });

  it('works once', () => {
    given(sessionDecider, started, challenged, verified, used)
      .when(useVerification())
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it('needs an answer to the challenge', () => {
    given(sessionDecider, started, challenged).when(useVerification()).thenRejected('VERIFICATION_REQUIRED');
  });

  it('is bound to the operation with its arguments', () => {
    given(sessionDecider, started, challenged, verified)
      .when(useVerification({ argumentsDigest: 'other-arguments' }))
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it('is bound to the session: that of another one is unknown here', () => {
    given(sessionDecider, started).when(useVerification()).thenRejected('VERIFICATION_REQUIRED');
    given(sessionDecider, started, challenged, verified)
      .when(useVerification({ challengeId: 'of-another-session' }))
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it('works until the last millisecond of the five minutes since the challenge', () => {
    given(sessionDecider, started, challenged, at(later(4 * MINUTE), verified))
      .when(useVerification({ now: later(5 * MINUTE - 1) }))
      .then(used);
  });

  it('is too late at the very moment of expiry', () => {
    given(sessionDecider, started, challenged, at(later(4 * MINUTE), verified))
      .when(useVerification({ now: later(5 * MINUTE) }))
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it('uses up no other verification of the same session', () => {
    const other = { challengeId: 'other' };
    const past = [event('OperationChallenged', other), event('OperationVerified', other)];
    given(sessionDecider, started, challenged, verified, ...past, used)
      .when(useVerification(other))
      .then(event('OperationVerificationUsed', other));
  });

  it('survives that the session rises', () => {
    given(sessionDecider, started, challenged, verified, event('SessionRaised'), event('SessionRotated'))
      .when(useVerification())
      .then(used);
  });
});

describe('The challenges of a session', () => {
  const later5 = event('OperationChallenged', { challengeId: 'later', expiresAt: later(10 * MINUTE) });

  it('are forgotten once they are void, so that what a command reads stays small', () => {
    expect(Object.keys(challengesAfter(challenged, at(later(5 * MINUTE - 1), later5)).challenges)).toEqual([
      CHALLENGE,
      'later',
    ]);
    expect(Object.keys(challengesAfter(challenged, at(later(5 * MINUTE), later5)).challenges)).toEqual(['later']);
  });

  it('are not made by an answer to one that is forgotten', () => {
    expect(challengesAfter(verified, used).challenges).toEqual({});
  });
});
