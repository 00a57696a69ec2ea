import { describe, expect, it } from '@jest/globals';
import { accountDecider, policyIn } from '../../../src/domain/account/decider.js';
import { DEFAULT_POLICY, limitsOf, trustedDaysSince, type AccountPolicy } from '../../../src/domain/account/policy.js';
import { checkPolicy, type SetAccountPolicy } from '../../../src/domain/account/set-policy.js';
import { DAY, HOUR, MINUTE } from '../../../src/domain/instant.js';
import { hasExpired } from '../../../src/domain/session/standing.js';
import { ACME, event, later } from '../../support/builders.js';
import { at, given, stateAfter } from '../../support/given.js';

const registered = event('PrimaryAccountRegistered');

function setting(changes: Partial<AccountPolicy>, challengeId: string | null = null): SetAccountPolicy {
  return { type: 'SetAccountPolicy', accountId: ACME, changes, challengeId };
}

function changed(to: Partial<AccountPolicy>, challengeId: string | null = null) {
  return event('AccountPolicyChanged', { ...DEFAULT_POLICY, ...to, challengeId });
}

/** The codes of what is wrong with the default policy, changed. */
function faultsOf(changes: Partial<AccountPolicy>): readonly string[] {
  return checkPolicy({ ...DEFAULT_POLICY, ...changes }).map(({ code }) => code);
}

describe('Setting the account policy', () => {
  it('records all of it, also what stays as it is, and the verification that was used', () => {
    given(accountDecider, registered)
      .when(setting({ codesToEnable: 2 }, 'verification'))
      .then(changed({ codesToEnable: 2 }, 'verification'));
  });

  it('changes what is named, and leaves the rest as it was set before', () => {
    const before = changed({ trustedDeviceDays: 3, idleMinutes: 20 });
    given(accountDecider, registered, before)
      .when(setting({ idleMinutes: 45 }))
      .then(changed({ trustedDeviceDays: 3, idleMinutes: 45 }));
  });

  it('writes nothing where it is so already', () => {
    given(accountDecider, registered).when(setting({})).then();
    given(accountDecider, registered, changed({ codesToEnable: 2 }))
      .when(setting({ codesToEnable: 2, newSubUsersNeedMfa: false }))
      .then();
  });

  it('is refused where no account is', () => {
    given(accountDecider)
      .when(setting({ codesToEnable: 2 }))
      .thenRejected('NOT_FOUND');
  });

  it('is refused where what was set meanwhile does not go with it', () => {
    given(accountDecider, registered, changed({ absoluteMinutes: 20, idleMinutes: 15 }))
      .when(setting({ idleMinutes: 30 }))
      .thenRejected('SESSION_IDLE_TOO_LONG');
  });

  it.each(['trustedDeviceDays', 'codesToEnable', 'idleMinutes', 'absoluteMinutes', 'newSubUsersNeedMfa'] as const)(
    'has %s count from then on',
    (name) => {
      const to: AccountPolicy = {
        ...{ trustedDeviceDays: 7, codesToEnable: 2, idleMinutes: 15, absoluteMinutes: 60, newSubUsersNeedMfa: true },
      };
      const only = { ...DEFAULT_POLICY, [name]: to[name] };
      expect(stateAfter(accountDecider, registered, changed(only))).toMatchObject({ policy: only });
      given(accountDecider, registered, changed(only)).when(setting(only)).then();
      given(accountDecider, registered)
        .when(setting({ [name]: to[name] }))
        .then(changed(only));
    },
  );
});

describe('A policy', () => {
  it.each([
    [{ trustedDeviceDays: 0 }, { trustedDeviceDays: 7 }],
    [{ codesToEnable: 1 }, { codesToEnable: 2 }],
    [{ idleMinutes: 15 }, { idleMinutes: 720 }],
    [
      { absoluteMinutes: 15, idleMinutes: 15 },
      { absoluteMinutes: 720, idleMinutes: 720 },
    ],
  ])('may be as low as %j, and as high as %j', (lowest, highest) => {
    expect(faultsOf(lowest)).toEqual([]);
    expect(faultsOf(highest)).toEqual([]);
  });

  it.each([
    [{ trustedDeviceDays: -1 }, 'INVALID_TRUSTED_DEVICE_DAYS'],
    [{ trustedDeviceDays: 8 }, 'INVALID_TRUSTED_DEVICE_DAYS'],
    [{ trustedDeviceDays: 0.5 }, 'INVALID_TRUSTED_DEVICE_DAYS'],
    [{ codesToEnable: 0 }, 'INVALID_CODES_TO_ENABLE'],
    [{ codesToEnable: 3 }, 'INVALID_CODES_TO_ENABLE'],
    [{ idleMinutes: 14 }, 'INVALID_SESSION_IDLE'],
    [{ idleMinutes: 721 }, 'INVALID_SESSION_IDLE'],
    [{ absoluteMinutes: 14 }, 'INVALID_SESSION_ABSOLUTE'],
    [{ absoluteMinutes: 721 }, 'INVALID_SESSION_ABSOLUTE'],
    [{ idleMinutes: 31, absoluteMinutes: 30 }, 'SESSION_IDLE_TOO_LONG'],
  ])('cannot be %j', (changes, fault) => {
    expect(faultsOf(changes)).toEqual([fault]);
  });

  it('is told everything that is wrong with it at once', () => {
    const wrong = { trustedDeviceDays: 8, codesToEnable: 0, idleMinutes: 0, absoluteMinutes: 9_999 };
    expect(faultsOf(wrong)).toEqual([
      ...['INVALID_TRUSTED_DEVICE_DAYS', 'INVALID_CODES_TO_ENABLE', 'INVALID_SESSION_IDLE', 'INVALID_SESSION_ABSOLUTE'],
    ]);
  });
});

