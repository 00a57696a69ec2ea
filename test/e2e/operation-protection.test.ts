import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Authenticator } from '../support/authenticator.js';
import type { Client, Loose } from '../support/client.js';
import { mutate, succeed } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  fresh,
  primary,
  protectedPrimary,
  signIn,
  verified,
  type Account,
  type SubUser,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedTypes } from '../support/stored.js';

const MINUTE = 60_000;

let service: TestService;
let account: Account;
let client: Client;
let authenticator: Authenticator;
let sam: SubUser;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** A primary with a device and operation protection, and a sub-user. */
beforeEach(async () => {
  ({ account, client, authenticator } = await protectedPrimary(service, 'BEARER'));
  sam = await createSubUser(client, account);
  await succeed(client, 'setOperationProtection', { enabled: true });
});

async function challengeFor(by: Client, name: string, input: Loose): Promise<Loose> {
  const { refusal, userError } = await mutate(by, name, input);
  expect(refusal).toBe('VERIFICATION_REQUIRED');
  return userError.challenge;
}

async function verify(by: Client, name: string, input: Loose): Promise<string> {
  const { id } = await challengeFor(by, name, input);
  await succeed(by, 'verifyOperation', { challengeId: id, code: authenticator.nextCode() });
  return id;
}

/** Operations that are guarded where operation protection is on: with arguments, others, and what they leave done. */
const OPERATIONS: readonly (readonly [
  string,
  string,
  (id: string) => Loose,
  ((id: string) => Loose) | null,
  object,
])[] = [
  [
    'renameUser',
    'RENAME_USER',
    (userId) => ({ userId, displayName: 'Samuel' }),
    (userId) => ({ userId, displayName: 'Samantha' }),
    { user: { displayName: 'Samuel' } },
  ],
  [
    'assignRole',
    'ASSIGN_ROLE',
    (userId) => ({ userId, role: 'AUDITOR' }),
    (userId) => ({ userId, role: 'ADMIN' }),
    { user: { role: 'AUDITOR' } },
  ],
  [
    'requireSubUserMfa',
    'REQUIRE_SUB_USER_MFA',
    (userId) => ({ userId }),
    (userId) => ({ userId, effective: 'IMMEDIATELY' }),
    { user: { mfa: { required: true } } },
  ],
  ['unlockUser', 'UNLOCK_USER', (userId) => ({ userId }), null, { user: { mfa: { locked: false } } }],
  [
    'resetSubUserPassword',
    'RESET_SUB_USER_PASSWORD',
    (userId) => ({ userId, newPassword: 'Heliotrope-Bassoon-58' }),
    null,
    {},
  ],
  ['deleteSubUser', 'DELETE_SUB_USER', (userId) => ({ userId }), null, { deletedUserId: expect.any(String) }],
];

