import { describe, expect, it } from '@jest/globals';
import { HOUR, MINUTE } from '../../../src/domain/instant.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { areFew, methodsOf, RECOVERY_CODES, recoveryCodesLeft } from '../../../src/domain/mfa/recovery-codes.js';
import {
  CHALLENGE,
  code,
  event,
  later,
  notRight,
  startEnrollment,
  TABLET,
  times,
  wrongCode,
} from '../../support/builders.js';
import { generateCodes, noteCodesDestroyed, notRecovered, recoveryCode } from '../../support/recovery-builders.js';
import { given, stateAfter } from '../../support/given.js';

const enabled = event('MfaEnabled');
const generated = event('RecoveryCodesGenerated');
const others = event('RecoveryCodesGenerated', { codeSetId: 'others', challengeId: CHALLENGE });
const rejected = event('RecoveryCodeRejected');

/** The code of a place was used, for a challenge that is over. */
function used(place: number, codesLeft: number) {
  return event('RecoveryCodeUsed', { place, codesLeft, challengeId: 'before' });
}

describe('Generating recovery codes', () => {
  it('the first time takes no verification, and makes ten', () => {
    given(mfaDecider, enabled).when(generateCodes()).then(generated);
    expect(RECOVERY_CODES).toBe(10);
  });

  it('is refused without a device that they could stand in for', () => {
    given(mfaDecider).when(generateCodes()).thenRejected('RECOVERY_CODES_NEED_DEVICE');
    given(mfaDecider, enabled, event('MfaDisabled')).when(generateCodes()).thenRejected('RECOVERY_CODES_NEED_DEVICE');
  });

  it('anew takes a verification: of two who generate the first ones at once the later one too', () => {
    given(mfaDecider, enabled, generated)
      .when(generateCodes({ codeSetId: 'others' }))
      .thenRejected('VERIFICATION_REQUIRED');
    given(mfaDecider, enabled, generated)
      .when(generateCodes({ codeSetId: 'others', challengeId: CHALLENGE }))
      .then(others);
  });

  it('anew also where none is left', () => {
    const all = times(RECOVERY_CODES, (n) => used(n - 1, RECOVERY_CODES - n));
    given(mfaDecider, enabled, generated, ...all)
      .when(generateCodes())
      .thenRejected('VERIFICATION_REQUIRED');
  });

  it('after MFA was disabled and enabled again is the first time', () => {
    given(mfaDecider, enabled, generated, event('MfaDisabled'), enabled)
      .when(generateCodes({ codeSetId: 'others' }))
      .then(event('RecoveryCodesGenerated', { codeSetId: 'others' }));
  });

  it.each([0, 3, 9])('voids those before: the one of place %i is none of the set any more', (place) => {
    given(mfaDecider, enabled, generated, others)
      .when(recoveryCode(place))
      .thenRejected(notRecovered(4), event('RecoveryCodeRejected', { codeSetId: 'others' }));
  });
});

