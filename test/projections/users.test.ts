import { describe, expect, it } from '@jest/globals';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import { DAY } from '../../src/domain/instant.js';
import { MOST_TRUSTED_DEVICES } from '../../src/domain/mfa/trusted-device-list.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { Key, PageRequest } from '../../src/projections/page.js';
import { createUserQueries, type UserView } from '../../src/projections/users/user-queries.js';
import { usersProjection } from '../../src/projections/users/users-projection.js';
import { ACME, ADA, event, later, PHONE, SAM, TABLET, times } from '../support/builders.js';
import { given, inLog, logged, NOW, openFold, rowsOf } from './given.js';

const registered = event('PrimaryAccountRegistered');
const created = event('UserCreated');
const started = event('MfaEnrollmentStarted');
const replacing = { ...event('MfaEnrollmentStarted', { deviceId: TABLET }), personal: { deviceName: 'Tablet' } };

/** Sam as the read model has him after these events. */
function samAfter(...events: readonly LoggedEvent[]): UserView | null {
  return createUserQueries(given(usersProjection, ...events)).byId(ACME, SAM);
}

const NOTHING = {
  ...{ deviceId: null, deviceName: null, enabledAt: null },
  ...{ pendingId: null, pendingName: null, pendingExpiresAt: null },
  ...{ locked: 0, lockedUntil: null },
  ...{ recoveryCodesLeft: null, trustedDevices: [] },
};

const PENDING = { pendingId: PHONE, pendingName: 'Phone', pendingExpiresAt: started.data.expiresAt };

describe('The read model of users', () => {
  it('has a user who was created, with the alias of the account', () => {
    expect(samAfter(...inLog(registered, created))).toEqual({
      ...{ userId: SAM, position: 2, accountId: ACME, alias: 'acme', kind: 'SUB_USER', role: 'MEMBER' },
      ...{ usernameKey: 'sam', required: null, operationProtection: 0 },
      ...{ username: 'sam', displayName: 'Sam', email: 'sam@example.com', createdAt: NOW },
      ...NOTHING,
    });
  });

  it('has no names of a person who was erased', () => {
    const erased = { personal: null };
    expect(samAfter(...inLog({ ...registered, ...erased }, { ...created, ...erased }))).toMatchObject({
      ...{ userId: SAM, alias: null, username: null, displayName: null, email: null },
    });
  });

  it('has a device that is being set up, until that is cancelled', () => {
    expect(samAfter(...inLog(registered, created, started))).toMatchObject({ ...NOTHING, ...PENDING });
    const cancelled = event('MfaEnrollmentCancelled');
    expect(samAfter(...inLog(registered, created, started, cancelled))).toMatchObject(NOTHING);
  });

  it('has the device that was enabled, since when, and under which name', () => {
    const enabled = logged(event('MfaEnabled'), { position: 9, metadata: { occurredAt: later(1_000) } });
    expect(samAfter(...inLog(registered, created, started), enabled)).toMatchObject({
      ...NOTHING,
      ...{ deviceId: PHONE, deviceName: 'Phone', enabledAt: later(1_000) },
    });
  });

  it('has both devices while one is to take the place of the other, and then the new one', () => {
    const before = [registered, created, started, event('MfaEnabled'), replacing];
    expect(samAfter(...inLog(...before))).toMatchObject({ deviceId: PHONE, pendingId: TABLET, pendingName: 'Tablet' });
    expect(samAfter(...inLog(...before, event('MfaDeviceReplaced')))).toMatchObject({
      ...NOTHING,
      ...{ deviceId: TABLET, deviceName: 'Tablet', enabledAt: NOW },
    });
  });

  it.each([
    ['until a moment', later(1_000)],
    ['until unlocked', null],
  ])('has a user who is locked %s', (_, lockedUntil) => {
    const locked = event('MfaLocked', { lockedUntil });
    const before = [registered, created, started, event('MfaEnabled'), locked];
    expect(samAfter(...inLog(...before))).toMatchObject({ deviceId: PHONE, locked: 1, lockedUntil });
    for (const end of [event('MfaUnlocked'), event('MfaCodeAccepted')])
      expect(samAfter(...inLog(...before, end))).toMatchObject({ deviceId: PHONE, locked: 0, lockedUntil: null });
  });

  it('has how many recovery codes are left, and unlocks by one', () => {
    const generated = [registered, created, started, event('MfaEnabled'), event('RecoveryCodesGenerated')];
    expect(samAfter(...inLog(...generated))).toMatchObject({ recoveryCodesLeft: 10 });
    const used = [event('MfaLocked'), event('RecoveryCodeUsed', { codesLeft: 2 })];
    expect(samAfter(...inLog(...generated, ...used))).toMatchObject({ recoveryCodesLeft: 2, locked: 0 });
    expect(samAfter(...inLog(...generated, event('MfaDeviceReplaced')))).toMatchObject({ recoveryCodesLeft: 10 });
    expect(samAfter(...inLog(...generated, event('MfaDisabled')))).toMatchObject({ recoveryCodesLeft: null });
  });

  describe('has browsers that are trusted', () => {
    const before = [registered, created, started, event('MfaEnabled'), event('AccountPolicyChanged')];
    const trusted = logged(event('DeviceTrusted'), {
      position: 6,
      request: { ip: '203.0.113.7', userAgent: 'Browser' },
    });
    const browser = {
      ...{ trustId: 'trust', since: NOW, until: later(7 * DAY) },
      ...{ ip: '203.0.113.7', userAgent: 'Browser' },
    };
    const trustedAfter = (...events: readonly DomainEvent[]) =>
      samAfter(...inLog(...before), trusted, ...events.map((one, index) => logged(one, { position: 7 + index })))
        ?.trustedDevices;

    it('with where from, for as long as the policy allows by now', () => {
      expect(trustedAfter()).toStrictEqual([browser]);
      const less = event('AccountPolicyChanged', { trustedDeviceDays: 2 });
      expect(trustedAfter(less)).toStrictEqual([{ ...browser, until: later(2 * DAY) }]);
      const none = event('AccountPolicyChanged', { trustedDeviceDays: 0 });
      expect(trustedAfter(none)).toStrictEqual([{ ...browser, until: NOW }]);
      const seven = event('AccountPolicyChanged', { trustedDeviceDays: 7 });
      expect(trustedAfter(less, seven)).toStrictEqual([{ ...browser, until: later(2 * DAY) }]);
      expect(trustedAfter(none, seven)).toStrictEqual([{ ...browser, until: NOW }]);
    });

    it.each([
      event('TrustedDevicesRevoked'),
      event('MfaDisabled'),
      event('MfaDeviceReplaced'),
      event('SubUserMfaRequired'),
      event('PasswordChanged'),
      event('PasswordReset'),
    ])('until $type', (end) => {
      expect(trustedAfter(end)).toStrictEqual([]);
    });

    it('and forgets those whose days are over as another is trusted, and the oldest of too many', () => {
      const next = event('DeviceTrusted', { trustId: 'next' });
      expect(trustedAfter(next)?.map(({ trustId }) => trustId)).toStrictEqual(['trust', 'next']);
      const many = times(MOST_TRUSTED_DEVICES, (n) => event('DeviceTrusted', { trustId: `trust ${n}` }));
      expect(trustedAfter(...many)?.map(({ trustId }) => trustId)).not.toContain('trust');
      expect(trustedAfter(...many)).toHaveLength(MOST_TRUSTED_DEVICES);
      const late = logged(next, { position: 7, metadata: { occurredAt: later(7 * DAY) } });
      const left = samAfter(...inLog(...before), trusted, late)?.trustedDevices;
      expect(left?.map(({ trustId }) => trustId)).toStrictEqual(['next']);
    });
  });

  it('does not have a user whose registration was abandoned', () => {
    expect(samAfter(...inLog(registered, created, event('RegistrationAbandoned')))).toBeNull();
  });

  const story = inLog(registered, created, started, event('MfaEnabled'), replacing, event('MfaLocked'));

  it('is the same when it is given events twice', () => {
    const database = given(usersProjection, ...story);
    const before = rowsOf(database, usersProjection);
    const fold = openFold(database, usersProjection);
    for (const end of [3, 6, 6]) expect(fold.apply(story.slice(0, end), BigInt(end))).toBeNull();
    expect(rowsOf(database, usersProjection)).toEqual(before);
  });

  it('is the same when it is built anew, in whatever batches', () => {
    const whole = rowsOf(given(usersProjection, ...story), usersProjection);
    const database = given(usersProjection);
    const fold = openFold(database, usersProjection);
    for (const one of story) expect(fold.apply([one], one.position)).toBeNull();
    expect(rowsOf(database, usersProjection)).toEqual(whole);
  });
});