describe('with operation protection on', () => {
  it.each(OPERATIONS)('%s needs a verification of its own', async (name, operation, input, other, done) => {
    const challenge = await challengeFor(client, name, input(sam.userId));
    expect(challenge).toMatchObject({ operation, methods: ['VIRTUAL_MFA'] });
    await succeed(client, 'verifyOperation', { challengeId: challenge.id, code: authenticator.nextCode() });
    const challengeId = challenge.id;
    if (other !== null) await challengeFor(client, name, { ...other(sam.userId), challengeId });
    const foreign = await createSubUserWith(client);
    await challengeFor(client, name, { ...input(foreign.userId), challengeId });
    expect(await succeed(client, name, { ...input(sam.userId), challengeId })).toMatchObject(done);
    const again = name === 'deleteSubUser' ? foreign.userId : sam.userId;
    const { id } = await challengeFor(client, name, { ...input(again), challengeId });
    expect(id).not.toBe(challengeId);
  });

  it('creating a sub-user needs one, which is bound to all but the password', async () => {
    const input = { username: fresh('kim'), password: 'Heliotrope-Bassoon-58', role: 'MEMBER' };
    const challengeId = await verify(client, 'createSubUser', input);
    await challengeFor(client, 'createSubUser', { ...input, role: 'ADMIN', challengeId });
    await challengeFor(client, 'createSubUser', { ...input, requireMfa: true, challengeId });
    const { user } = await succeed(client, 'createSubUser', {
      ...input,
      password: 'Bassoon-Heliotrope-85',
      challengeId,
    });
    expect(user).toMatchObject({ username: input.username, role: 'MEMBER' });
  });

  it('ending the session of somebody else needs one, and ending the own does not', async () => {
    const other = await signIn(service, account, 'BEARER');
    await answerChallenge(other, authenticator);
    const { session } = (await other.send('{ viewer { session { id } } }')).body.data.viewer;
    const payload = await verified(client, 'revokeSession', { sessionId: session.id }, authenticator);
    expect(payload.revokedSessionId).toBe(session.id);
    const own = (await client.send('{ viewer { session { id } } }')).body.data.viewer.session.id;
    await succeed(client, 'revokeSession', { sessionId: own });
  });

  it('an erasure and the revocation of an audit token need one', async () => {
    const { userId } = await createSubUserWith(client);
    await verified(client, 'deleteSubUser', { userId }, authenticator);
    expect(await verified(client, 'eraseUser', { userId }, authenticator)).toMatchObject({ erasedUserId: userId });
    const made = await verified(client, 'createAuditToken', { name: 'SIEM', scopes: ['READ'] }, authenticator);
    const { auditToken } = await verified(client, 'revokeAuditToken', { tokenId: made.auditToken.id }, authenticator);
    expect(auditToken.revokedAt).not.toBeNull();
  });

  it('a verification is void after five minutes, and in another session', async () => {
    const input = { userId: sam.userId, role: 'ADMIN' };
    const late = await verify(client, 'assignRole', input);
    service.clock.advance(5 * MINUTE);
    const renewed = await verify(client, 'assignRole', { ...input, challengeId: late });
    expect(renewed).not.toBe(late);
    const other = await signIn(service, account, 'BEARER');
    await answerChallenge(other, authenticator);
    await challengeFor(other, 'assignRole', { ...input, challengeId: renewed });
    await succeed(client, 'assignRole', { ...input, challengeId: renewed });
  });

  it('of fifty requests with one verification, one does it', async () => {
    const input = { userId: sam.userId, displayName: fresh('Sam') };
    const challengeId = await verify(client, 'renameUser', input);
    const sent = Array.from({ length: 50 }, () => mutate(client, 'renameUser', { ...input, challengeId }));
    const refusals = (await Promise.all(sent)).map(({ refusal }) => refusal);
    expect(refusals.filter((refusal) => refusal === null)).toHaveLength(1);
    expect(refusals.filter((refusal) => refusal === 'VERIFICATION_REQUIRED')).toHaveLength(49);
    const { session } = (await client.send('{ viewer { session { id } } }')).body.data.viewer;
    const used = (await storedTypes(service, `session-${session.id}`)).filter(
      (type) => type === 'OperationVerificationUsed',
    );
    // One for what made the sub-user and switched protection on was not needed.
    expect(used).toHaveLength(1);
  });

  it('what is not allowed, or makes no sense, is refused before anything is asked for', async () => {
    expect((await mutate(client, 'renameUser', { userId: sam.userId, username: 'no name' })).refusal).toBe(
      'INVALID_USERNAME',
    );
    expect((await mutate(client, 'deleteSubUser', { userId: 'nobody' })).refusal).toBe('NOT_FOUND');
  });

  it("the trail is exported with one, bound to what is exported; a token's export needs none", async () => {
    const made = await verified(client, 'createAuditToken', { name: 'SIEM', scopes: ['EXPORT'] }, authenticator);
    const fetched = async (query: string, token = client.token) => {
      const headers = { authorization: `Bearer ${token ?? ''}` };
      const answer = await fetch(new URL(`/audit/export?${query}`, service.url), { headers });
      return { status: answer.status, text: await answer.text() };
    };
    const asked = await fetched('format=csv');
    expect(asked.status).toBe(403);
    const { code, challenge } = JSON.parse(asked.text).errors[0].extensions;
    expect({ code, challenge }).toMatchObject({
      code: 'VERIFICATION_REQUIRED',
      challenge: { operation: 'EXPORT_AUDIT_TRAIL', methods: ['VIRTUAL_MFA'] },
    });
    await succeed(client, 'verifyOperation', { challengeId: challenge.id, code: authenticator.nextCode() });
    expect((await fetched(`format=native&challengeId=${challenge.id}`)).status).toBe(403);
    expect((await fetched(`format=csv&challengeId=${challenge.id}`)).status).toBe(200);
    expect((await fetched(`format=csv&challengeId=${challenge.id}`)).status).toBe(403);
    expect((await fetched('format=csv', made.token)).status).toBe(200);
  });
});