describe('A recovery code', () => {
  it.each(['SIGN_IN', 'OPERATION'] as const)('is accepted once, and used up (%s)', (purpose) => {
    given(mfaDecider, enabled, generated)
      .when(recoveryCode(3, { purpose }))
      .then(event('RecoveryCodeUsed', { purpose }));
    given(mfaDecider, enabled, generated, used(3, 9))
      .when(recoveryCode(3, { purpose }))
      .thenRejected(notRecovered(4), event('RecoveryCodeRejected', { purpose, reason: 'USED' }));
  });

  it('that is not right is recorded 20 times in a row within an hour, and a right one is accepted at any time', () => {
    const wrong = times(19, (n) => event('RecoveryCodeRejected', { challengeId: `before ${n}` }));
    const recorded = event('RecoveryCodeRejected', { attemptsLeft: 4 });
    given(mfaDecider, enabled, generated, ...wrong)
      .when(recoveryCode(null))
      .thenRejected(notRecovered(4), recorded);
    const flooded = [enabled, generated, ...wrong, event('RecoveryCodeRejected', { challengeId: 'before' })];
    given(mfaDecider, ...flooded)
      .when(recoveryCode(null))
      .thenRejected(notRecovered(5));
    given(mfaDecider, ...flooded)
      .when(recoveryCode(null, { now: later(HOUR - 1) }))
      .thenRejected(notRecovered(5));
    given(mfaDecider, ...flooded)
      .when(recoveryCode(null, { now: later(HOUR) }))
      .thenRejected(notRecovered(4), recorded);
    given(mfaDecider, ...flooded)
      .when(recoveryCode(3))
      .then(event('RecoveryCodeUsed'));
    for (const right of [event('MfaCodeAccepted', { challengeId: 'before' }), used(1, 9)]) {
      given(mfaDecider, ...flooded, right)
        .when(recoveryCode(null))
        .thenRejected(notRecovered(4), recorded);
    }
  });

  it('is answered alike where it is used and where it is wrong', () => {
    given(mfaDecider, enabled, generated, used(3, 9)).when(recoveryCode(null)).thenRejected(notRecovered(4), rejected);
  });

  it('says how many are left after it', () => {
    given(mfaDecider, enabled, generated, used(0, 9), used(1, 8))
      .when(recoveryCode(9))
      .then(event('RecoveryCodeUsed', { place: 9, codesLeft: 7 }));
  });

  it('is not offered where there is no set, or no device that it could stand in for', () => {
    given(mfaDecider, enabled).when(recoveryCode(3)).thenRejected('METHOD_NOT_OFFERED');
    given(mfaDecider, enabled, generated, event('MfaDisabled'))
      .when(recoveryCode(3))
      .thenRejected('METHOD_NOT_OFFERED');
  });

  it('is worth nothing once MFA was disabled, also for the device that is enabled after it', () => {
    given(mfaDecider, enabled, generated, event('MfaDisabled'), enabled, others)
      .when(recoveryCode(3))
      .thenRejected(notRecovered(4), event('RecoveryCodeRejected', { codeSetId: 'others' }));
  });

  it('is as good for the device that took the place of the other', () => {
    given(mfaDecider, enabled, generated, event('MfaDeviceReplaced'))
      .when(recoveryCode(3))
      .then(event('RecoveryCodeUsed'));
  });

  it('proves who one is where a lost phone is replaced', () => {
    const starting = { deviceId: TABLET, verifiedBy: 'RECOVERY_CODE', challengeId: CHALLENGE } as const;
    given(mfaDecider, enabled, generated).when(startEnrollment(starting)).then(event('MfaEnrollmentStarted', starting));
  });
});

describe('Recovery codes that are not right', () => {
  it('end a challenge with the fifth, together with codes of the device', () => {
    const failures = [...times(3, () => event('MfaCodeRejected')), rejected];
    given(mfaDecider, enabled, generated, ...failures)
      .when(recoveryCode(null))
      .thenRejected(notRecovered(0), event('RecoveryCodeRejected', { attemptsLeft: 0 }));
    given(mfaDecider, enabled, generated, ...failures)
      .when(wrongCode())
      .thenRejected(notRight(0), event('MfaCodeRejected', { attemptsLeft: 0, consecutiveFailures: 2 }));
  });

  it.each([3, null])('are taken no more by a challenge that is over, right or wrong (%s)', (place) => {
    given(mfaDecider, enabled, generated, ...times(5, () => rejected))
      .when(recoveryCode(place))
      .thenRejected('CHALLENGE_ENDED');
  });

  it('bring nobody nearer to a lock, however many there are', () => {
    const many = times(200, (n) => event('RecoveryCodeRejected', { challengeId: `challenge ${n}` }));
    given(mfaDecider, enabled, generated, ...many)
      .when(code(101))
      .then(event('MfaCodeAccepted'));
    given(mfaDecider, enabled, generated, ...many)
      .when(wrongCode())
      .thenRejected(notRight(4), event('MfaCodeRejected'));
  });
});

