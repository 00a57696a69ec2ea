import { describe, it } from '@jest/globals';
import type { EnableMfa } from '../../../src/domain/mfa/commands.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import { ENROLLMENT_ATTEMPTS } from '../../../src/domain/mfa/enrollment.js';
import { enable, event, later, PHONE, proof, TABLET } from '../../support/builders.js';
import { given } from '../../support/given.js';
import { MINUTE } from '../../../src/domain/instant.js';

const started = event('MfaEnrollmentStarted');

/** Two codes that match these steps; null: none. */
function pair(first: number | null, next: number | null, of: Partial<EnableMfa> = {}): EnableMfa {
  return enable(first, { nextProof: proof(of.deviceId ?? PHONE, next), codesToEnable: 2, ...of });
}

function rejected(attemptsLeft: number) {
  return event('MfaEnrollmentCodeRejected', { attemptsLeft });
}

describe('Enabling by two codes', () => {
  it('takes two that follow each other, and burns the later', () => {
    given(mfaDecider, started)
      .when(pair(100, 101))
      .then(event('MfaEnabled', { timeStep: 101 }));
  });

  it('takes them from the very first step on', () => {
    given(mfaDecider, started)
      .when(pair(0, 1))
      .then(event('MfaEnabled', { timeStep: 1 }));
  });

  it('asks for the second where one was given, and counts that for nothing', () => {
    given(mfaDecider, started)
      .when(enable(100, { codesToEnable: 2 }))
      .thenRejected('NEXT_CODE_REQUIRED');
  });

  it.each([
    ['the same code twice', 100, 100],
    ['the two in the wrong order', 101, 100],
    ['two with one between them', 100, 102],
    ['a second that is wrong', 100, null],
  ])('refuses %s, by the second', (_, first, next) => {
    given(mfaDecider, started)
      .when(pair(first, next))
      .thenRejected({ code: 'WRONG_NEXT_CODE', attemptsLeft: ENROLLMENT_ATTEMPTS - 1 }, rejected(9));
  });

  it.each([101, null])('refuses a first that is wrong, by the first, whatever the second is (%s)', (next) => {
    given(mfaDecider, started)
      .when(pair(null, next))
      .thenRejected({ code: 'WRONG_CODE', attemptsLeft: 9, clockOffsetSeconds: null }, rejected(9));
  });

  it.each(['proof', 'nextProof'] as const)('takes no %s of another device', (which) => {
    const step = which === 'proof' ? 100 : 101;
    const code = which === 'proof' ? 'WRONG_CODE' : 'WRONG_NEXT_CODE';
    given(mfaDecider, started)
      .when(pair(100, 101, { [which]: proof(TABLET, step) }))
      .thenRejected(
        code === 'WRONG_CODE' ? { code, attemptsLeft: 9, clockOffsetSeconds: null } : { code, attemptsLeft: 9 },
        rejected(9),
      );
  });

  it('is possible where one is asked for, and held to the same', () => {
    given(mfaDecider, started)
      .when(pair(100, 101, { codesToEnable: 1 }))
      .then(event('MfaEnabled', { timeStep: 101 }));
    given(mfaDecider, started)
      .when(pair(100, null, { codesToEnable: 1 }))
      .thenRejected({ code: 'WRONG_NEXT_CODE', attemptsLeft: 9 }, rejected(9));
  });

  it('ends the set-up with the tenth pair that is wrong', () => {
    const wrong = Array.from({ length: ENROLLMENT_ATTEMPTS }, (_, index) => rejected(9 - index));
    given(mfaDecider, started, ...wrong)
      .when(pair(100, 101))
      .thenRejected('ENROLLMENT_ENDED');
  });

  it('is too late after ten minutes', () => {
    given(mfaDecider, started)
      .when(pair(100, 101, { now: later(10 * MINUTE) }))
      .thenRejected('ENROLLMENT_EXPIRED');
  });

  it('puts the new device in place of the old in one append', () => {
    const enabled = event('MfaEnabled');
    given(mfaDecider, started, enabled, event('MfaEnrollmentStarted', { deviceId: TABLET }))
      .when(pair(200, 201, { deviceId: TABLET }))
      .then(event('MfaDeviceReplaced', { newDeviceId: TABLET, timeStep: 201 }));
  });
});
