import { describe, expect, it } from '@jest/globals';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import type { MfaEvent } from '../../../src/domain/mfa/events.js';
import { proofOf, type Seed } from '../../../src/application/totp.js';
import { TOTP, Secret } from 'otpauth';
import { code, driftedCode, event, later, notRight, PHONE, TABLET } from '../../support/builders.js';
import { given, NOW, stateAfter, type Past } from '../../support/given.js';

const enabled = [event('MfaEnrollmentStarted'), event('MfaEnabled')];

/** A code of step 110, five minutes ahead, was given and rejected. */
const drifted = event('MfaCodeRejected', { reason: 'CLOCK_DRIFT', timeStep: 110, clockOffsetSeconds: 300 });

function burntAfter(...past: readonly Past<MfaEvent>[]) {
  return stateAfter(mfaDecider, ...enabled, ...past).device?.burntSteps;
}

describe('A code that is right for a clock that is off', () => {
  it.each([
    [110, 300],
    [102, -60],
  ])('is rejected, and tells by how much (step %i, %i seconds)', (timeStep, clockOffsetSeconds) => {
    given(mfaDecider, ...enabled)
      .when(driftedCode(timeStep, clockOffsetSeconds))
      .thenRejected(
        notRight(4, clockOffsetSeconds),
        event('MfaCodeRejected', { reason: 'CLOCK_DRIFT', timeStep, clockOffsetSeconds }),
      );
  });

  it('counts as a wrong one, against its challenge and towards a lock', () => {
    const before = event('MfaCodeRejected', { challengeId: 'before', consecutiveFailures: 9 });
    given(mfaDecider, ...enabled, before)
      .when(driftedCode(110, 300))
      .thenRejected(
        { code: 'MFA_LOCKED', retryAt: later(15 * 60_000) },
        event('MfaCodeRejected', {
          ...{ reason: 'CLOCK_DRIFT', timeStep: 110, clockOffsetSeconds: 300 },
          consecutiveFailures: 10,
        }),
        event('MfaLocked'),
      );
    given(mfaDecider, ...enabled, ...Array<typeof drifted>(5).fill(drifted))
      .when(code(101))
      .thenRejected('CHALLENGE_ENDED');
  });

  it('is burnt: once its step comes into the window it is not accepted, and counts against its challenge only', () => {
    given(mfaDecider, ...enabled, drifted)
      .when(code(110))
      .thenRejected(
        notRight(3),
        event('MfaCodeRejected', { reason: 'STALE', timeStep: 110, attemptsLeft: 3, consecutiveFailures: 1 }),
      );
  });

  it('tells of the clock once: given again it is a wrong code like any other', () => {
    given(mfaDecider, ...enabled, drifted)
      .when(driftedCode(110, 270))
      .thenRejected(notRight(3), event('MfaCodeRejected', { attemptsLeft: 3, consecutiveFailures: 2 }));
  });

  it.each([100, 99])('tells nothing where its step was burnt by the last accepted code (step %i)', (timeStep) => {
    given(mfaDecider, ...enabled)
      .when(driftedCode(timeStep, -300))
      .thenRejected(notRight(4), event('MfaCodeRejected'));
  });

  it('tells nothing where it was compared with another device', () => {
    const proof = { deviceId: TABLET, timeStep: null, drift: { timeStep: 110, offsetSeconds: 300 } };
    given(mfaDecider, ...enabled)
      .when(code(null, { proof }))
      .thenRejected(notRight(4), event('MfaCodeRejected'));
  });

  it('leaves the steps around it as they are', () => {
    for (const timeStep of [101, 109, 111]) {
      given(mfaDecider, ...enabled, drifted)
        .when(code(timeStep))
        .then(event('MfaCodeAccepted', { timeStep, challengeId: 'challenge' }));
    }
  });
});

describe('The steps that a drifting clock gave away', () => {
  it('are kept, each once, until a later step is accepted', () => {
    const stale = event('MfaCodeRejected', { reason: 'STALE', timeStep: 110 });
    expect(burntAfter(drifted)).toEqual([110]);
    expect(burntAfter(drifted, stale, stale)).toEqual([110]);
    expect(burntAfter(drifted, event('MfaCodeAccepted', { timeStep: 109 }))).toEqual([110]);
    expect(burntAfter(drifted, event('MfaCodeAccepted', { timeStep: 111 }))).toEqual([]);
  });

  it('are burnt still after unlocking', () => {
    expect(burntAfter(drifted, event('MfaUnlocked'))).toEqual([110]);
  });

  it('are those of that device: a new one begins with none', () => {
    expect(burntAfter(drifted, event('MfaDeviceReplaced'))).toEqual([]);
  });
});

describe('How far a clock is off', () => {
  const seed: Seed = { secret: new Uint8Array(20).fill(7), algorithm: 'SHA1', digits: 6, period: 30 };
  const current = Math.floor(Date.parse(NOW) / 30_000);
  const codeOf = (steps: number) => {
    const totp = new TOTP({ secret: new Secret({ buffer: seed.secret.slice().buffer }) });
    return totp.generate({ timestamp: Date.parse(NOW) + steps * 30_000 });
  };

  it.each([-1, 0, 1])('is no matter within the window (%i steps)', (steps) => {
    expect(proofOf(PHONE, seed, codeOf(steps), NOW)).toEqual({
      deviceId: PHONE,
      timeStep: current + steps,
      drift: null,
    });
  });

  it.each([-10, -2, 2, 10])('is found out within ten steps either side (%i)', (steps) => {
    const drift = { timeStep: current + steps, offsetSeconds: steps * 30 };
    expect(proofOf(PHONE, seed, codeOf(steps), NOW)).toEqual({ deviceId: PHONE, timeStep: null, drift });
  });

  it.each([-11, 11])('is not looked for beyond that (%i)', (steps) => {
    expect(proofOf(PHONE, seed, codeOf(steps), NOW)).toEqual({ deviceId: PHONE, timeStep: null, drift: null });
  });

  it('is not known of a device whose seed is gone', () => {
    expect(proofOf(PHONE, null, codeOf(0), NOW)).toEqual({ deviceId: PHONE, timeStep: null, drift: null });
  });
});
