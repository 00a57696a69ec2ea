import { describe, expect, it } from '@jest/globals';
import type { EventNamed } from '../../../src/domain/catalogue.js';
import { HOUR, MINUTE } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { DEFAULT_POLICY, limitsOf } from '../../../src/domain/account/policy.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import type { SessionEvent } from '../../../src/domain/session/events.js';
import { expiryOf, standingOf } from '../../../src/domain/session/standing.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import { event, later, times } from '../../support/builders.js';
import { at, NOW, stateAfter, type Past } from '../../support/given.js';

const SESSION = 'session';
const active = [event('UserCreated')];
/** Sam's device, enabled at version 2. */
const withDevice = [event('MfaEnrollmentStarted'), event('MfaEnabled')];
const replaced = event('MfaDeviceReplaced');

interface Facts {
  readonly session: readonly Past<SessionEvent>[];
  readonly mfa?: readonly Past<MfaEvent>[];
  readonly user?: readonly (EventNamed<'UserCreated'> | EventNamed<'RegistrationAbandoned'>)[];
}

function standing({ session, mfa = [], user = active }: Facts, now = NOW) {
  const facts = {
    sessionId: SESSION,
    session: stateAfter(sessionDecider, ...session),
    user: stateAfter(userDecider, ...user),
    mfa: stateAfter(mfaDecider, ...mfa),
    policy: DEFAULT_POLICY,
  };
  return standingOf(facts, now);
}

function startedOn(mfaVersion: number) {
  return event('SessionStarted', { mfaVersion });
}

function raisedOn(mfaVersion: number) {
  return event('SessionRaised', { mfaVersion });
}

describe('A right password', () => {
  it('is a full session where there is no device', () => {
    expect(standing({ session: [startedOn(0)] })).toBe('FULL');
  });

  it('is a full session where a device is pending only', () => {
    expect(standing({ session: [startedOn(1)], mfa: [event('MfaEnrollmentStarted')] })).toBe('FULL');
  });

  it('is a challenge where there is a device', () => {
    expect(standing({ session: [startedOn(2)], mfa: withDevice })).toBe('MFA_CHALLENGE');
    expect(standing({ session: [startedOn(9)], mfa: withDevice })).toBe('MFA_CHALLENGE');
  });
});

describe('The challenge of a sign-in', () => {
  const challenge = { session: [startedOn(2)], mfa: withDevice };

  it('lives until the last millisecond of five minutes', () => {
    expect(standing(challenge, later(5 * MINUTE - 1))).toBe('MFA_CHALLENGE');
    expect(standing(challenge, later(5 * MINUTE))).toBe('ENDED');
  });

  it('does not live longer for being used', () => {
    const session = [startedOn(2), at(later(4 * MINUTE), event('SessionRefreshed'))];
    expect(standing({ session, mfa: withDevice }, later(5 * MINUTE))).toBe('ENDED');
  });

  it.each([
    [4, 'MFA_CHALLENGE'],
    [5, 'ENDED'],
  ] as const)('after %i wrong codes is %s', (count, expected) => {
    const wrong = times(count, () => event('MfaCodeRejected', { challengeId: SESSION }));
    expect(standing({ session: [startedOn(2)], mfa: [...withDevice, ...wrong] })).toBe(expected);
  });

  it('is not ended by wrong codes for other challenges', () => {
    const wrong = times(5, () => event('MfaCodeRejected', { challengeId: 'another' }));
    expect(standing({ session: [startedOn(2)], mfa: [...withDevice, ...wrong] })).toBe('MFA_CHALLENGE');
  });

  it('is full once the second factor is proven, for longer than five minutes', () => {
    expect(standing({ session: [startedOn(2), raisedOn(3)], mfa: withDevice }, later(10 * MINUTE))).toBe('FULL');
  });

  it('is not full by a right code alone: what makes it so is the session that rose', () => {
    const accepted = event('MfaCodeAccepted', { challengeId: SESSION });
    expect(standing({ session: [startedOn(2)], mfa: [...withDevice, accepted] })).toBe('MFA_CHALLENGE');
  });
});

describe('A session that is open', () => {
  it('owes a code where a first device is enabled meanwhile', () => {
    expect(standing({ session: [startedOn(1)], mfa: withDevice })).toBe('MFA_CHALLENGE');
  });

  it('stays full after wrong codes for operations, as many as there may be', () => {
    const wrong = times(5, () => event('MfaCodeRejected', { purpose: 'OPERATION', challengeId: SESSION }));
    expect(standing({ session: [startedOn(2), raisedOn(3)], mfa: [...withDevice, ...wrong] })).toBe('FULL');
  });

  it.each([
    ['full with a second factor', [startedOn(2), raisedOn(3)]],
    ['full without one', [startedOn(0)]],
    ['a challenge', [startedOn(2)]],
  ])('and %s ends where the device is replaced', (_, session) => {
    const mfa = [...withDevice, event('MfaCodeAccepted'), replaced];
    expect(standing({ session, mfa })).toBe('ENDED');
  });

  it('and in which the device was replaced goes on, for it has risen after that', () => {
    expect(standing({ session: [startedOn(0), raisedOn(3)], mfa: [...withDevice, replaced] })).toBe('FULL');
  });

  it('and was begun after the device was replaced owes a code of the new one', () => {
    expect(standing({ session: [startedOn(3)], mfa: [...withDevice, replaced] })).toBe('MFA_CHALLENGE');
  });

  it.each([
    ['never came about', []],
    ['was abandoned', [event('RegistrationAbandoned')]],
  ])('is over where its user %s', (_, user) => {
    expect(standing({ session: [startedOn(0)], user })).toBe('ENDED');
  });
});

describe('A session that is not open', () => {
  it.each([
    ['never was', []],
    ['was ended', [startedOn(0), event('SessionEnded')]],
  ])('because it %s is over', (_, session) => {
    expect(standing({ session })).toBe('ENDED');
  });
});

describe('A session ends by itself', () => {
  const raised = [startedOn(2), raisedOn(3)];

  it('after 30 minutes without use', () => {
    expect(standing({ session: [startedOn(0)] }, later(30 * MINUTE - 1))).toBe('FULL');
    expect(standing({ session: [startedOn(0)] }, later(30 * MINUTE))).toBe('ENDED');
    expect(standing({ session: raised, mfa: withDevice }, later(30 * MINUTE))).toBe('ENDED');
  });

  it('counting from its last use', () => {
    const session = [startedOn(0), at(later(20 * MINUTE), event('SessionRefreshed'))];
    expect(standing({ session }, later(50 * MINUTE - 1))).toBe('FULL');
    expect(standing({ session }, later(50 * MINUTE))).toBe('ENDED');
  });

  it('after 12 hours, however much it is used', () => {
    const session = [startedOn(0), at(later(12 * HOUR - MINUTE), event('SessionRefreshed'))];
    expect(standing({ session }, later(12 * HOUR - 1))).toBe('FULL');
    expect(standing({ session }, later(12 * HOUR))).toBe('ENDED');
  });

  it.each([
    ['30 minutes after its last use', HOUR, 90 * MINUTE],
    ['12 hours after its start where that is sooner', 12 * HOUR - MINUTE, 12 * HOUR],
  ])('%s', (_, lastUse, end) => {
    const open = stateAfter(sessionDecider, startedOn(0), at(later(lastUse), event('SessionRefreshed')));
    expect(open.status === 'OPEN' && expiryOf(open, limitsOf(DEFAULT_POLICY))).toBe(later(end));
  });
});
