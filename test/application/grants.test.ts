import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Application } from '../../src/application/application.js';
import { answerOperationChallenge } from '../../src/application/answer-operation-challenge.js';
import { authenticateServiceCredential } from '../../src/application/authenticate-service-credential.js';
import {
  createServiceCredential,
  type IssuedServiceCredential,
} from '../../src/application/create-service-credential.js';
import type { Challenged } from '../../src/application/guard.js';
import { deleteSubUser, resetSubUserPassword } from '../../src/application/manage-user.js';
import { setOperationProtection } from '../../src/application/set-operation-protection.js';
import { redeemVerificationGrant, type Redemption } from '../../src/application/redeem-verification-grant.js';
import { requestOperationVerification } from '../../src/application/request-operation-verification.js';
import { revokeServiceCredential } from '../../src/application/revoke-service-credential.js';
import { MINUTE } from '../../src/domain/instant.js';
import type { ServiceOperation } from '../../src/domain/operation/service-operation.js';
import {
  enableDevice,
  openWorld,
  PRIMARY,
  requestContext,
  send,
  sessionIdOf,
  tokenOf,
  valueOf,
  verify,
  type Command,
  type World,
} from '../support/world.js';

const DIGEST = 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o';
const DELETING = { service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: DIGEST };

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

afterEach(() => world.close());

/** A credential for a service, made by the primary. */
async function credentialFor(service = 'vm'): Promise<IssuedServiceCredential> {
  const input = { name: service, service };
  const creating =
    (challengeId: string | null): Command<Challenged<IssuedServiceCredential>> =>
    (app, request, current) =>
      createServiceCredential(app, request, current, { ...input, challengeId });
  const challengeId = await verify(world.app, world.primary, creating, { password: PRIMARY.password });
  const made = valueOf(await send(world.app, world.primary, creating(challengeId)));
  if (made.challenge !== null) throw new Error('it was asked for a verification again');
  return made;
}

const requesting =
  (wanted: ServiceOperation): Command<{ readonly challenge: { readonly challengeId: string } }> =>
  (app, request, current) =>
    requestOperationVerification(app, request, current, wanted);

type Answer = { readonly code: string } | { readonly password: string };

const answering =
  (challengeId: string, answer: Answer): Command<{ readonly grant: string | null }> =>
  (app, request, current) =>
    answerOperationChallenge(app, request, current, { code: null, password: null, ...answer, challengeId });

async function grantOf(token: string, answer: Answer, wanted = DELETING): Promise<string> {
  const { challenge } = valueOf(await send(world.app, token, requesting(wanted)));
  const { grant } = valueOf(await send(world.app, token, answering(challenge.challengeId, answer)));
  if (grant === null) throw new Error('there is no grant');
  return grant;
}

async function redeem(app: Application, credential: string, grant: string): Promise<Redemption | string> {
  const { caller } = await authenticateServiceCredential(app, credential);
  if (caller === null) return 'UNAUTHENTICATED';
  const redeemed = await redeemVerificationGrant(app, requestContext(), caller, { grant });
  return redeemed.ok ? redeemed.value : (redeemed.rejections[0]?.code ?? 'NO REASON');
}

/** The primary gives Sam another password. */
const resetting: Command<unknown> = (...ports) =>
  resetSubUserPassword(...ports, { userId: world.userId, newPassword: 'staple correct battery', challengeId: null });

async function typesIn(stream: string): Promise<string[]> {
  return (await world.events()).filter((event) => event.stream === stream).map(({ type }) => type);
}

