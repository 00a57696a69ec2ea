import { describe, expect, it } from '@jest/globals';
import { classify, describe as describeEvent, TRAIL_EVENT_TYPES } from '../../src/audit/description.js';
import { detailsOf } from '../../src/audit/details.js';
import { refusalOf, type Refusal } from '../../src/audit/refusal.js';
import type { TrailEventType } from '../../src/audit/description.js';
import type { DomainEvent, EventNamed } from '../../src/domain/catalogue.js';
import { lockEnd } from '../../src/domain/mfa/codes.js';
import { backOff } from '../../src/domain/password/decider.js';
import { event, later } from '../support/builders.js';
import { NOW } from '../support/given.js';

function refused<T extends TrailEventType>(type: T, data: Partial<EventNamed<T>['data']> = {}): Refusal | null {
  // The builder makes an event of this type, which is one of the domain.
  const one = event(type, data) as DomainEvent;
  return refusalOf(type, describeEvent(one)?.reason ?? null, detailsOf(type, one.data));
}

describe('A refusal', () => {
  it('is there for everything that failed, and for what refuses from then on', () => {
    const failed = TRAIL_EVENT_TYPES.filter((type) => classify(type).outcome === 'FAILURE');
    const explained = TRAIL_EVENT_TYPES.filter((type) => refused(type) !== null);
    expect([...explained].sort()).toEqual([...failed, 'MfaLocked', 'PasswordBackOffStarted'].sort());
  });

  it.each([
    ['MfaCodeRejected', { reason: 'WRONG' }, 'CODE_WINDOW', 'WRONG'],
    ['MfaCodeRejected', { reason: 'CLOCK_DRIFT' }, 'CODE_WINDOW', 'CLOCK_DRIFT'],
    ['MfaCodeRejected', { reason: 'STALE' }, 'SINGLE_USE', 'STALE'],
    ['MfaCodeReplayed', {}, 'SINGLE_USE', 'REPLAYED'],
    ['MfaEnrollmentCodeRejected', {}, 'ENROLLMENT_PROOF', 'WRONG'],
    ['PasswordRejected', {}, 'PASSWORD', 'WRONG_PASSWORD'],
    ['MfaLocked', {}, 'FAILURE_BUDGET', 'TOO_MANY_WRONG_CODES'],
    ['PasswordBackOffStarted', {}, 'FAILURE_BUDGET', 'TOO_MANY_WRONG_PASSWORDS'],
    ['RegistrationAbandoned', {}, 'UNIQUE_NAME', 'NAME_TAKEN'],
    ['UserRenameAbandoned', {}, 'UNIQUE_NAME', 'NAME_TAKEN'],
  ] as const)('of %s %j names the rule %s and the reason %s', (type, data, rule, reason) => {
    expect(refused(type as TrailEventType, data as never)).toMatchObject({ rule, reason });
  });

  it('has what was counted, from the event itself', () => {
    const drifted = {
      reason: 'CLOCK_DRIFT',
      clockOffsetSeconds: 90,
      timeStep: 7,
      attemptsLeft: 2,
      consecutiveFailures: 3,
    } as const;
    expect(refused('MfaCodeRejected', drifted)?.counters).toEqual({
      ...{ attemptsLeft: 2, consecutiveFailures: 3, clockOffsetSeconds: 90, timeStep: 7, retryAt: null },
    });
    expect(refused('MfaLocked', { lockedUntil: later(5) })?.counters).toMatchObject({
      retryAt: later(5),
      consecutiveFailures: 10,
    });
    expect(refused('MfaLocked', { lockedUntil: null })?.counters.retryAt).toBeNull();
    expect(refused('PasswordBackOffStarted', { until: later(5) })?.counters.retryAt).toBe(later(5));
  });

  it('has the numbers of the policy, which are those that the rules go by', () => {
    const codes = refused('MfaCodeRejected')?.policy;
    expect(codes).toEqual({
      ...{ attempts: 5, failuresInARow: 10, failuresUntilUnlocked: 100 },
      ...{ firstWaitSeconds: 900, longestWaitSeconds: 86_400, stepsEitherSide: 1 },
    });
    const seconds = (until: string | null) => (until === null ? null : (Date.parse(until) - Date.parse(NOW)) / 1_000);
    expect([10, 90, 100].map((failures) => seconds(lockEnd(failures, NOW)))).toEqual([900, 86_400, null]);
    const passwords = refused('PasswordRejected')?.policy;
    expect(passwords).toMatchObject({
      failuresInARow: 5,
      firstWaitSeconds: 30,
      longestWaitSeconds: 900,
      attempts: null,
    });
    expect([4, 5, 50].map((failures) => backOff(failures) / 1_000)).toEqual([0, 30, 900]);
    expect(refused('MfaEnrollmentCodeRejected')?.policy.attempts).toBe(10);
  });
});
