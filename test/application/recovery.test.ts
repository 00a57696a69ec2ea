import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { answerMfaChallenge } from '../../src/application/answer-mfa-challenge.js';
import type { Application } from '../../src/application/application.js';
import { disableMfa } from '../../src/application/disable-mfa.js';
import { load } from '../../src/application/execute.js';
import { generateRecoveryCodes, type GeneratedCodes } from '../../src/application/generate-recovery-codes.js';
import type { Challenged } from '../../src/application/guard.js';
import { deleteSubUser } from '../../src/application/manage-user.js';
import { destroySecrets } from '../../src/application/process-managers/destroy-secrets.js';
import { reactionContext } from '../../src/application/process-managers/process-manager.js';
import { sweepVault } from '../../src/application/process-managers/sweep.js';
import { normaliseRecoveryCode } from '../../src/application/recovery-code.js';
import { setOperationProtection } from '../../src/application/set-operation-protection.js';
import { signIn, type IssuedSession } from '../../src/application/sign-in.js';
import { trustedBrowserWith } from '../../src/application/trusted-browser.js';
import { verifyOperation } from '../../src/application/verify-operation.js';
import { HOUR, MINUTE } from '../../src/domain/instant.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { VaultError, type SecretRef, type Vault } from '../../src/vault/vault.js';
import type { Authenticator } from '../support/authenticator.js';
import { ofType } from '../support/invariants.js';
import { layDown } from '../support/trusting.js';
import {
  enableDevice,
  openWorld,
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

let world: World;
let app: Application;
let phone: Authenticator;
/** Sam's session, which has proven the device. */
let token: string;

beforeEach(async () => {
  world = await openWorld();
  ({ app } = world);
  ({ authenticator: phone, token } = await enableDevice(world, await tokenOf(app, world.user)));
});

afterEach(() => world.close());

function generating(challengeId: string | null = null): Command<Challenged<GeneratedCodes>> {
  return (ports, ...rest) => generateRecoveryCodes(ports, ...rest, { challengeId });
}

function disabling(challengeId: string | null): Command<Challenged<{ readonly userId: string }>> {
  return (ports, ...rest) => disableMfa(ports, ...rest, { userId: null, challengeId });
}

/** Answers a challenge for an operation by a recovery code. */
function verifying(challengeId: string, recoveryCode: string): Command<unknown> {
  const input = { challengeId, code: null, recoveryCode, password: null };
  return (ports, ...rest) => verifyOperation(ports, ...rest, input);
}

/** Asks for a guarded operation; the challenge that it is met with. */
async function challengeOf<T>(guarded: Command<Challenged<T>>): Promise<string> {
  const { challenge } = valueOf(await send(app, token, guarded));
  if (challenge === null) throw new Error('it was not guarded');
  return challenge.challengeId;
}

async function generate(of = token, challengeId: string | null = null): Promise<readonly string[]> {
  const generated = valueOf(await send(app, of, generating(challengeId)));
  if (generated.challenge !== null) throw new Error('it was guarded');
  return generated.recoveryCodes;
}

/** Answers the challenge of a sign-in. */
function answer(ports: Application, of: string, recoveryCode: string) {
  const answering: Command<unknown> = (own, ...rest) => answerMfaChallenge(own, ...rest, { recoveryCode });
  return send(ports, of, answering, ['MFA_CHALLENGE']);
}

async function eventsOf(type: LoggedEvent['type']): Promise<readonly LoggedEvent[]> {
  return ofType(await world.events(), type);
}

function setsInVault() {
  return app.vault.list({ kind: 'recovery', limit: 100 });
}

/** Has the destroyer of secrets react to the last event of a type. */
async function react(type: LoggedEvent['type']): Promise<void> {
  const event = (await eventsOf(type)).at(-1);
  if (event === undefined) throw new Error(`there is no ${type}`);
  await destroySecrets.react(app, reactionContext(event), event);
}

describe('Generating recovery codes', () => {
  it('the first time hands out ten at once, in a session that has proven the device', async () => {
    const codes = await generate();
    expect(codes).toHaveLength(10);
    expect(new Set(codes.map(normaliseRecoveryCode)).size).toBe(10);
    expect(codes[0]).toMatch(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/);
  });

  it('puts them into the vault before the log names them', async () => {
    const calls: string[] = [];
    const vault = Object.assign(Object.create(app.vault), {
      async put(ref: SecretRef, secret: Uint8Array) {
        await app.vault.put(ref, secret);
        calls.push(ref.id);
        throw new VaultError('UNAVAILABLE', 'it went away as it answered');
      },
    }) as Vault;
    await expect(send({ ...app, vault }, token, generating())).rejects.toThrow('it went away');
    expect(await setsInVault()).toMatchObject([{ id: calls[0] }]);
    expect(await eventsOf('RecoveryCodesGenerated')).toStrictEqual([]);
  });

  it('anew needs a verification, and voids those before', async () => {
    const [before = ''] = await generate();
    const guarded = valueOf(await send(app, token, generating()));
    expect(guarded.challenge).toMatchObject({ operation: 'GENERATE_RECOVERY_CODES' });
    const challengeId = await verify(app, token, generating, { code: phone.nextCode() });
    const [after = ''] = await generate(token, challengeId);
    const signedIn = await tokenOf(app, world.user);
    expect((await answer(app, signedIn, before)).refusal).toBe('WRONG_RECOVERY_CODE');
    expect((await answer(app, signedIn, after)).refusal).toBeNull();
  });

  it('needs one the first time too, where the session has proven no second factor', async () => {
    const byPasswordAlone = await openWorld();
    const { app: other, user, accountId } = byPasswordAlone;
    await layDown(other, accountId, { trustedDeviceDays: 7 });
    const { authenticator } = await enableDevice(byPasswordAlone, await tokenOf(other, user));
    // A session in a browser that is trusted is full by the password alone.
    const signInFrom = async (trustedBrowser: string | null) => {
      const request = { ...requestContext(), trustedBrowser };
      const signedIn = await signIn(other, request, { ...user, transport: 'COOKIE' });
      return signedIn.ok ? signedIn.value.token : '';
    };
    const code = authenticator.nextCode();
    const trusting: Command<IssuedSession> = (...rest) => answerMfaChallenge(...rest, { code, trustDevice: true });
    const { trust } = valueOf(await send(other, await signInFrom(null), trusting, ['MFA_CHALLENGE']));
    const trusted = await signInFrom(trust === undefined ? null : trustedBrowserWith(null, trust));
    const guarded = valueOf(await send(other, trusted, generating()));
    expect(guarded.challenge).toMatchObject({ methods: ['VIRTUAL_MFA'] });
    await byPasswordAlone.close();
  });

  it('needs one the first time too, from five minutes on after the session has proven the device', async () => {
    const signedIn = await tokenOf(app, world.user);
    const answering: Command<IssuedSession> = (own, ...rest) =>
      answerMfaChallenge(own, ...rest, { code: phone.nextCode() });
    const { token: raised } = valueOf(await send(app, signedIn, answering, ['MFA_CHALLENGE']));
    world.clock.advance(5 * MINUTE);
    for (const held of [token, raised]) {
      expect(valueOf(await send(app, held, generating())).challenge).toMatchObject({ methods: ['VIRTUAL_MFA'] });
    }
    expect(await eventsOf('RecoveryCodesGenerated')).toStrictEqual([]);
    const challengeId = await verify(app, token, generating, { code: phone.nextCode() });
    expect(await generate(token, challengeId)).toHaveLength(10);
  });

  it('needs none the first time until the last millisecond of those five minutes', async () => {
    world.clock.advance(5 * MINUTE - 1);
    expect(await generate()).toHaveLength(10);
  });

  it('needs one the first time too, where operation protection is on', async () => {
    const protecting: Command<unknown> = (own, ...rest) =>
      setOperationProtection(own, ...rest, { userId: null, enabled: true, challengeId: null });
    valueOf(await send(app, token, protecting));
    expect(valueOf(await send(app, token, generating())).challenge).toMatchObject({ methods: ['VIRTUAL_MFA'] });
    expect(await eventsOf('RecoveryCodesGenerated')).toStrictEqual([]);
  });

  it('twice at once hands out one set: the other is met with a challenge', async () => {
    const nodes = [app, world.another(), app, world.another()];
    const replies = await Promise.all(nodes.map((node) => send(node, token, generating())));
    expect(replies.map(valueOf).filter(({ challenge }) => challenge === null)).toHaveLength(1);
    expect(await eventsOf('RecoveryCodesGenerated')).toHaveLength(1);
  });
});

describe('One recovery code, given 50 times at once on two nodes', () => {
  it('lets exactly one of 50 sessions in', async () => {
    const [code = ''] = await generate();
    const nodes = [app, world.another()];
    const tokens = await Promise.all(Array.from({ length: 50 }, () => tokenOf(app, world.user)));
    const replies = await Promise.all(tokens.map((of, n) => answer(nodes[n % 2] ?? app, of, code)));
    const refusals = replies.map(({ refusal }) => refusal);
    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(1);
    expect(refusals.filter((refusal) => refusal === 'WRONG_RECOVERY_CODE')).toHaveLength(49);
    expect(await eventsOf('RecoveryCodeUsed')).toHaveLength(1);
    expect(
      ofType(await eventsOf('RecoveryCodeRejected'), 'RecoveryCodeRejected').map(({ data }) => data.reason),
    ).toEqual(Array(20).fill('USED'));
  });

  it('verifies one operation once', async () => {
    const [code = ''] = await generate();
    const challengeId = await challengeOf(disabling(null));
    const nodes = [app, world.another()];
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => send(nodes[n % 2] ?? app, token, verifying(challengeId, code))),
    );
    expect(replies.filter(({ refusal }) => refusal === null)).toHaveLength(1);
    expect(await eventsOf('RecoveryCodeUsed')).toHaveLength(1);
    expect(await eventsOf('OperationVerified')).toHaveLength(1);
  });

  it('verifies one of two operations', async () => {
    const [code = ''] = await generate();
    const challenges = [await challengeOf(disabling(null)), await challengeOf(starting()(null))];
    const replies = await Promise.all(challenges.map((id) => send(app, token, verifying(id, code))));
    expect(replies.map(({ refusal }) => refusal).sort()).toStrictEqual(['WRONG_RECOVERY_CODE', null]);
    expect(await eventsOf('OperationVerified')).toHaveLength(1);
  });
});

