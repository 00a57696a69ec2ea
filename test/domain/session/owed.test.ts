import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from '../../../src/domain/account/policy.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { sessionDecider } from '../../../src/domain/session/decider.js';
import type { Factor, Owed } from '../../../src/domain/session/events.js';
import { owedAtStart } from '../../../src/domain/session/owed.js';
import { standingOf } from '../../../src/domain/session/standing.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import type { UserEvent } from '../../../src/domain/user/events.js';
import { event } from '../../support/builders.js';
import { NOW, stateAfter, type Past } from '../../support/given.js';

const enabled = [event('MfaEnrollmentStarted'), event('MfaEnabled')];
const required = event('SubUserMfaRequired');
const immediately = event('SubUserMfaRequired', { effective: 'IMMEDIATELY' });
const reset = event('PasswordReset');
const policy = { ...DEFAULT_POLICY, trustedDeviceDays: 30 };

interface Row {
  readonly where: string;
  readonly mfa?: readonly Past<MfaEvent>[];
  readonly user?: readonly UserEvent[];
  readonly factors?: readonly Factor[];
  readonly owes: readonly Owed[];
}

const rows: readonly Row[] = [
  { where: 'has no device and needs none', owes: [] },
  { where: 'has a device', mfa: enabled, owes: ['MFA_CHALLENGE'] },
  { where: 'has a device and trusts the browser', mfa: enabled, factors: ['PASSWORD', 'TRUSTED_DEVICE'], owes: [] },
  { where: 'has to enable a device', mfa: [required], owes: ['MFA_ENROLLMENT'] },
  { where: 'has to enable a device at once', mfa: [immediately], owes: ['MFA_ENROLLMENT'] },
  { where: 'had to and was released', mfa: [required, event('SubUserMfaWaived')], owes: [] },
  { where: 'had to and has a device', mfa: [required, ...enabled], owes: ['MFA_CHALLENGE'] },
  { where: 'has disabled its device', mfa: [...enabled, event('MfaDisabled')], owes: [] },
  { where: 'has a one-time password', user: [reset], owes: ['PASSWORD_CHANGE'] },
  { where: 'has one and a device', user: [reset], mfa: enabled, owes: ['MFA_CHALLENGE', 'PASSWORD_CHANGE'] },
  { where: 'has one and needs a device', user: [reset], mfa: [required], owes: ['PASSWORD_CHANGE', 'MFA_ENROLLMENT'] },
];

describe('A session that starts owes what its stage asks for first, and then the rest, where the user', () => {
  it.each(rows.map((row) => [row.where, row] as const))('%s', (_, { mfa: past = [], user: more = [], ...row }) => {
    const { factors = ['PASSWORD'], owes } = row;
    const user = stateAfter(userDecider, event('UserCreated'), ...more);
    const mfa = stateAfter(mfaDecider, ...past);
    if (user.status !== 'ACTIVE') throw new Error('no user');
    expect(owedAtStart({ factors, user, mfa })).toEqual(owes);
    const started = event('SessionStarted', { factors, userVersion: user.version, mfaVersion: mfa.version, owes });
    const session = stateAfter(sessionDecider, started);
    expect(standingOf({ sessionId: 'fresh', session, user, mfa, policy }, NOW)).toBe(owes[0] ?? 'FULL');
  });
});
