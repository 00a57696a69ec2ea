import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY, limitsOf } from '../../../src/domain/account/policy.js';
import { HOUR, MINUTE } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import type { SessionEvent } from '../../../src/domain/session/events.js';
import { challengeExpiryOf, standingOf, type Standing } from '../../../src/domain/session/standing.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import { event, later, times } from '../../support/builders.js';
import { at, sentIn, stateAfter, type Past } from '../../support/given.js';

const SESSION = 'the-session';
const started = event('MfaEnrollmentStarted');
const enabled = event('MfaEnabled');
const began = event('SessionStarted', { mfaVersion: 0 });
const wrong = (challengeId: string, minutes = 0) =>
  at(later(minutes * MINUTE), event('MfaCodeRejected', { challengeId, purpose: 'SIGN_IN' }));

interface Given {
  readonly session?: readonly Past<SessionEvent>[];
  readonly mfa?: readonly Past<MfaEvent>[];
  readonly minutes?: number;
}

function factsOf({ session = [began], mfa = [started, enabled] }: Given) {
  return {
    sessionId: SESSION,
    session: stateAfter(sessionDecider, ...session),
    user: stateAfter(userDecider, event('UserCreated')),
    mfa: stateAfter(mfaDecider, ...mfa),
    policy: DEFAULT_POLICY,
  };
}

const standing = (given: Given): Standing => standingOf(factsOf(given), later((given.minutes ?? 0) * MINUTE));

/** Used every twenty minutes, so that it does not end by lying idle. */
const used = (hours: number) => times(hours * 3, (n) => at(later(n * 20 * MINUTE), event('SessionRefreshed')));

describe('A session that was open before the first device was enabled', () => {
  it('owes a code, and is full once it has given one', () => {
    expect(standing({})).toBe('MFA_CHALLENGE');
    const raised = event('SessionRaised', { mfaVersion: 3 });
    expect(standing({ session: [began, raised], mfa: [started, enabled, event('MfaCodeAccepted')] })).toBe('FULL');
  });

  it('owes it until its own end, not for five minutes', () => {
    expect(standing({ minutes: 29 })).toBe('MFA_CHALLENGE');
    expect(standing({ minutes: 30 })).toBe('ENDED');
    const session = [began, ...used(11)];
    expect(standing({ session, minutes: 11 * 60 + 29 })).toBe('MFA_CHALLENGE');
    const { mfa, session: open } = factsOf({ session });
    if (open.status !== 'OPEN') throw new Error('the session is over');
    expect(challengeExpiryOf(open, mfa, limitsOf(DEFAULT_POLICY))).toBe(later(11 * HOUR + 30 * MINUTE));
  });

  it('ends with the fifth wrong code, also where these are hours apart and other challenges lie between', () => {
    const four = times(4, () => wrong(SESSION));
    expect(standing({ mfa: [started, enabled, ...four] })).toBe('MFA_CHALLENGE');
    expect(standing({ mfa: [started, enabled, ...four, wrong(SESSION)] })).toBe('ENDED');
    const between = [wrong('another', 5 * 60), wrong('a-third', 8 * 60), wrong(SESSION, 11 * 60)];
    const session = [began, ...used(11)];
    expect(standing({ session, mfa: [started, enabled, ...four, ...between], minutes: 11 * 60 })).toBe('ENDED');
  });

  it('owes a code of a device that another session enabled, though it has proven one from before', () => {
    const off = sentIn(SESSION, event('MfaDisabled'));
    const mfa = [started, enabled, event('MfaCodeAccepted'), off, started, enabled];
    const session = [event('SessionStarted', { mfaVersion: 2 }), event('SessionRaised', { mfaVersion: 3 })];
    expect(standing({ session, mfa: mfa.slice(0, 4) })).toBe('FULL');
    expect(standing({ session, mfa })).toBe('MFA_CHALLENGE');
  });
});

describe('A session that began when there was a device', () => {
  it('owes a code for five minutes', () => {
    const session = [event('SessionStarted', { mfaVersion: 2 })];
    expect(standing({ session, minutes: 4 })).toBe('MFA_CHALLENGE');
    expect(standing({ session, minutes: 5 })).toBe('ENDED');
  });
});

describe('Counts of wrong codes', () => {
  it('are kept for fifty challenges, the latest', () => {
    const many = times(60, (n) => wrong(`challenge-${n}`));
    const { mfa } = factsOf({ mfa: [started, enabled, ...many] });
    expect(Object.keys(mfa.challenges)).toHaveLength(50);
    expect(mfa.challenges['challenge-60']?.failures).toBe(1);
  });
});