describe('Recovery codes that are void', () => {
  async function expectDestroyed(ids: readonly string[]): Promise<void> {
    const noted = ofType(await eventsOf('RecoveryCodesDestroyed'), 'RecoveryCodesDestroyed');
    expect(noted.map(({ data }) => data.codeSetId)).toStrictEqual(ids);
    const left = (await setsInVault()).map(({ id }) => id);
    expect(ids.filter((id) => left.includes(id))).toStrictEqual([]);
  }

  async function liveSet(): Promise<string> {
    return (await load(app, mfaDecider, world.userId)).state.recoveryCodes.live?.codeSetId ?? 'none';
  }

  it('are destroyed once others were generated, and those are not; however often that is reacted to', async () => {
    await generate();
    const first = await liveSet();
    await react('RecoveryCodesGenerated');
    await expectDestroyed([]);
    await generate(token, await verify(app, token, generating, { code: phone.nextCode() }));
    await react('RecoveryCodesGenerated');
    await react('RecoveryCodesGenerated');
    await expectDestroyed([first]);
    expect((await setsInVault()).map(({ id }) => id)).toStrictEqual([await liveSet()]);
  });

  it('are destroyed once the device was disabled', async () => {
    const [code = ''] = await generate();
    const set = await liveSet();
    const challengeId = await challengeOf(disabling(null));
    valueOf(await send(app, token, verifying(challengeId, code)));
    valueOf(await send(app, token, disabling(challengeId)));
    await react('MfaDisabled');
    await expectDestroyed([set]);
  });

  it('are destroyed once their user was deleted', async () => {
    await generate();
    const set = await liveSet();
    const { primary, userId } = world;
    valueOf(await send(app, primary, (own, ...rest) => deleteSubUser(own, ...rest, { userId, challengeId: null })));
    await react('UserDeleted');
    await react('UserDeleted');
    await expectDestroyed([set]);
  });

  it('are swept if nothing names them, after an hour; those that are named stay', async () => {
    await generate();
    const id = `${world.userId}.orphan`;
    await app.vault.put({ kind: 'recovery', id }, Buffer.from('{}'));
    await sweepVault(app);
    expect(await setsInVault()).toHaveLength(2);
    world.clock.advance(2 * HOUR);
    await sweepVault(app);
    expect((await setsInVault()).map((entry) => entry.id)).toStrictEqual([await liveSet()]);
  });
});