const OLDEST_FIRST = { by: 'CREATED_AT', direction: 'ascending' } as const;

describe('Queries of users', () => {
  const others = ['one', 'two', 'three'].map((userId) => event('UserCreated', { userId }));
  const stranger = event('UserCreated', { accountId: 'other', userId: 'stranger' });
  const elsewhere = event('PrimaryAccountRegistered', { accountId: 'other' });
  const primary = event('UserCreated', { userId: ADA, kind: 'PRIMARY', role: null });

  function database(): SqliteConnection {
    return given(usersProjection, ...inLog(registered, primary, elsewhere, stranger, ...others, created));
  }

  it('find users by id within their account only', () => {
    const users = createUserQueries(database());
    const found = [SAM, 'stranger', 'nobody', ADA].map((userId) => users.byId(ACME, userId)?.userId ?? null);
    expect(found).toEqual([SAM, null, null, ADA]);
    expect(users.byId(ACME, ADA)).toMatchObject({ kind: 'PRIMARY', role: null });
  });

  it('give pages of an account, forwards and backwards, in the order of creation', () => {
    const users = createUserQueries(database());
    const ids = (request: Partial<PageRequest>): unknown => {
      const page = users.page(ACME, { now: NOW }, OLDEST_FIRST, {
        limit: 2,
        after: null,
        before: null,
        fromEnd: false,
        ...request,
      });
      return [page.rows.map(({ userId }) => userId), page.hasPreviousPage, page.hasNextPage];
    };
    const keyOf = (userId: string): Key | null => users.byId(ACME, userId)?.position ?? null;
    expect(ids({})).toEqual([[ADA, 'one'], false, true]);
    expect(ids({ after: keyOf('one') })).toEqual([['two', 'three'], true, true]);
    expect(ids({ after: keyOf('three') })).toEqual([[SAM], true, false]);
    expect(ids({ fromEnd: true })).toEqual([['three', SAM], true, false]);
    expect(ids({ fromEnd: true, before: keyOf('three') })).toEqual([['one', 'two'], true, true]);
    expect(ids({ fromEnd: true, before: keyOf('one') })).toEqual([[ADA], false, true]);
  });
});
