import { describe, expect, it } from '@jest/globals';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import { event, requireMfa, waive } from '../../support/builders.js';
import { given, stateAfter } from '../../support/given.js';

const enabled = [event('MfaEnrollmentStarted'), event('MfaEnabled')];
const required = event('SubUserMfaRequired');
const immediately = event('SubUserMfaRequired', { effective: 'IMMEDIATELY' });
const waived = event('SubUserMfaWaived');

describe('Requiring MFA of a sub-user', () => {
  it.each(['NEXT_SIGN_IN', 'IMMEDIATELY'] as const)('is recorded with from when on it counts: %s', (effective) => {
    given(mfaDecider).when(requireMfa({ effective })).then(event('SubUserMfaRequired', { effective }));
  });

  it('that has a device is recorded too: it counts as soon as there is none', () => {
    given(mfaDecider, ...enabled)
      .when(requireMfa())
      .then(required);
  });

  it('again, but immediately, makes it count sooner', () => {
    given(mfaDecider, required)
      .when(requireMfa({ effective: 'IMMEDIATELY' }))
      .then(immediately);
  });

  it.each([
    ['NEXT_SIGN_IN', required],
    ['NEXT_SIGN_IN', immediately],
    ['IMMEDIATELY', immediately],
  ] as const)('again writes nothing where it would count no sooner (%s)', (effective, before) => {
    given(mfaDecider, before).when(requireMfa({ effective })).then();
  });

  it.each([
    ['NEXT_SIGN_IN', required],
    ['NEXT_SIGN_IN', immediately],
    ['IMMEDIATELY', immediately],
  ] as const)('again revokes the browsers that were trusted since, and counts as before (%s)', (effective, before) => {
    const past = [before, ...enabled, event('DeviceTrusted')];
    const revoked = event('TrustedDevicesRevoked', { by: 'ADMINISTRATOR' });
    given(mfaDecider, ...past)
      .when(requireMfa({ effective }))
      .then(revoked);
    const { requirement } = stateAfter(mfaDecider, ...past);
    expect(stateAfter(mfaDecider, ...past, revoked).requirement).toEqual(requirement);
    given(mfaDecider, ...past, revoked)
      .when(requireMfa({ effective }))
      .then();
  });

  it('again after it was waived is a new requirement', () => {
    given(mfaDecider, immediately, waived).when(requireMfa()).then(required);
    expect(stateAfter(mfaDecider, immediately, waived, required).requirement).toEqual({
      sinceVersion: 3,
      effective: 'NEXT_SIGN_IN',
    });
  });

  it('touches neither device nor pending enrollment', () => {
    const { device } = stateAfter(mfaDecider, ...enabled);
    expect(stateAfter(mfaDecider, ...enabled, immediately)).toMatchObject({ device, sessionsEnded: null });
    expect(stateAfter(mfaDecider, event('MfaEnrollmentStarted'), immediately).pending).not.toBeNull();
  });

  it('outlives the device that was enabled, and the one that was disabled', () => {
    expect(stateAfter(mfaDecider, required, ...enabled).requirement).toEqual({
      sinceVersion: 1,
      effective: 'NEXT_SIGN_IN',
    });
    expect(stateAfter(mfaDecider, required, ...enabled, event('MfaDisabled')).requirement).not.toBeNull();
  });
});

describe('Waiving the requirement', () => {
  it('takes it back, with the verification that was used, and the reason among the personal values', () => {
    given(mfaDecider, required)
      .when(waive({ challengeId: 'another', reason: 'Broken phone' }))
      .then({ ...event('SubUserMfaWaived', { challengeId: 'another' }), personal: { reason: 'Broken phone' } });
    expect(stateAfter(mfaDecider, immediately, waived).requirement).toBeNull();
  });

  it('needs no reason', () => {
    given(mfaDecider, required)
      .when(waive({ reason: null }))
      .then({ ...waived, personal: { reason: null } });
  });

  it.each([
    ['never was one', []],
    ['was waived already', [required, waived]],
  ])('writes nothing where it %s', (_, past) => {
    given(mfaDecider, ...past)
      .when(waive())
      .then();
  });

  it('leaves the device enabled', () => {
    expect(stateAfter(mfaDecider, ...enabled, required, waived).device).not.toBeNull();
  });
});
