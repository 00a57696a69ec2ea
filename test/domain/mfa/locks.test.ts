import { describe, expect, it } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../../../src/domain/instant.js';
import { activeLock, lockEnd } from '../../../src/domain/mfa/codes.js';
import { mfaDecider } from '../../../src/domain/mfa/decider.js';
import { code, event, later, notRight, times, unlock, wrongCode } from '../../support/builders.js';
import { at, given, NOW, stateAfter } from '../../support/given.js';
import { play } from '../../support/play.js';

const enabled = event('MfaEnabled');

/** A run of so many wrong codes, of which the last was given for another challenge. */
function runOf(consecutiveFailures: number) {
  return event('MfaCodeRejected', { challengeId: 'before', consecutiveFailures });
}

const locks: readonly (readonly [number, number | null])[] = [
  [10, 15 * MINUTE],
  [20, 30 * MINUTE],
  [30, HOUR],
  [40, 2 * HOUR],
  [50, 4 * HOUR],
  [60, 8 * HOUR],
  [70, 16 * HOUR],
  [80, DAY],
  [90, DAY],
  [100, null],
];

describe('Wrong codes in a row, over all challenges', () => {
  it.each(locks)('lock as number %i for %s ms (null: until unlocked)', (n, length) => {
    const until = length === null ? null : later(length);
    given(mfaDecider, enabled, runOf(n - 1))
      .when(wrongCode())
      .thenRejected(
        { code: 'MFA_LOCKED', retryAt: until },
        event('MfaCodeRejected', { consecutiveFailures: n }),
        event('MfaLocked', { lockedUntil: until, consecutiveFailures: n }),
      );
  });

  it.each([1, 5, 9, 11, 19, 99, 101])('do not lock as number %i', (n) => {
    given(mfaDecider, enabled, runOf(n - 1))
      .when(wrongCode())
      .thenRejected(notRight(4), event('MfaCodeRejected', { consecutiveFailures: n }));
  });

  it('lock from the moment of the last of them', () => {
    expect(lockEnd(10, later(1))).toBe(later(15 * MINUTE + 1));
  });

  it('lock until unlocked beyond a hundred as well', () => {
    expect(lockEnd(110, NOW)).toBeNull();
  });

  it('count together at sign-in and for operations', () => {
    given(mfaDecider, enabled, runOf(9))
      .when(wrongCode({ purpose: 'OPERATION' }))
      .thenRejected(
        { code: 'MFA_LOCKED', retryAt: later(15 * MINUTE) },
        event('MfaCodeRejected', { purpose: 'OPERATION', consecutiveFailures: 10 }),
        event('MfaLocked'),
      );
  });
});

describe('While MFA is locked', () => {
  const until = later(15 * MINUTE);
  const locked = [enabled, runOf(10), event('MfaLocked', { lockedUntil: until })];

  it.each([101, 100, 99, null])('codes are not checked and nothing is recorded (time step %s)', (timeStep) => {
    given(mfaDecider, ...locked)
      .when(code(timeStep, { now: later(15 * MINUTE - 1) }))
      .thenRejected({ code: 'MFA_LOCKED', retryAt: until });
  });

  it('that comes before the end of a challenge', () => {
    const ended = times(5, () => event('MfaCodeReplayed'));
    given(mfaDecider, enabled, ...ended, runOf(10), event('MfaLocked', { lockedUntil: until }))
      .when(code(101))
      .thenRejected({ code: 'MFA_LOCKED', retryAt: until });
  });

  it('a right code is accepted again from the very moment of its end on', () => {
    given(mfaDecider, ...locked)
      .when(code(101, { now: until }))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });

  it('its end does not set back the run: ten more lock for twice as long', () => {
    given(mfaDecider, ...locked)
      .when(wrongCode({ now: until }))
      .thenRejected(notRight(4), event('MfaCodeRejected', { consecutiveFailures: 11 }));
    given(mfaDecider, ...locked, runOf(19))
      .when(wrongCode({ now: until }))
      .thenRejected(
        { code: 'MFA_LOCKED', retryAt: later(45 * MINUTE) },
        event('MfaCodeRejected', { consecutiveFailures: 20 }),
        event('MfaLocked', { lockedUntil: later(45 * MINUTE), consecutiveFailures: 20 }),
      );
  });

  it('a success after its end sets back the run: the next ten lock for 15 minutes again', () => {
    given(mfaDecider, ...locked, event('MfaCodeAccepted'), runOf(9))
      .when(wrongCode())
      .thenRejected(
        { code: 'MFA_LOCKED', retryAt: until },
        event('MfaCodeRejected', { consecutiveFailures: 10 }),
        event('MfaLocked', { lockedUntil: until }),
      );
  });

  it('it is known until when', () => {
    const state = stateAfter(mfaDecider, ...locked);
    expect(activeLock(stateAfter(mfaDecider, enabled, runOf(9)), NOW)).toBeNull();
    expect(activeLock(state, later(15 * MINUTE - 1))).toEqual({ until });
    expect(activeLock(state, until)).toBeNull();
  });
});