/** Another sub-user, where creating one is guarded. */
async function createSubUserWith(by: Client): Promise<{ readonly userId: string }> {
  const input = { username: fresh('kim'), password: 'Heliotrope-Bassoon-58' };
  const { user } = await verified(by, 'createSubUser', input, authenticator);
  return { userId: user.id };
}

describe('operation protection', () => {
  it('is shown, is switched on without and off only with a verification, and then nothing is asked for', async () => {
    const off = await verified(client, 'setOperationProtection', { enabled: false }, authenticator);
    expect(off.user.operationProtection).toBe(false);
    await succeed(client, 'setOperationProtection', { enabled: false });
    await succeed(client, 'assignRole', { userId: sam.userId, role: 'ADMIN' });
    expect((await succeed(client, 'setOperationProtection', { enabled: true })).user.operationProtection).toBe(true);
    await challengeFor(client, 'assignRole', { userId: sam.userId, role: 'MEMBER' });
  });

  it('is one of each user: of an administrator it is switched by itself, or by the primary', async () => {
    const kim = await createSubUserWith(client);
    const admin = await createSubUserAs('ADMIN');
    const own = await signIn(service, admin, 'BEARER');
    await succeed(own, 'assignRole', { userId: kim.userId, role: 'AUDITOR' });
    const { user } = await succeed(client, 'setOperationProtection', { userId: admin.userId, enabled: true });
    expect(user).toMatchObject({ id: admin.userId, operationProtection: true });
    const challenge = await challengeFor(own, 'assignRole', { userId: kim.userId, role: 'MEMBER' });
    // Without a device the password is what there is.
    expect(challenge.methods).toStrictEqual(['PASSWORD']);
    await verified(own, 'assignRole', { userId: kim.userId, role: 'MEMBER' }, admin);
    await verified(client, 'setOperationProtection', { userId: admin.userId, enabled: false }, authenticator);
    await succeed(own, 'assignRole', { userId: kim.userId, role: 'AUDITOR' });
  });

  it('is not switched by whoever may not, nor of others by a member', async () => {
    const member = await signIn(service, sam, 'BEARER');
    await enable(service, member);
    expect((await mutate(member, 'setOperationProtection', { userId: sam.userId, enabled: true })).refusal).toBeNull();
    const stranger = (await primary(service, 'BEARER')).client;
    const of = { userId: sam.userId, enabled: false };
    expect((await mutate(stranger, 'setOperationProtection', of)).refusal).toBe('NOT_FOUND');
    const kim = await createSubUserWith(client);
    expect((await mutate(member, 'setOperationProtection', { userId: kim.userId, enabled: true })).refusal).toBe(
      'FORBIDDEN',
    );
  });
});

async function createSubUserAs(role: string): Promise<SubUser> {
  const input = { username: fresh('lee'), password: 'Heliotrope-Bassoon-58', role };
  const { user } = await verified(client, 'createSubUser', input, authenticator);
  return { account: account.alias, username: input.username, password: input.password, userId: user.id };
}