describe('A session that was over by the limits of its time', () => {
  const START = later(0);
  const session = { startedAt: START, lastSeenAt: START };

  /** Whether it is over at a moment, given policies that were set, each at a moment. */
  function isOver(
    now: number,
    set: readonly (readonly [at: number, changes: Partial<AccountPolicy>])[],
    lifetime = session,
  ): boolean {
    const events = set.map(([moment, changes]) => at(later(moment), changed(changes)));
    return hasExpired(lifetime, limitsOf(policyIn(stateAfter(accountDecider, registered, ...events))), later(now));
  }

  it('stays over where they become longer', () => {
    expect(isOver(31 * MINUTE, [[30 * MINUTE, { idleMinutes: 60 }]])).toBe(true);
    expect(isOver(31 * MINUTE, [[30 * MINUTE - 1, { idleMinutes: 60 }]])).toBe(false);
  });

  it('stays over where they became shorter for a while', () => {
    const longer = { idleMinutes: 60 };
    const forAWhile = [
      [0, longer],
      [20 * MINUTE, { idleMinutes: 15 }],
      [21 * MINUTE, longer],
      [22 * MINUTE, { ...longer, codesToEnable: 2 }],
    ] as const;
    expect(isOver(23 * MINUTE, forAWhile)).toBe(true);
    expect(isOver(23 * MINUTE, [forAWhile[0], forAWhile[3]])).toBe(false);
  });

  it('stays over also where it was by all of its time', () => {
    const all = { idleMinutes: 15, absoluteMinutes: 15 };
    const inUse = { ...session, lastSeenAt: later(10 * MINUTE) };
    const longerAt = (moment: number) =>
      isOver(
        20 * MINUTE,
        [
          [0, all],
          [moment, { idleMinutes: 15 }],
        ],
        inUse,
      );
    expect(longerAt(15 * MINUTE)).toBe(true);
    expect(longerAt(15 * MINUTE - 1)).toBe(false);
  });

  it('is forgotten with those limits once it is over by any', () => {
    const toAndFro = Array.from({ length: 49 }, (_, hour) =>
      at(later(hour * HOUR), changed({ idleMinutes: hour % 2 === 0 ? 60 : 30 })),
    );
    const policy = policyIn(stateAfter(accountDecider, registered, ...toAndFro));
    expect(policy.formerLimits).toHaveLength(6);
    const another = at(later(100 * HOUR), changed({ codesToEnable: 2 }));
    expect(policyIn(stateAfter(accountDecider, registered, ...toAndFro, another)).formerLimits).toBeUndefined();
    given(accountDecider, registered, ...toAndFro)
      .when(setting({ codesToEnable: 2 }))
      .then(changed({ codesToEnable: 2, idleMinutes: 60 }));
  });
});

describe('Days of trusted browsers that were lowered', () => {
  function loweredAfter(...set: readonly (readonly [day: number, days: number])[]) {
    const events = set.map(([day, days]) => at(later(day * DAY), changed({ trustedDeviceDays: days })));
    return policyIn(stateAfter(accountDecider, registered, ...events)).loweredTrust;
  }

  it('count for trust from before, also once there are more again', () => {
    const policy = policyIn(
      stateAfter(
        accountDecider,
        registered,
        at(later(0), changed({ trustedDeviceDays: 7 })),
        at(later(2), changed({ trustedDeviceDays: 0 })),
        at(later(4), changed({ trustedDeviceDays: 7 })),
      ),
    );
    expect([1, 2, 3].map((since) => trustedDaysSince(later(since), policy))).toEqual([0, 0, 7]);
  });

  it('are kept as the fewest since a moment, until no trust is that old', () => {
    expect(loweredAfter([0, 7])).toBeUndefined();
    const first = { days: 5, at: later(DAY) };
    const fewer = { days: 3, at: later(2 * DAY) };
    expect(loweredAfter([0, 7], [1, 5])).toEqual([first]);
    expect(loweredAfter([0, 7], [1, 5], [2, 3])).toEqual([fewer]);
    expect(loweredAfter([0, 7], [1, 3], [1, 7], [2, 5])).toEqual([
      { days: 3, at: later(DAY) },
      { days: 5, at: later(2 * DAY) },
    ]);
    expect(loweredAfter([0, 7], [1, 5], [7, 6])).toEqual([first]);
    expect(loweredAfter([0, 7], [1, 5], [8, 6])).toBeUndefined();
  });

  it('are in no event', () => {
    const toAndFro = [7, 0, 7].map((days, n) => at(later(n), changed({ trustedDeviceDays: days })));
    given(accountDecider, registered, ...toAndFro)
      .when(setting({ codesToEnable: 2 }))
      .then(changed({ trustedDeviceDays: 7, codesToEnable: 2 }));
  });
});
