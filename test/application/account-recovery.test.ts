import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  accountNamed,
  cancelAccountRecovery,
  cancelRecoveryAsOperator,
  requestAccountRecovery,
  type RecoverableAccount,
} from '../../src/application/account-recovery.js';
import { completeAccountRecovery } from '../../src/application/complete-recovery.js';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import type { Application } from '../../src/application/application.js';
import { load } from '../../src/application/execute.js';
import { accountDecider } from '../../src/domain/account/decider.js';
import { HOUR } from '../../src/domain/instant.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import type { Authenticator } from '../support/authenticator.js';
import { interleave, seededRandom } from '../support/interleave.js';
import {
  enableDevice,
  openWorld,
  PRIMARY,
  requestContext,
  send,
  sendEnabling,
  starting,
  tokenOf,
  trySetUp,
  valueOf,
  verify,
  type Command,
  type World,
} from '../support/world.js';

const COOL_OFF = 72 * HOUR;
const NEW_PASSWORD = 'a password for one sign-in';

let world: World;
let authenticator: Authenticator;

beforeEach(async () => {
  world = await openWorld();
  ({ authenticator } = await enableDevice(world, world.primary));
});

afterEach(() => world.close());

async function acme(app: Application = world.app): Promise<RecoverableAccount> {
  const account = await accountNamed(app, 'acme');
  if (account === null) throw new Error('there is no acme');
  return account;
}

async function begin(app: Application = world.app) {
  return requestAccountRecovery(app, requestContext(), await acme(app), { reason: 'lost', coolOff: COOL_OFF });
}

async function complete(app: Application = world.app, newPassword: string | null = null) {
  return completeAccountRecovery(app, requestContext(), await acme(app), newPassword);
}

/** Where the process dies when it writes to a stream that is named so. */
function breakingOffAt(prefix: string): Application {
  const { log } = world.app;
  return {
    ...world.app,
    log: {
      ...log,
      readStream: (...args) => log.readStream(...args),
      append: (stream, ...rest) =>
        stream.startsWith(prefix) ? Promise.reject(new Error('killed')) : log.append(stream, ...rest),
    },
  };
}

const rejectionOf = (result: Awaited<ReturnType<typeof complete>>) => (result.ok ? null : result.rejections[0]?.code);

function answering(code: string): Command<unknown> {
  return (app, request, current) => answerMfaChallenge(app, request, current, { code });
}

async function fullToken(): Promise<string> {
  const token = await tokenOf(world.app, PRIMARY);
  const code = authenticator.nextCode();
  const command: Command<{ readonly token: string }> = (app, request, current) =>
    answerMfaChallenge(app, request, current, { code });
  return valueOf(await send(world.app, token, command, ['MFA_CHALLENGE'])).token;
}

async function signInByCode(app: Application = world.app): Promise<string | null> {
  const token = await tokenOf(app, PRIMARY);
  return (await send(app, token, answering(authenticator.nextCode()), ['MFA_CHALLENGE'])).refusal;
}

async function typesSince(position: bigint): Promise<readonly string[]> {
  return (await world.events()).filter((event) => event.position > position).map(({ type }) => type);
}

const deviceNow = async () => (await load(world.app, mfaDecider, (await acme()).primary.userId)).state.device;