describe('A grant for another service', () => {
  it('is the answer to a challenge, in one append with the verification, and is redeemed with what was verified', async () => {
    const { credential, credentialId } = await credentialFor();
    const sam = await tokenOf(world.app, world.user);
    const grant = await grantOf(sam, world.user);
    expect((await typesIn(`session-${sessionIdOf(sam)}`)).slice(1)).toEqual([
      ...['ServiceOperationChallenged', 'OperationVerified', 'VerificationGrantIssued'],
    ]);
    world.clock.advance(MINUTE);
    const redemption = await redeem(world.app, credential, grant);
    const { service: _service, ...verified } = DELETING;
    expect(redemption).toMatchObject({ ...verified, userId: world.userId, redeemedAt: world.clock.now() });
    const redeemed = (await world.events()).find(({ type }) => type === 'VerificationGrantRedeemed');
    expect(redeemed?.metadata).toMatchObject({
      actor: { kind: 'SERVICE_CREDENTIAL', id: credentialId },
      sessionId: null,
    });
    expect(redeemed?.data).toMatchObject({ accountId: world.accountId, userId: world.userId, credentialId });
  });

  it('is one for one challenge, however many answers race', async () => {
    await credentialFor();
    const { authenticator, token } = await enableDevice(world, await tokenOf(world.app, world.user));
    const { challenge } = valueOf(await send(world.app, token, requesting(DELETING)));
    const code = authenticator.nextCode();
    const nodes = [world.app, world.another()];
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) =>
        send(nodes[n % 2] ?? world.app, token, answering(challenge.challengeId, { code })),
      ),
    );
    expect(answers.filter(({ refusal }) => refusal === null)).toHaveLength(1);
    const again = await send(world.app, token, answering(challenge.challengeId, { code: authenticator.nextCode() }));
    expect(again.refusal).toBe('GRANT_ALREADY_ISSUED');
    const types = await typesIn(`session-${sessionIdOf(token)}`);
    expect(types.filter((type) => type === 'VerificationGrantIssued')).toHaveLength(1);
  });

  it('is redeemed once, also where 50 redemptions race on two nodes', async () => {
    const { credential } = await credentialFor();
    const grant = await grantOf(world.primary, { password: PRIMARY.password });
    const nodes = [world.app, world.another()];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) => redeem(nodes[n % 2] ?? world.app, credential, grant)),
    );
    expect(outcomes.filter((outcome) => typeof outcome === 'object')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'GRANT_ALREADY_REDEEMED')).toHaveLength(49);
    const redeemed = (await world.events()).filter(({ type }) => type === 'VerificationGrantRedeemed');
    expect(redeemed.map(({ version }) => version)).toEqual([1]);
  });

  it('is void after five minutes, and to every service but its own', async () => {
    const { credential } = await credentialFor();
    const { credential: ofDns } = await credentialFor('dns');
    const grant = await grantOf(world.primary, { password: PRIMARY.password });
    expect(await redeem(world.app, ofDns, grant)).toBe('GRANT_INVALID');
    expect(await redeem(world.app, credential, `${grant}x`)).toBe('GRANT_INVALID');
    world.clock.advance(5 * MINUTE);
    expect(await redeem(world.app, credential, grant)).toBe('GRANT_EXPIRED');
    expect((await world.events()).filter(({ type }) => type === 'VerificationGrantRedeemed')).toEqual([]);
  });

  it('needs a code where there is a device, also if the challenge was opened before', async () => {
    await credentialFor();
    const first = await tokenOf(world.app, world.user);
    const { challenge } = valueOf(await send(world.app, first, requesting(DELETING)));
    const { authenticator, token } = await enableDevice(world, first);
    const outdated = await send(world.app, token, answering(challenge.challengeId, world.user));
    expect(outdated.refusal).toBe('METHOD_NOT_OFFERED');
    expect(await grantOf(token, { code: authenticator.nextCode() })).toMatch(/^ey/);
  });

  it('is none any more once its user is gone, or had the password reset', async () => {
    const { credential } = await credentialFor();
    const { app, primary, userId, user } = world;
    const deleting: Command<unknown> = (...ports) => deleteSubUser(...ports, { userId, challengeId: null });
    const beforeReset = await grantOf(await tokenOf(app, user), user);
    valueOf(await send(app, primary, resetting));
    expect(await redeem(app, credential, beforeReset)).toBe('GRANT_INVALID');
    const adas = await grantOf(primary, { password: PRIMARY.password });
    valueOf(await send(app, primary, deleting));
    expect(await redeem(app, credential, beforeReset)).toBe('GRANT_INVALID');
    expect(await redeem(app, credential, adas)).toMatchObject({ resource: 'i-123' });
  });

  it.each([
    ['the password was reset', 'SESSION_ENDED', () => send(world.app, world.primary, resetting)],
    [
      'a device was enabled',
      'MFA_CHALLENGE_REQUIRED',
      async () => enableDevice(world, await tokenOf(world.app, world.user)),
    ],
  ])('does not come of a password that was still being compared as %s', async (_, refusal, meanwhile) => {
    await credentialFor();
    const { app, user } = world;
    const token = await tokenOf(app, user);
    const { challenge } = valueOf(await send(app, token, requesting(DELETING)));
    const compare = async (encoded: string, password: string): Promise<boolean> => {
      await meanwhile();
      return app.passwords.verify(encoded, password);
    };
    const slow: Application = { ...app, passwords: { ...app.passwords, verify: compare } };
    expect((await send(slow, token, answering(challenge.challengeId, user))).refusal).toBe(refusal);
    expect((await world.events()).filter(({ type }) => type === 'VerificationGrantIssued')).toEqual([]);
  });

  it('is for a service that could redeem it', async () => {
    const unknown = await send(world.app, world.primary, requesting(DELETING));
    expect(unknown.refusal).toBe('UNKNOWN_SERVICE');
    const { credentialId } = await credentialFor();
    valueOf(await send(world.app, world.primary, requesting(DELETING)));
    const revoking: Command<unknown> = (app, request, current) =>
      revokeServiceCredential(app, request, current, { credentialId, challengeId: null });
    valueOf(await send(world.app, world.primary, revoking));
    expect((await send(world.app, world.primary, requesting(DELETING))).refusal).toBe('UNKNOWN_SERVICE');
  });

  it('is not to be had twice by asking again: an open challenge is handed out again', async () => {
    await credentialFor();
    const ask = async (wanted: ServiceOperation) =>
      valueOf(await send(world.app, world.primary, requesting(wanted))).challenge.challengeId;
    const first = await ask(DELETING);
    expect(await ask(DELETING)).toBe(first);
    for (const other of [{ operation: 'vm:StopInstance' }, { resource: 'i-124' }, { argumentsDigest: 'A'.repeat(43) }])
      expect(await ask({ ...DELETING, ...other })).not.toBe(first);
  });
});

