import { describe, expect, it } from '@jest/globals';
import type { AccountPolicy } from '../../../src/domain/account/policy.js';
import { DAY, type Instant } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { MOST_TRUSTED_DEVICES } from '../../../src/domain/mfa/trusted-device-list.js';
import { trustedDevices } from '../../../src/domain/mfa/trusted-devices.js';
import { userDecider } from '../../../src/domain/user/decider.js';
import type { UserEvent } from '../../../src/domain/user/events.js';
import { event, later, TABLET, times } from '../../support/builders.js';
import { revokeTrust, trustDevice, trustingFor } from '../../support/recovery-builders.js';
import { at, given, NOW, stateAfter, type Past } from '../../support/given.js';

const enabled = event('MfaEnabled');
const trusted = event('DeviceTrusted');
const created = event('UserCreated');

interface Given {
  readonly mfa?: readonly Past<MfaEvent>[];
  readonly user?: readonly Past<UserEvent>[];
  readonly days?: number;
  readonly policy?: AccountPolicy;
  readonly now?: Instant;
}

/** The browsers that are trusted, after that: Sam has a device, and trusted a browser with it at the very beginning. */
function trustedAfter({
  mfa = [],
  user = [],
  days = 7,
  policy = trustingFor(days),
  now = NOW,
}: Given): readonly string[] {
  const state = stateAfter(mfaDecider, enabled, trusted, ...mfa);
  const sam = stateAfter(userDecider, created, ...user);
  if (sam.status !== 'ACTIVE') throw new Error('there is no Sam');
  return trustedDevices({ mfa: state, user: sam, policy }, now).map(({ trustId }) => trustId);
}

describe('Trusting a browser', () => {
  it.each([1, 7])('lasts for as many days as the policy allows: %i', (days) => {
    given(mfaDecider, enabled)
      .when(trustDevice({ policy: trustingFor(days) }))
      .then(event('DeviceTrusted', { expiresAt: later(days * DAY) }));
  });

  it('lasts seven days at most, whatever the policy says', () => {
    given(mfaDecider, enabled)
      .when(trustDevice({ policy: trustingFor(30) }))
      .then(event('DeviceTrusted', { expiresAt: later(7 * DAY) }));
  });

  it('is refused where the policy allows none', () => {
    given(mfaDecider, enabled)
      .when(trustDevice({ policy: trustingFor(0) }))
      .thenRejected('TRUSTED_DEVICES_OFF');
  });

  it('is refused where the device that was proven is not the one any more', () => {
    given(mfaDecider, enabled, event('MfaDeviceReplaced')).when(trustDevice()).thenRejected('VERIFICATION_REQUIRED');
    given(mfaDecider, enabled, event('MfaDisabled')).when(trustDevice()).thenRejected('VERIFICATION_REQUIRED');
  });

  it('is refused where all trust was revoked after the proof', () => {
    const revoked = [enabled, event('TrustedDevicesRevoked')];
    given(mfaDecider, ...revoked)
      .when(trustDevice({ mfaVersion: 1 }))
      .thenRejected('VERIFICATION_REQUIRED');
    given(mfaDecider, ...revoked)
      .when(trustDevice({ mfaVersion: 2 }))
      .then(trusted);
  });
});

