import { describe, expect, it } from '@jest/globals';
import { after } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import { code, disable, driftedCode, enable, event, noteDestroyed, notRight } from '../../support/builders.js';
import { proof, PHONE, startEnrollment, TABLET } from '../../support/builders.js';
import { given, NOW, sentIn, stateAfter } from '../../support/given.js';

const enabled = [event('MfaEnrollmentStarted'), event('MfaEnabled')];
const disabled = event('MfaDisabled');

describe('Disabling MFA', () => {
  it('of one’s own takes a code of the device, and records the verification', () => {
    given(mfaDecider, ...enabled)
      .when(disable({ challengeId: 'another' }))
      .then(event('MfaDisabled', { challengeId: 'another' }));
  });

  it('of one’s own is refused by a password', () => {
    given(mfaDecider, ...enabled)
      .when(disable({ verifiedBy: 'PASSWORD' }))
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it.each(['PASSWORD', 'VIRTUAL_MFA'] as const)(
    'of a sub-user takes the verification of whoever manages it: %s',
    (verifiedBy) => {
      given(mfaDecider, ...enabled)
        .when(disable({ by: 'ADMINISTRATOR', verifiedBy }))
        .then(event('MfaDisabled', { by: 'ADMINISTRATOR' }));
    },
  );

  it('by an operator names the recovery of the account, and takes off nothing when it is repeated', () => {
    const byOperator = disable({ by: 'OPERATOR', verifiedBy: null, challengeId: 'recovery', recoveredAt: NOW });
    const taken = event('MfaDisabled', { by: 'OPERATOR', challengeId: 'recovery' });
    given(mfaDecider, ...enabled)
      .when(byOperator)
      .then(taken);
    given(mfaDecider, ...enabled, taken)
      .when(byOperator)
      .then();
    given(mfaDecider, ...enabled, taken, ...enabled)
      .when(byOperator)
      .then();
    given(mfaDecider, ...enabled, taken, ...enabled)
      .when({ ...byOperator, challengeId: 'another' })
      .then(event('MfaDisabled', { by: 'OPERATOR', challengeId: 'another' }));
  });

  it('by an operator takes off no device that was enabled after the recovery was completed', () => {
    const byOperator = disable({ by: 'OPERATOR', verifiedBy: null, challengeId: 'recovery' });
    given(mfaDecider, ...enabled)
      .when({ ...byOperator, recoveredAt: after(NOW, -1) })
      .then();
    given(mfaDecider)
      .when({ ...byOperator, recoveredAt: NOW })
      .then();
  });

  it('by an operator ends every session, whichever had it done', () => {
    const taken = sentIn('session', event('MfaDisabled', { by: 'OPERATOR' }));
    expect(stateAfter(mfaDecider, ...enabled, taken)).toMatchObject({ sessionsEnded: { except: null } });
  });

  it('names the device that it took off', () => {
    given(mfaDecider, ...enabled, event('MfaDeviceReplaced'))
      .when(disable())
      .then(event('MfaDisabled', { deviceId: TABLET }));
  });

  it.each([
    ['never was one', []],
    ['is one pending only', [event('MfaEnrollmentStarted')]],
    ['is none any more', [...enabled, disabled]],
  ])('is refused where there %s', (_, past) => {
    given(mfaDecider, ...past)
      .when(disable())
      .thenRejected('MFA_NOT_ENABLED');
  });

  it('works while codes are locked, for whoever manages the user: that is the way out of a lost phone', () => {
    const locked = [event('MfaCodeRejected', { consecutiveFailures: 10 }), event('MfaLocked')];
    given(mfaDecider, ...enabled, ...locked)
      .when(disable({ by: 'ADMINISTRATOR' }))
      .then(event('MfaDisabled', { by: 'ADMINISTRATOR' }));
  });

  it('leaves a requirement in force', () => {
    expect(stateAfter(mfaDecider, event('SubUserMfaRequired'), ...enabled, disabled)).toMatchObject({
      device: null,
      requirement: { sinceVersion: 1 },
    });
  });
});

describe('After MFA was disabled', () => {
  it.each([101, 100, 5_000])('a code of the old device never works again (step %i)', (timeStep) => {
    given(mfaDecider, ...enabled, disabled)
      .when(code(timeStep))
      .thenRejected('METHOD_NOT_OFFERED');
  });

  it('a code of the old device is worth nothing for a new one, nor does it tell of a clock', () => {
    const anew = event('MfaEnrollmentStarted', { deviceId: TABLET });
    const tablet = event('MfaEnabled', { deviceId: TABLET, timeStep: 300 });
    const wrong = event('MfaCodeRejected', { deviceId: TABLET });
    for (const command of [code(301), driftedCode(310, 300)]) {
      given(mfaDecider, ...enabled, disabled, anew, tablet)
        .when(command)
        .thenRejected(notRight(4), wrong);
    }
    given(mfaDecider, ...enabled, disabled, anew)
      .when(enable(301, { deviceId: TABLET, proof: proof(PHONE, 301) }))
      .thenRejected(notRight(9), event('MfaEnrollmentCodeRejected', { deviceId: TABLET }));
  });

  it('the password is enough to enroll anew', () => {
    given(mfaDecider, ...enabled, disabled)
      .when(startEnrollment({ deviceId: TABLET, verifiedBy: 'PASSWORD' }))
      .then(event('MfaEnrollmentStarted', { deviceId: TABLET, verifiedBy: 'PASSWORD' }));
  });

  it('the run of wrong codes and the lock go on, until a new device is enabled', () => {
    const locked = [event('MfaCodeRejected', { consecutiveFailures: 10 }), event('MfaLocked')];
    const tablet = event('MfaEnabled', { deviceId: TABLET, timeStep: 300 });
    expect(stateAfter(mfaDecider, ...enabled, ...locked, disabled).consecutiveFailures).toBe(10);
    expect(stateAfter(mfaDecider, ...enabled, ...locked, disabled, tablet)).toMatchObject({
      consecutiveFailures: 0,
      lock: null,
    });
  });
});

describe('The seed of a device that is not in use any more', () => {
  it('is noted to be destroyed', () => {
    given(mfaDecider, ...enabled, disabled)
      .when(noteDestroyed())
      .then(event('MfaSecretDestroyed'));
  });

  it('being destroyed changes nothing else', () => {
    const before = stateAfter(mfaDecider, ...enabled, disabled);
    const after = stateAfter(mfaDecider, ...enabled, disabled, event('MfaSecretDestroyed'));
    expect(after).toEqual({ ...before, version: 4 });
  });
});