describe('A service credential', () => {
  it('is void once it is revoked, on every node, and where its secret is another', async () => {
    const { credential, credentialId } = await credentialFor();
    const other = world.another();
    const grant = await grantOf(world.primary, { password: PRIMARY.password });
    const forged = `${credential.slice(0, -1)}${credential.endsWith('A') ? 'E' : 'A'}`;
    for (const text of [
      forged,
      credential.replace('vsc_', 'vat_'),
      credential.slice(4),
      'vsc_',
      `vsc_a.b.${'x'.repeat(43)}`,
    ])
      expect(await redeem(other, text, grant)).toBe('UNAUTHENTICATED');
    expect(await redeem(other, credential, 'no grant')).toBe('GRANT_INVALID');
    const revoking: Command<unknown> = (app, request, current) =>
      revokeServiceCredential(app, request, current, { credentialId, challengeId: null });
    valueOf(await send(world.app, world.primary, revoking));
    expect(await redeem(other, credential, grant)).toBe('UNAUTHENTICATED');
    valueOf(await send(world.app, world.primary, revoking));
  });

  it('is revoked after a verification where operation protection is on', async () => {
    const { credential, credentialId } = await credentialFor();
    const protecting: Command<unknown> = (app, request, current) =>
      setOperationProtection(app, request, current, { userId: null, enabled: true, challengeId: null });
    valueOf(await send(world.app, world.primary, protecting));
    const revoking =
      (challengeId: string | null): Command<Challenged<{ readonly credentialId: string }>> =>
      (app, request, current) =>
        revokeServiceCredential(app, request, current, { credentialId, challengeId });
    const challengeId = await verify(world.app, world.primary, revoking, { password: PRIMARY.password });
    expect(await redeem(world.app, credential, 'no grant')).toBe('GRANT_INVALID');
    valueOf(await send(world.app, world.primary, revoking(challengeId)));
    expect(await redeem(world.app, credential, 'no grant')).toBe('UNAUTHENTICATED');
  });

  it('is one of 20 at most that are not void', async () => {
    for (let n = 0; n < 20; n += 1) await credentialFor(`vm-${n}`);
    const full: Command<unknown> = (app, request, current) =>
      createServiceCredential(app, request, current, { name: 'vm', service: 'vm', challengeId: null });
    expect((await send(world.app, world.primary, full)).refusal).toBe('TOO_MANY_SERVICE_CREDENTIALS');
  });

  it('is made and revoked by the primary alone', async () => {
    const { credentialId } = await credentialFor();
    const sam = await tokenOf(world.app, world.user);
    const tries: Command<unknown>[] = [
      (app, request, current) =>
        createServiceCredential(app, request, current, { name: 'vm', service: 'vm', challengeId: null }),
      (app, request, current) => revokeServiceCredential(app, request, current, { credentialId, challengeId: null }),
    ];
    for (const command of tries) expect((await send(world.app, sam, command)).refusal).toBe('FORBIDDEN');
  });
});