describe('A recovery code', () => {
  it('lets one in while MFA is locked, and ends the lock', async () => {
    const [code = ''] = await generate();
    for (let n = 0; n < 10; n += 1) {
      const of = await tokenOf(app, world.user);
      const wrong: Command<unknown> = (own, ...rest) => answerMfaChallenge(own, ...rest, { code: phone.wrongCode() });
      await send(app, of, wrong, ['MFA_CHALLENGE']);
    }
    expect(await eventsOf('MfaLocked')).toHaveLength(1);
    expect((await answer(app, await tokenOf(app, world.user), code)).refusal).toBeNull();
    const right: Command<unknown> = (own, ...rest) => answerMfaChallenge(own, ...rest, { code: phone.nextCode() });
    expect((await send(app, await tokenOf(app, world.user), right, ['MFA_CHALLENGE'])).refusal).toBeNull();
  });

  it('ends a challenge and its session by the fifth wrong one', async () => {
    await generate();
    const of = await tokenOf(app, world.user);
    const wrong = 'AB12-CD34-EF56-GH78-JK90-MN10';
    for (let n = 0; n < 5; n += 1) expect((await answer(app, of, wrong)).refusal).toBe('WRONG_RECOVERY_CODE');
    expect((await answer(app, of, wrong)).refusal).toBe('UNAUTHENTICATED');
    expect(ofType(await eventsOf('SessionEnded'), 'SessionEnded')[0]?.data.reason).toBe('TOO_MANY_WRONG_CODES');
  });

  it('that is none is refused without counting', async () => {
    await generate();
    const of = await tokenOf(app, world.user);
    expect((await answer(app, of, '123456')).refusal).toBe('INVALID_RECOVERY_CODE');
    expect(await eventsOf('RecoveryCodeRejected')).toStrictEqual([]);
  });

  it('starts the set-up of another device, and the codes that are left stay good', async () => {
    const [code = '', other = ''] = await generate();
    const challengeId = await challengeOf(starting()(null));
    valueOf(await send(app, token, verifying(challengeId, code)));
    const { enrollmentId, authenticator } = valueOf(await trySetUp(world, token, { challengeId }));
    valueOf(await sendEnabling(app, token, { enrollmentId, code: authenticator.code() }));
    world.clock.advance(MINUTE);
    expect((await answer(app, await tokenOf(app, world.user), other)).refusal).toBeNull();
  });
});