describe('A browser is trusted', () => {
  it('from the moment on, until its days are over', () => {
    expect(trustedAfter({})).toEqual(['trust']);
    expect(trustedAfter({ now: later(7 * DAY - 1) })).toEqual(['trust']);
    expect(trustedAfter({ now: later(7 * DAY) })).toEqual([]);
  });

  it('for fewer days where the policy allows fewer by now, counted from when it was trusted', () => {
    expect(trustedAfter({ days: 3, now: later(3 * DAY - 1) })).toEqual(['trust']);
    expect(trustedAfter({ days: 3, now: later(3 * DAY) })).toEqual([]);
  });

  it('no longer where the policy allows more by now', () => {
    const short = at(NOW, event('DeviceTrusted', { trustId: 'short', expiresAt: later(DAY) }));
    expect(trustedAfter({ mfa: [short], now: later(DAY) })).toEqual(['trust']);
  });

  it('not where the policy allows none by now', () => {
    expect(trustedAfter({ days: 0 })).toEqual([]);
  });

  it('not where the policy allows more again, having allowed fewer since', () => {
    const since = (days: number, loweredAt: number) => ({
      policy: { ...trustingFor(7), loweredTrust: [{ days, at: later(loweredAt) }] },
    });
    expect(trustedAfter({ ...since(0, 1) })).toEqual([]);
    expect(trustedAfter({ ...since(3, 1), now: later(3 * DAY - 1) })).toEqual(['trust']);
    expect(trustedAfter({ ...since(3, 1), now: later(3 * DAY) })).toEqual([]);
    expect(trustedAfter({ ...since(0, -1) })).toEqual(['trust']);
  });

  it.each([
    ['its trust was revoked', { mfa: [event('TrustedDevicesRevoked')] }],
    ['the device was disabled', { mfa: [event('MfaDisabled')] }],
    ['the device was disabled and enabled again', { mfa: [event('MfaDisabled'), enabled] }],
    ['the device was replaced', { mfa: [event('MfaDeviceReplaced')] }],
    ['MFA was required', { mfa: [event('SubUserMfaRequired')] }],
    ['the password was changed', { user: [event('PasswordChanged')] }],
    ['the password was reset', { user: [event('PasswordReset')] }],
  ] satisfies readonly (readonly [string, Given])[])('no more once %s', (_, past) => {
    expect(trustedAfter(past)).toEqual([]);
  });

  it.each([
    ['a set-up of another device was begun', { mfa: [event('MfaEnrollmentStarted', { deviceId: TABLET })] }],
    ['recovery codes were generated', { mfa: [event('RecoveryCodesGenerated')] }],
    ['codes were locked', { mfa: [event('MfaLocked')] }],
    ['its user was renamed', { user: [event('UserRenamed')] }],
  ] satisfies readonly (readonly [string, Given])[])('still once %s', (_, past) => {
    expect(trustedAfter(past)).toEqual(['trust']);
  });

  it('not where it was another device that was proven', () => {
    const other = event('DeviceTrusted', { trustId: 'other', deviceId: TABLET });
    expect(trustedAfter({ mfa: [other] })).toEqual(['trust']);
  });

  it('again by the new password, if it was trusted after the change', () => {
    const anew = event('DeviceTrusted', { trustId: 'anew', userVersion: 2 });
    expect(trustedAfter({ user: [event('PasswordChanged')], mfa: [anew] })).toEqual(['anew']);
  });

  it('beside others, of which the one longest ago is forgotten in the end', () => {
    const more = times(MOST_TRUSTED_DEVICES, (n) => event('DeviceTrusted', { trustId: `trust ${n}` }));
    expect(trustedAfter({ mfa: more.slice(1) })).toHaveLength(MOST_TRUSTED_DEVICES);
    expect(trustedAfter({ mfa: more.slice(1) })).toContain('trust');
    expect(trustedAfter({ mfa: more })).not.toContain('trust');
  });

  it('and forgotten when its days are over, as others are trusted', () => {
    const next = at(later(7 * DAY), event('DeviceTrusted', { trustId: 'next', expiresAt: later(14 * DAY) }));
    const { list } = stateAfter(mfaDecider, enabled, trusted, next).trustedDevices;
    expect(list.map(({ trustId }) => trustId)).toEqual(['next']);
  });
});

describe('Revoking the trust in all browsers', () => {
  it.each(['SELF', 'ADMINISTRATOR'] as const)('records who did it: %s', (by) => {
    given(mfaDecider, enabled, trusted).when(revokeTrust({ by })).then(event('TrustedDevicesRevoked', { by }));
  });

  it('changes nothing where there is none, or none any more', () => {
    given(mfaDecider, enabled).when(revokeTrust()).then();
    given(mfaDecider, enabled, trusted, event('TrustedDevicesRevoked')).when(revokeTrust()).then();
  });
});
