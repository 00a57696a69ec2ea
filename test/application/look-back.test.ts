import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { takeTurn } from '../../src/application/turns.js';
import { lookBack, type PastUser } from '../../src/application/look-back.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import type { Instant } from '../../src/domain/instant.js';
import { DAY, MINUTE, SECOND } from '../../src/domain/instant.js';
import { streamName } from '../../src/domain/stream.js';
import { ACME, event, later, PHONE, SAM, TABLET, times } from '../support/builders.js';
import { NOW } from '../support/given.js';
import { openWorld, type World } from '../support/world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
  await world.app.vault.put({ kind: 'person', id: 'person' }, randomBytes(32));
});

afterEach(() => world.close());

/** What happens, and at which second. */
type Happening = readonly [second: number, event: DomainEvent];

/** Puts what happened to Sam at the end of a stream of his, one append each, since each has a moment of its own. */
async function happen(category: 'user' | 'mfa', ...happenings: readonly Happening[]): Promise<void> {
  const { log } = world.app;
  const stream = streamName(category, SAM);
  let version = (await log.readStream(stream)).length;
  for (const [second, each] of happenings) {
    await append(stream, version, [each], later(second * SECOND));
    version += 1;
  }
}

async function append(
  stream: ReturnType<typeof streamName>,
  version: number,
  events: readonly DomainEvent[],
  at: Instant,
) {
  await world.app.log.append(stream, version, events, {
    metadata: {
      ...{ occurredAt: at, actor: { kind: 'USER', id: SAM }, sessionId: null },
      ...{ requestId: 'request', correlationId: 'request', causationId: null },
    },
    eventIds: events.map(() => randomUUID()),
    subjectPersonId: 'person',
    request: null,
  });
}

function samAt(second: number): Promise<PastUser | null> {
  return lookBack(world.app, { accountId: ACME, userId: SAM, at: later(second * SECOND) }, takeTurn);
}

const started = event('MfaEnrollmentStarted');
const replacing = { ...event('MfaEnrollmentStarted', { deviceId: TABLET }), personal: { deviceName: 'Tablet' } };
const NOTHING = {
  ...{ required: null, deviceId: null, deviceName: null, enabledAt: null, pending: null, lock: null },
  ...{ recoveryCodesLeft: null, trustedDevices: [] },
};
const NOBODY = { role: null, username: null };