describe('After a hundred wrong codes in a row', () => {
  const locked = [enabled, runOf(100), event('MfaLocked', { lockedUntil: null, consecutiveFailures: 100 })];

  it('time does not help', () => {
    expect(activeLock(stateAfter(mfaDecider, ...locked), later(1_000 * DAY))).toEqual({ until: null });
    given(mfaDecider, ...locked)
      .when(code(101, { now: later(1_000 * DAY) }))
      .thenRejected({ code: 'MFA_LOCKED', retryAt: null });
  });

  it('unlocking does', () => {
    given(mfaDecider, ...locked, event('MfaUnlocked'))
      .when(code(101))
      .then(event('MfaCodeAccepted', { timeStep: 101 }));
  });
});

describe('Unlocking', () => {
  it('sets back the run of wrong codes and its lock', () => {
    given(mfaDecider, enabled, runOf(10), event('MfaLocked')).when(unlock()).then(event('MfaUnlocked'));
    expect(stateAfter(mfaDecider, enabled, runOf(10), event('MfaLocked'), event('MfaUnlocked'))).toMatchObject({
      consecutiveFailures: 0,
      lock: null,
    });
  });

  it('sets back a run that has not locked yet', () => {
    given(mfaDecider, enabled, runOf(3)).when(unlock()).then(event('MfaUnlocked'));
  });

  it.each([
    ['there is no device', []],
    ['no code was wrong', [enabled]],
    ['it was unlocked already', [enabled, runOf(3), event('MfaUnlocked')]],
  ])('writes nothing where %s', (_, past) => {
    given(mfaDecider, ...past)
      .when(unlock())
      .then();
  });

  it('leaves burnt steps burnt', () => {
    given(mfaDecider, enabled, at(NOW, event('MfaCodeAccepted', { timeStep: 105 })), runOf(3), event('MfaUnlocked'))
      .when(code(105))
      .thenRejected(notRight(4), event('MfaCodeReplayed', { timeStep: 105 }));
  });
});

describe('Someone who guesses codes', () => {
  it('and waits for every lock to end has a hundred checked, until somebody unlocks', () => {
    let now = 0;
    const guesses = locks.flatMap(([n, length]) => {
      const ten = times(10, (i) => {
        now += 1;
        return wrongCode({ challengeId: `challenge-${n}-${i % 2}`, now: later(now) });
      });
      now += length ?? 1_000 * DAY;
      return ten;
    });
    const { events, state } = play(mfaDecider, [...guesses, wrongCode({ now: later(now) })], enabled);
    expect(events.filter(({ type }) => type === 'MfaCodeRejected')).toHaveLength(100);
    expect(events.filter(({ type }) => type === 'MfaLocked')).toHaveLength(10);
    expect(state.lock).toEqual({ until: null });
  });

  it('without a pause has ten of a thousand checked', () => {
    const guesses = times(1_000, (n) => wrongCode({ challengeId: `challenge-${n}`, now: later(n) }));
    const { events } = play(mfaDecider, guesses, enabled);
    expect(events.filter(({ type }) => type === 'MfaCodeRejected')).toHaveLength(10);
  });
});