describe('Recovering an account', () => {
  it('records each step as done by the operator, for a reason that the primary can be forgotten with', async () => {
    const before = await world.store.head();
    await begin();
    world.clock.advance(COOL_OFF);
    expect((await complete(world.app, NEW_PASSWORD)).ok).toBe(true);
    const steps = (await world.events()).filter(({ position }) => position > before);
    expect(steps.map(({ type }) => type)).toEqual([
      ...['AccountRecoveryRequested', 'AccountRecovered', 'PasswordReset', 'MfaDisabled'],
    ]);
    for (const { metadata } of steps) expect(metadata).toMatchObject({ actor: { kind: 'SYSTEM', id: 'operator' } });
    expect(steps[0]).toMatchObject({ personal: { reason: 'lost' } });
    const { recoveryId } = steps[0]?.data as { recoveryId: string };
    expect(steps[3]?.data).toMatchObject({ by: 'OPERATOR', challengeId: recoveryId });
    expect(
      JSON.stringify(steps, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    ).not.toContain(NEW_PASSWORD);
  });

  it('is refused before its time and without having been begun, and then has changed nothing', async () => {
    expect(rejectionOf(await complete())).toBe('RECOVERY_NOT_REQUESTED');
    await begin();
    world.clock.advance(COOL_OFF - 1);
    const before = await world.store.head();
    expect(rejectionOf(await complete(world.app, NEW_PASSWORD))).toBe('RECOVERY_TOO_EARLY');
    expect(await typesSince(before)).toEqual([]);
  });

  it('that broke off is done by doing it again, from whichever step on, and is then over', async () => {
    await begin();
    world.clock.advance(COOL_OFF);
    const before = await world.store.head();
    await expect(complete(breakingOffAt('account-'), NEW_PASSWORD)).rejects.toThrow('killed');
    await expect(complete(breakingOffAt('user-'), NEW_PASSWORD)).rejects.toThrow('killed');
    await expect(complete(breakingOffAt('mfa-'), NEW_PASSWORD)).rejects.toThrow('killed');
    expect(await deviceNow()).not.toBeNull();
    expect((await complete(world.app, 'a password that is told')).ok).toBe(true);
    expect(await typesSince(before)).toEqual(['AccountRecovered', 'PasswordReset', 'PasswordReset', 'MfaDisabled']);
    await tokenOf(world.app, { ...PRIMARY, password: 'a password that is told' });
    expect(rejectionOf(await complete(world.app, NEW_PASSWORD))).toBe('RECOVERY_NOT_REQUESTED');
  });

  it('that broke off takes off no device that was enabled since, however late it is repeated', async () => {
    await begin();
    world.clock.advance(COOL_OFF);
    await expect(complete(breakingOffAt('mfa-'))).rejects.toThrow('killed');
    world.clock.advance(1);
    const token = await fullToken();
    const challengeId = await verify(world.app, token, starting(), { code: authenticator.nextCode() });
    const { enrollmentId, authenticator: tablet } = valueOf(await trySetUp(world, token, { challengeId }));
    valueOf(await sendEnabling(world.app, token, { enrollmentId, code: tablet.code() }));
    expect(rejectionOf(await complete())).toBe('RECOVERY_NOT_REQUESTED');
    expect(await deviceNow()).not.toBeNull();
  });

  it('that was called off just before it was completed has changed nothing', async () => {
    await begin();
    world.clock.advance(COOL_OFF);
    const late = await acme();
    await cancelRecoveryAsOperator(world.app, requestContext(), late);
    const before = await world.store.head();
    const completed = await completeAccountRecovery(world.app, requestContext(), late, NEW_PASSWORD);
    expect(rejectionOf(completed)).toBe('RECOVERY_NOT_REQUESTED');
    expect(await typesSince(before)).toEqual([]);
  });

  it('has decided nothing where the password cannot be hashed', async () => {
    await begin();
    world.clock.advance(COOL_OFF);
    const before = await world.store.head();
    const hash = () => Promise.reject(new Error('too many'));
    const busy: Application = { ...world.app, passwords: { ...world.app.passwords, hash } };
    await expect(complete(busy, NEW_PASSWORD)).rejects.toThrow('too many');
    expect(await typesSince(before)).toEqual([]);
  });

  it('sets one password where there is no device, whoever completes it again', async () => {
    await begin();
    world.clock.advance(COOL_OFF);
    await complete();
    await begin();
    world.clock.advance(COOL_OFF);
    const same = await acme();
    expect((await complete(world.app, NEW_PASSWORD)).ok).toBe(true);
    const again = await completeAccountRecovery(world.app, requestContext(), same, 'a password of another run');
    expect(rejectionOf(again)).toBe('RECOVERY_NOT_REQUESTED');
    expect(rejectionOf(await complete(world.app, 'a password of another run'))).toBe('RECOVERY_NOT_REQUESTED');
    await tokenOf(world.app, { ...PRIMARY, password: NEW_PASSWORD });
  });

  it('works where there is no device, and only the password is lost', async () => {
    const { app } = world;
    await begin();
    world.clock.advance(COOL_OFF);
    await complete();
    await begin();
    world.clock.advance(COOL_OFF);
    expect((await complete(app, NEW_PASSWORD)).ok).toBe(true);
    const signedIn = await tokenOf(app, { ...PRIMARY, password: NEW_PASSWORD });
    expect((await send(app, signedIn, async () => ({ ok: true, value: null }))).refusal).toBe('AT PASSWORD_CHANGE');
  });

  it('is called off by a sign-in of the primary with a right code, and not by the password alone', async () => {
    await begin();
    await tokenOf(world.app, PRIMARY);
    expect((await acme()).account.recovery).not.toBeNull();
    const before = await world.store.head();
    expect(await signInByCode()).toBeNull();
    expect(await typesSince(before)).toEqual([
      ...['SessionStarted', 'MfaCodeAccepted', 'AccountRecoveryCancelled', 'SessionRaised', 'SessionRotated'],
    ]);
    world.clock.advance(COOL_OFF);
    expect(rejectionOf(await complete())).toBe('RECOVERY_NOT_REQUESTED');
    expect(await deviceNow()).not.toBeNull();
  });

  it('is called off by the primary and by the operator, each once', async () => {
    const token = await fullToken();
    await begin();
    expect((await send(world.app, token, cancelAccountRecovery)).refusal).toBeNull();
    expect((await send(world.app, token, cancelAccountRecovery)).refusal).toBe('RECOVERY_NOT_REQUESTED');
    await begin();
    expect(await cancelRecoveryAsOperator(world.app, requestContext(), await acme())).toBeNull();
    expect(await cancelRecoveryAsOperator(world.app, requestContext(), await acme())).toEqual({
      code: 'RECOVERY_NOT_REQUESTED',
    });
  });

  it.each(Array.from({ length: 15 }, (_, seed) => seed + 1))(
    'ends one way, whoever is faster: done or called off (seed %i)',
    async (seed) => {
      const token = await fullToken();
      const half = await tokenOf(world.app, PRIMARY);
      const code = authenticator.nextCode();
      await begin();
      world.clock.advance(COOL_OFF);
      const { recovery } = (await acme()).account;
      const before = await world.store.head();
      const { results } = await interleave(world.app, seededRandom(seed), {
        completes: (app) => complete(app, NEW_PASSWORD),
        completesToo: (app) => complete(app),
        cancels: async (app) => cancelRecoveryAsOperator(app, requestContext(), await acme(app)),
        answers: (app) => send(app, half, answering(code), ['MFA_CHALLENGE']),
      });
      expect((await send(world.app, token, cancelAccountRecovery)).refusal).not.toBeNull();
      const events = (await world.events()).filter(({ position }) => position > before);
      const ends = events.filter(({ type }) => type === 'AccountRecovered' || type === 'AccountRecoveryCancelled');
      expect(ends.map(({ data }) => (data as { recoveryId: string }).recoveryId)).toEqual([recovery?.recoveryId]);
      const isDone = ends[0]?.type === 'AccountRecovered';
      expect([results.completes, results.completesToo].some(({ ok }) => ok)).toBe(isDone);
      expect(results.cancels === null).toBe(!isDone);
      expect(events.filter(({ type }) => type === 'MfaDisabled').length).toBeLessThanOrEqual(1);
      expect((await deviceNow()) === null).toBe(isDone);
      if (!isDone) expect(events.map(({ type }) => type)).not.toContain('PasswordReset');
    },
  );

  it('is of a registered account, found by alias or id', async () => {
    const { accountId } = world;
    expect((await accountNamed(world.app, accountId))?.account.accountId).toBe(accountId);
    expect((await accountNamed(world.app, 'ACME'))?.account.accountId).toBe(accountId);
    for (const unknown of ['nobody', '', 'a b', world.userId])
      expect(await accountNamed(world.app, unknown)).toBeNull();
    expect((await load(world.app, accountDecider, accountId)).state.status).toBe('REGISTERED');
  });
});