describe('While MFA is locked a recovery code', () => {
  const until = later(15 * MINUTE);
  const run = event('MfaCodeRejected', { challengeId: 'before', consecutiveFailures: 10 });
  const locked = [enabled, generated, run, event('MfaLocked', { lockedUntil: until })];

  it('is checked all the same, also where only unlocking helps', () => {
    given(mfaDecider, ...locked)
      .when(recoveryCode(3))
      .then(event('RecoveryCodeUsed'));
    given(mfaDecider, ...locked)
      .when(recoveryCode(null))
      .thenRejected(notRecovered(4), rejected);
    given(mfaDecider, enabled, generated, run, event('MfaLocked', { lockedUntil: null }))
      .when(recoveryCode(3))
      .then(event('RecoveryCodeUsed'));
  });

  it('that is right ends the lock and the run of wrong codes', () => {
    given(mfaDecider, ...locked, used(3, 9))
      .when(code(101))
      .then(event('MfaCodeAccepted'));
    given(mfaDecider, ...locked, used(3, 9))
      .when(wrongCode())
      .thenRejected(notRight(4), event('MfaCodeRejected'));
  });

  it('that is wrong ends neither', () => {
    const attempted = event('RecoveryCodeRejected', { challengeId: 'before' });
    given(mfaDecider, ...locked, attempted)
      .when(code(101))
      .thenRejected({ code: 'MFA_LOCKED', retryAt: until });
  });
});

describe('How many recovery codes are left', () => {
  const left = (...past: readonly MfaEvent[]) => recoveryCodesLeft(stateAfter(mfaDecider, ...past));

  it('is not known where none were generated', () => {
    expect(left(enabled)).toBeNull();
    expect(left(enabled, generated, event('MfaDisabled'))).toBeNull();
  });

  it('goes down with each that is used', () => {
    expect(left(enabled, generated)).toBe(10);
    expect(left(enabled, generated, used(0, 9), used(7, 8))).toBe(8);
  });

  it.each([
    [null, false],
    [3, false],
    [2, true],
    [1, true],
    [0, true],
  ])('(%s) warns: %s', (codesLeft, warns) => {
    expect(areFew(codesLeft)).toBe(warns);
  });

  it('says whether they are offered', () => {
    const all = times(RECOVERY_CODES, (n) => used(n - 1, RECOVERY_CODES - n));
    const offered = ['VIRTUAL_MFA', 'RECOVERY_CODE'];
    expect(methodsOf(stateAfter(mfaDecider, enabled))).toEqual(['VIRTUAL_MFA']);
    expect(methodsOf(stateAfter(mfaDecider, enabled, generated, ...all.slice(1)))).toEqual(offered);
    expect(methodsOf(stateAfter(mfaDecider, enabled, generated, ...all))).toEqual(['VIRTUAL_MFA']);
    expect(methodsOf(stateAfter(mfaDecider, generated))).toEqual(['PASSWORD']);
  });
});

describe('That recovery codes were destroyed', () => {
  it('is noted of those that are void, once', () => {
    given(mfaDecider, enabled, generated, others).when(noteCodesDestroyed()).then(event('RecoveryCodesDestroyed'));
    given(mfaDecider, enabled, generated, event('MfaDisabled'))
      .when(noteCodesDestroyed())
      .then(event('RecoveryCodesDestroyed'));
    given(mfaDecider, enabled, generated, others, event('RecoveryCodesDestroyed')).when(noteCodesDestroyed()).then();
  });

  it('is not noted of a set that never was', () => {
    given(mfaDecider, enabled, generated)
      .when(noteCodesDestroyed({ codeSetId: 'made up' }))
      .then();
  });

  it('is the end of them, where their user is gone', () => {
    given(mfaDecider, enabled, generated).when(noteCodesDestroyed()).then(event('RecoveryCodesDestroyed'));
    given(mfaDecider, enabled, generated, event('RecoveryCodesDestroyed'))
      .when(recoveryCode(3))
      .thenRejected('METHOD_NOT_OFFERED');
  });
});