describe('Looking back at a user', () => {
  it('tells who it was: not there yet, called otherwise, of another role, gone', async () => {
    await happen('user', [10, event('UserCreated')], [20, event('UserRenamed')], [30, event('RoleAssigned')]);
    await happen('user', [40, event('UserDeleted')]);
    world.clock.advance(MINUTE);
    const told = async (second: number) => {
      const { existence, role, username } = (await samAt(second)) ?? { existence: null };
      return [existence, role, username];
    };
    expect(await told(9.999)).toEqual(['NOT_YET', null, null]);
    expect(await told(10)).toEqual(['ACTIVE', 'MEMBER', 'sam']);
    expect(await told(20)).toEqual(['ACTIVE', 'MEMBER', 'samuel']);
    expect(await told(30)).toEqual(['ACTIVE', 'AUDITOR', 'samuel']);
    expect(await told(40)).toEqual(['DELETED', 'AUDITOR', 'samuel']);
  });

  it('tells the device, the set-up, the requirement and the lock of then', async () => {
    await happen('user', [0, event('UserCreated')]);
    const lockedUntil = later(MINUTE);
    await happen('mfa', [10, started], [20, event('MfaEnabled')], [30, event('SubUserMfaRequired')]);
    await happen('mfa', [35, event('MfaLocked', { lockedUntil })], [40, replacing], [50, event('MfaDeviceReplaced')]);
    await happen('mfa', [60, event('SubUserMfaWaived')], [70, event('MfaDisabled', { deviceId: TABLET })]);
    world.clock.advance(2 * MINUTE);
    const told = async (second: number) => (await samAt(second))?.mfa;
    const pending = { id: PHONE, name: 'Phone', expiresAt: started.data.expiresAt };
    const phone = { deviceId: PHONE, deviceName: 'Phone', enabledAt: later(20 * SECOND) };
    const tablet = { deviceId: TABLET, deviceName: 'Tablet', enabledAt: later(50 * SECOND) };
    const required = 'NEXT_SIGN_IN';
    const lock = { until: lockedUntil };
    expect(await told(0)).toEqual(NOTHING);
    expect(await told(10)).toEqual({ ...NOTHING, pending });
    expect(await told(20)).toEqual({ ...NOTHING, ...phone });
    expect(await told(30)).toEqual({ ...NOTHING, ...phone, required });
    expect(await told(40)).toEqual({
      ...NOTHING,
      ...phone,
      required,
      lock,
      pending: { ...pending, id: TABLET, name: 'Tablet' },
    });
    expect(await told(50)).toEqual({ ...NOTHING, ...tablet, required });
    expect(await told(60)).toEqual({ ...NOTHING, ...tablet });
    expect(await told(70)).toEqual(NOTHING);
  });

  it('tells the recovery codes and trusted browsers of then, by the policy and the password of then', async () => {
    const policy = (trustedDeviceDays: number) => event('AccountPolicyChanged', { trustedDeviceDays });
    await happen('user', [0, event('UserCreated')], [60, event('PasswordChanged')]);
    await happen(
      'mfa',
      ...([
        [0, event('MfaEnabled')],
        [10, event('RecoveryCodesGenerated')],
      ] satisfies Happening[]),
      ...([
        [20, event('RecoveryCodeUsed')],
        [30, event('DeviceTrusted')],
      ] satisfies Happening[]),
      [70, event('DeviceTrusted', { trustId: 'anew', userVersion: 2 })],
    );
    await append(streamName('account', ACME), 0, [event('PrimaryAccountRegistered')], NOW);
    await append(streamName('account', ACME), 1, [policy(7)], later(5 * SECOND));
    await append(streamName('account', ACME), 2, [policy(0)], later(40 * SECOND));
    await append(streamName('account', ACME), 3, [policy(3)], later(50 * SECOND));
    world.clock.advance(5 * MINUTE);
    const told = async (second: number) => {
      const { recoveryCodesLeft, trustedDevices } = (await samAt(second))?.mfa ?? NOTHING;
      return [recoveryCodesLeft, ...trustedDevices.map(({ trustId, expiresAt }) => [trustId, expiresAt])];
    };
    expect(await told(5)).toEqual([null]);
    expect(await told(15)).toEqual([10]);
    expect(await told(25)).toEqual([9]);
    expect(await told(35)).toEqual([9, ['trust', later(7 * DAY)]]);
    expect(await told(45)).toEqual([9]);
    // More days do not bring back what fewer had ended.
    expect(await told(55)).toEqual([9]);
    expect(await told(65)).toEqual([9]);
    expect(await told(75)).toEqual([9, ['anew', later(3 * DAY + 70 * SECOND)]]);
  });

  it('tells nothing of the MFA of somebody who is not there yet, or gone', async () => {
    await happen('mfa', [0, event('SubUserMfaRequired')]);
    await happen('user', [10, event('UserCreated')], [20, event('UserDeleted')]);
    world.clock.advance(MINUTE);
    expect(await samAt(5)).toEqual({ at: later(5 * SECOND), existence: 'NOT_YET', ...NOBODY, mfa: NOTHING });
    expect(await samAt(15)).toMatchObject({ existence: 'ACTIVE', mfa: { ...NOTHING, required: 'NEXT_SIGN_IN' } });
    expect(await samAt(25)).toMatchObject({ existence: 'DELETED', mfa: NOTHING });
  });

  it('stops at the first event that happened later, also where a clock was set back after it', async () => {
    await happen('user', [0, event('UserCreated')]);
    await happen('mfa', [10, started], [30, event('MfaEnabled')], [20, event('SubUserMfaRequired')], [40, replacing]);
    world.clock.advance(MINUTE);
    const told = async (second: number) => (await samAt(second))?.mfa;
    expect(await told(25)).toMatchObject({ deviceId: null, required: null, pending: { id: PHONE } });
    expect(await told(30)).toMatchObject({ deviceId: PHONE, required: 'NEXT_SIGN_IN', pending: null });
    expect(await told(40)).toMatchObject({ deviceId: PHONE, required: 'NEXT_SIGN_IN', pending: { id: TABLET } });
  });

  it('takes a moment that lies ahead for now, and knows by then what a clock that is ahead has dated later', async () => {
    await happen('user', [0, event('UserCreated')]);
    await happen('mfa', [10, event('SubUserMfaRequired')], [90, started]);
    world.clock.advance(MINUTE);
    expect(await samAt(59)).toMatchObject({ at: later(59 * SECOND), mfa: { required: 'NEXT_SIGN_IN', pending: null } });
    for (const second of [60, 80, 1_000_000])
      expect(await samAt(second)).toMatchObject({ at: later(MINUTE), mfa: { pending: { id: PHONE } } });
  });

  it('knows nobody of another account, and nobody who never came about', async () => {
    await happen('user', [0, event('UserCreated')]);
    const of = (accountId: string, userId: string) =>
      lookBack(world.app, { accountId, userId, at: later(0) }, takeTurn);
    expect(await of(ACME, SAM)).not.toBeNull();
    expect(await of('other', SAM)).toBeNull();
    expect(await of(ACME, 'nobody')).toBeNull();
    expect(await of(ACME, 'no stream can be called this')).toBeNull();
    expect(await of(ACME, world.userId)).toBeNull();
  });

  it('goes through a long stream in portions, between which others have their turn', async () => {
    await happen('user', [0, event('UserCreated')]);
    const stream = streamName('mfa', SAM);
    await append(stream, 0, [started, event('MfaEnabled')], later(0));
    for (const done of [0, 1, 2]) {
      const codes = times(1_000, (n) => event('MfaCodeAccepted', { timeStep: 1_000 * done + n }));
      await append(stream, 2 + 1_000 * done, codes, later(SECOND));
    }
    await append(stream, 3_002, [event('MfaDisabled')], later(2 * SECOND));
    world.clock.advance(MINUTE);
    let turns = 0;
    let waiting = true;
    const turn = (): void => {
      turns += 1;
      if (waiting) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await samAt(1)).toMatchObject({ mfa: { deviceId: PHONE } });
    waiting = false;
    expect(turns).toBeGreaterThanOrEqual(2);
    expect(await samAt(2)).toMatchObject({ mfa: { deviceId: null } });
  });
});
