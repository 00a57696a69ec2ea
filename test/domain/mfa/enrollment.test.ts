import { describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import {
  cancelEnrollment,
  CHALLENGE,
  code,
  enable,
  event,
  later,
  notRight,
  PHONE,
  proof,
  startEnrollment,
  TABLET,
  times,
  wrongCode,
} from '../../support/builders.js';
import { at, given, stateAfter } from '../../support/given.js';

const started = event('MfaEnrollmentStarted');
const enabled = event('MfaEnabled');
const tabletStarted = event('MfaEnrollmentStarted', { deviceId: TABLET, verifiedBy: 'VIRTUAL_MFA' });
const replaced = event('MfaDeviceReplaced');
const rejected = times(10, (n) => event('MfaEnrollmentCodeRejected', { attemptsLeft: 10 - n }));

describe('Starting an enrollment', () => {
  it.each([
    ['SIGN_IN_PASSWORD', null],
    ['PASSWORD', 'challenge'],
    ['VIRTUAL_MFA', 'challenge'],
  ] as const)('of a first device is allowed once %s has proven who it is', (verifiedBy, challengeId) => {
    given(mfaDecider)
      .when(startEnrollment({ verifiedBy, challengeId }))
      .then(event('MfaEnrollmentStarted', { verifiedBy, challengeId }));
  });

  it('gives ten minutes', () => {
    given(mfaDecider)
      .when(startEnrollment({ now: later(1) }))
      .then(event('MfaEnrollmentStarted', { expiresAt: later(10 * MINUTE + 1) }));
  });

  it('keeps the name of the device among the personal values', () => {
    given(mfaDecider)
      .when(startEnrollment({ deviceName: 'Work phone' }))
      .then({ ...started, personal: { deviceName: 'Work phone' } });
  });

  it.each(['SIGN_IN_PASSWORD', 'PASSWORD'] as const)(
    'by %s is refused once there is a device that could be asked for',
    (verifiedBy) => {
      given(mfaDecider, started, enabled)
        .when(startEnrollment({ deviceId: TABLET, verifiedBy }))
        .thenRejected('VERIFICATION_REQUIRED');
    },
  );

  it.each(['PASSWORD', 'VIRTUAL_MFA'] as const)(
    'for somebody else is allowed by what the actor has, %s, though the sub-user has a device',
    (verifiedBy) => {
      const command = { deviceId: TABLET, verifiedBy, challengeId: CHALLENGE, onBehalf: true };
      given(mfaDecider, started, enabled)
        .when(startEnrollment(command))
        .then(event('MfaEnrollmentStarted', { deviceId: TABLET, verifiedBy, challengeId: CHALLENGE }));
    },
  );

  it('of a second device is allowed by a code of the first', () => {
    given(mfaDecider, started, enabled)
      .when(startEnrollment({ deviceId: TABLET, verifiedBy: 'VIRTUAL_MFA' }))
      .then(tabletStarted);
  });

  it('again takes the place of the pending one', () => {
    given(mfaDecider, started)
      .when(startEnrollment({ deviceId: TABLET, now: later(MINUTE) }))
      .then(event('MfaEnrollmentStarted', { deviceId: TABLET, expiresAt: later(11 * MINUTE) }));
    given(mfaDecider, started, tabletStarted).when(enable(100)).thenRejected('NOT_FOUND');
  });

  it('again takes as many codes as the first time', () => {
    given(mfaDecider, started, ...rejected, tabletStarted)
      .when(enable(null, { deviceId: TABLET }))
      .thenRejected(notRight(9), event('MfaEnrollmentCodeRejected', { deviceId: TABLET, attemptsLeft: 9 }));
  });

  it('never touches the enabled device', () => {
    given(mfaDecider, started, enabled, tabletStarted)
      .when(code(101))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });
});

describe('Cancelling an enrollment', () => {
  it('gives up the pending one', () => {
    given(mfaDecider, started).when(cancelEnrollment()).then(event('MfaEnrollmentCancelled'));
  });

  it.each([
    ['nothing is pending', []],
    ['another one is pending', [tabletStarted]],
    ['it was cancelled already', [started, event('MfaEnrollmentCancelled')]],
    ['the device is enabled', [started, enabled]],
  ])('finds nothing where %s', (_, past) => {
    given(mfaDecider, ...past)
      .when(cancelEnrollment())
      .thenRejected('NOT_FOUND');
  });

  it('makes its codes useless', () => {
    given(mfaDecider, started, event('MfaEnrollmentCancelled')).when(enable(100)).thenRejected('NOT_FOUND');
  });

  it('leaves the enabled device as it is', () => {
    given(mfaDecider, started, enabled, tabletStarted, event('MfaEnrollmentCancelled', { deviceId: TABLET }))
      .when(code(101))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });
});

describe('Enabling MFA', () => {
  it('takes a code of the pending device', () => {
    given(mfaDecider, started).when(enable(100)).then(enabled);
  });

  it('takes a code of time step 0 as any other', () => {
    given(mfaDecider, started)
      .when(enable(0))
      .then(event('MfaEnabled', { timeStep: 0 }));
  });

  it.each([
    ['nothing is pending', []],
    ['another device is pending', [tabletStarted]],
    ['the device is enabled already', [started, enabled]],
  ])('finds nothing where %s', (_, past) => {
    given(mfaDecider, ...past)
      .when(enable(100))
      .thenRejected('NOT_FOUND');
  });

  it('works until the last millisecond of the ten minutes', () => {
    given(mfaDecider, started)
      .when(enable(100, { now: later(10 * MINUTE - 1) }))
      .then(enabled);
  });

  it('is too late at the very moment of expiry', () => {
    given(mfaDecider, started)
      .when(enable(100, { now: later(10 * MINUTE) }))
      .thenRejected('ENROLLMENT_EXPIRED');
  });

  it('records nothing of a wrong code that comes too late', () => {
    given(mfaDecider, started)
      .when(enable(null, { now: later(10 * MINUTE) }))
      .thenRejected('ENROLLMENT_EXPIRED');
  });

  it('refuses and records a wrong code', () => {
    given(mfaDecider, started).when(enable(null)).thenRejected(notRight(9), event('MfaEnrollmentCodeRejected'));
  });

  it('counts a code that was compared with another device for nothing', () => {
    given(mfaDecider, started)
      .when(enable(100, { proof: proof(TABLET, 100) }))
      .thenRejected(notRight(9), event('MfaEnrollmentCodeRejected'));
  });

  it('takes ten codes, the tenth as well if it is right', () => {
    given(mfaDecider, started, ...rejected.slice(0, 9))
      .when(enable(100))
      .then(enabled);
    given(mfaDecider, started, ...rejected.slice(0, 9))
      .when(enable(null))
      .thenRejected(notRight(0), event('MfaEnrollmentCodeRejected', { attemptsLeft: 0 }));
  });

  it.each([100, null])('takes no eleventh code and records none (time step %s)', (timeStep) => {
    given(mfaDecider, started, ...rejected)
      .when(enable(timeStep))
      .thenRejected('ENROLLMENT_ENDED');
  });

  it('counts its wrong codes neither towards a lock nor against a challenge', () => {
    const state = stateAfter(mfaDecider, started, ...rejected);
    expect(state).toMatchObject({ consecutiveFailures: 0, lock: null, challenges: {} });
  });

  it('ends the enrollment', () => {
    expect(stateAfter(mfaDecider, started, enabled)).toMatchObject({
      pending: null,
      device: { deviceId: PHONE, sinceVersion: 2, lastTimeStep: 100 },
    });
  });

  it('burns the step of its code', () => {
    given(mfaDecider, started, enabled)
      .when(code(100))
      .thenRejected(notRight(4), event('MfaCodeReplayed', { timeStep: 100 }));
  });
});

describe('Replacing the device', () => {
  const past = [started, enabled, tabletStarted];

  it('happens in the one append that proves the new one', () => {
    given(mfaDecider, ...past)
      .when(enable(200, { deviceId: TABLET }))
      .then(replaced);
  });

  it('leaves the old device working while a code for the new one is wrong', () => {
    given(mfaDecider, ...past, event('MfaEnrollmentCodeRejected', { deviceId: TABLET }))
      .when(code(101))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });

  it('makes the codes of the old device worth nothing', () => {
    given(mfaDecider, ...past, replaced)
      .when(code(201))
      .thenRejected(notRight(4), event('MfaCodeRejected', { deviceId: TABLET }));
  });

  it('makes the codes of the new device work, from the step after the one that proved it', () => {
    given(mfaDecider, ...past, replaced)
      .when(code(201, { proof: proof(TABLET, 201) }))
      .then(event('MfaCodeAccepted', { deviceId: TABLET, timeStep: 201 }));
    given(mfaDecider, ...past, replaced)
      .when(code(200, { proof: proof(TABLET, 200) }))
      .thenRejected(notRight(4), event('MfaCodeReplayed', { deviceId: TABLET, timeStep: 200 }));
  });

  it('may begin at a lower time step than the old device had come to', () => {
    given(mfaDecider, ...past)
      .when(enable(7, { deviceId: TABLET }))
      .then(event('MfaDeviceReplaced', { timeStep: 7 }));
    given(mfaDecider, ...past, event('MfaDeviceReplaced', { timeStep: 7 }))
      .when(code(8, { proof: proof(TABLET, 8) }))
      .then(event('MfaCodeAccepted', { deviceId: TABLET, timeStep: 8 }));
  });

  it('notes the version at which it happened, on which sessions end', () => {
    expect(stateAfter(mfaDecider, ...past).sessionsEnded).toBeNull();
    expect(stateAfter(mfaDecider, ...past, replaced)).toMatchObject({
      sessionsEnded: { atVersion: 4, except: null, exceptFrom: 0 },
      device: { deviceId: TABLET, sinceVersion: 4 },
    });
  });

  it('is a success: the run of wrong codes, and a lock, are over', () => {
    const locked = [event('MfaCodeRejected', { consecutiveFailures: 10 }), event('MfaLocked')];
    given(mfaDecider, ...past, ...locked, replaced)
      .when(wrongCode({ challengeId: 'another', proof: proof(TABLET, null) }))
      .thenRejected(
        notRight(4),
        event('MfaCodeRejected', { deviceId: TABLET, challengeId: 'another', consecutiveFailures: 1 }),
      );
  });
});

describe('Unbinding first and binding later', () => {
  const disabled = event('MfaDisabled');

  it('is a new device, by a new enrollment that the password is enough for', () => {
    given(mfaDecider, started, enabled, disabled)
      .when(startEnrollment({ deviceId: TABLET, verifiedBy: 'PASSWORD' }))
      .then(event('MfaEnrollmentStarted', { deviceId: TABLET, verifiedBy: 'PASSWORD' }));
    given(mfaDecider, started, enabled, disabled, tabletStarted)
      .when(enable(300, { deviceId: TABLET }))
      .then(event('MfaEnabled', { deviceId: TABLET, timeStep: 300 }));
  });

  it('never brings the old device back: its enrollment is over', () => {
    given(mfaDecider, started, enabled, disabled).when(enable(300)).thenRejected('NOT_FOUND');
  });

  it('enables what was being set up as a replacement as a first device', () => {
    given(mfaDecider, started, enabled, tabletStarted, disabled)
      .when(enable(300, { deviceId: TABLET }))
      .then(event('MfaEnabled', { deviceId: TABLET, timeStep: 300 }));
  });
});

describe('A user without MFA', () => {
  it('has the version of what happened last', () => {
    expect(stateAfter(mfaDecider)).toMatchObject({ version: 0, device: null });
    expect(stateAfter(mfaDecider, started, at(later(1), event('MfaEnrollmentCancelled')))).toMatchObject({
      version: 2,
      device: null,
      pending: null,
    });
  });

  it('makes nothing of codes and wrong codes for a device that is not there', () => {
    const state = stateAfter(mfaDecider, event('MfaEnrollmentCodeRejected'), event('MfaCodeAccepted'));
    expect(state).toMatchObject({ device: null, pending: null });
  });
});
