import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, mutate, succeed, viewer } from '../support/operations.js';
import {
  createSubUser,
  enable,
  fresh,
  primary,
  protectedPrimary,
  signIn,
  trySignIn,
  verified,
  type Account,
  type Credentials,
  type SubUser,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedTypes } from '../support/stored.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

interface Household {
  readonly account: Account;
  readonly client: Client;
  readonly sam: SubUser;
}

/** A primary that is signed in, and a sub-user. */
async function household(): Promise<Household> {
  const owner = await primary(service);
  return { ...owner, sam: await createSubUser(owner.client, owner.account) };
}

/** What signing in comes to: the outcome, or the refusal. */
async function signingIn(credentials: Credentials): Promise<string> {
  const { refusal, payload } = await trySignIn(service.client(), credentials);
  return refusal ?? payload.outcome.__typename;
}

async function stageOf(client: Client): Promise<string | null> {
  return (await viewer(client))?.stage ?? null;
}

describe('changing the password', () => {
  it('is asked to be verified, by the password where there is no device', async () => {
    const { account, client } = await primary(service);
    const newPassword = fresh('another horse');
    const { userError } = await mutate(client, 'changePassword', { newPassword });
    expect(userError.challenge).toMatchObject({ operation: 'CHANGE_PASSWORD', methods: ['PASSWORD'] });
    const { user } = await verified(client, 'changePassword', { newPassword }, account);
    expect(user.username).toBe(account.username);
    expect(await signingIn(account)).toBe('SIGN_IN_FAILED');
    expect(await signingIn({ ...account, password: newPassword })).toBe('SignedIn');
  });

  it('is verified by the device where there is one', async () => {
    const { account, client, authenticator } = await protectedPrimary(service);
    const newPassword = fresh('another horse');
    await verified(client, 'changePassword', { newPassword }, authenticator);
    expect(await signingIn({ ...account, password: newPassword })).toBe('MfaChallengeRequired');
  });

  it('ends the other sessions, and this one goes on', async () => {
    const { account, client } = await primary(service);
    const other = await signIn(service, account);
    await verified(client, 'changePassword', { newPassword: fresh('another horse') }, account);
    expect(await stageOf(client)).toBe('FULL');
    expect(await stageOf(other)).toBeNull();
  });

  it('is refused to the same password, to a short and to a common one', async () => {
    const { account, client } = await primary(service);
    const { userError } = await mutate(client, 'changePassword', { newPassword: account.password });
    const challengeId = userError.challenge.id;
    await succeed(client, 'verifyOperation', { challengeId, password: account.password });
    const input = { newPassword: account.password, challengeId };
    expect(await mutate(client, 'changePassword', input)).toMatchObject({
      ...{ refusal: 'PASSWORD_UNCHANGED', userError: { field: ['input', 'newPassword'] } },
    });
    for (const [newPassword, code] of [
      ['short', 'PASSWORD_TOO_SHORT'],
      ['password123', 'PASSWORD_TOO_COMMON'],
      ['x'.repeat(129), 'PASSWORD_TOO_LONG'],
    ]) {
      const { userError: refused } = await mutate(client, 'changePassword', { newPassword });
      expect(refused).toMatchObject({ code, field: ['input', 'newPassword'] });
    }
  });
});

describe('resetting the password of a sub-user', () => {
  it('ends its sessions, and has it choose its own at the next sign-in, after which the session is full', async () => {
    const { client, sam } = await household();
    const open = await signIn(service, sam);
    const password = fresh('set by another');
    await succeed(client, 'resetSubUserPassword', { userId: sam.userId, newPassword: password });
    expect(await stageOf(open)).toBeNull();
    expect(await signingIn(sam)).toBe('SIGN_IN_FAILED');
    expect(await signingIn({ ...sam, password })).toBe('PasswordChangeRequired');
    const next = await signIn(service, { ...sam, password });
    expect((await mutate(next, 'startMfaEnrollment', {})).refusal).toBe('PASSWORD_CHANGE_REQUIRED');
    expect((await mutate(next, 'changePassword', { newPassword: password })).refusal).toBe('PASSWORD_UNCHANGED');
    const own = fresh('my own');
    const { outcome } = await succeed(next, 'changePassword', { newPassword: own });
    expect(outcome).toMatchObject({ __typename: 'SignedIn', viewer: { stage: 'FULL' } });
    expect(await stageOf(next)).toBe('FULL');
    expect(await signingIn({ ...sam, password: own })).toBe('SignedIn');
  });

  it('comes before enabling a device, where that is required too', async () => {
    const { client, sam } = await household();
    const password = fresh('set by another');
    await succeed(client, 'requireSubUserMfa', { userId: sam.userId });
    await succeed(client, 'resetSubUserPassword', { userId: sam.userId, newPassword: password });
    const next = await signIn(service, { ...sam, password });
    const { outcome } = await succeed(next, 'changePassword', { newPassword: fresh('my own') });
    expect(outcome).toMatchObject({ __typename: 'MfaEnrollmentRequired', viewer: { stage: 'MFA_ENROLLMENT' } });
    await enable(service, next);
    expect(await stageOf(next)).toBe('FULL');
  });

  it('takes no password that is too short', async () => {
    const { client, sam } = await household();
    const input = { userId: sam.userId, newPassword: 'short' };
    expect((await mutate(client, 'resetSubUserPassword', input)).userError).toMatchObject({
      ...{ code: 'PASSWORD_TOO_SHORT', field: ['input', 'newPassword'] },
    });
  });
});

describe('renaming a sub-user', () => {
  it('has it sign in by the new name only; the old one is free, the new one taken', async () => {
    const { account, client, sam } = await household();
    const username = fresh('samantha');
    const input = { userId: sam.userId, username, displayName: 'Samantha' };
    const { user } = await succeed(client, 'renameUser', input);
    expect(user).toMatchObject({ username, displayName: 'Samantha' });
    expect(await signingIn(sam)).toBe('SIGN_IN_FAILED');
    expect(await signingIn({ ...sam, username })).toBe('SignedIn');
    const other = await createSubUser(client, account);
    expect((await mutate(client, 'renameUser', { userId: other.userId, username })).refusal).toBe('USERNAME_TAKEN');
    await succeed(client, 'createSubUser', { username: sam.username, password: fresh('somebody new') });
  });

  it('leaves its sessions alone', async () => {
    const { client, sam } = await household();
    const open = await signIn(service, sam);
    const username = fresh('samantha');
    await succeed(client, 'renameUser', { userId: sam.userId, username });
    expect(await viewer(open)).toMatchObject({ stage: 'FULL', user: { username } });
  });

  it('back to the name before works, and to the same name changes nothing', async () => {
    const { client, sam } = await household();
    await succeed(client, 'renameUser', { userId: sam.userId, username: fresh('samantha') });
    await succeed(client, 'renameUser', { userId: sam.userId, username: sam.username });
    const stored = await storedTypes(service, `user-${sam.userId}`);
    await succeed(client, 'renameUser', { userId: sam.userId, username: sam.username });
    expect(await storedTypes(service, `user-${sam.userId}`)).toStrictEqual(stored);
    expect(await signingIn(sam)).toBe('SignedIn');
  });

  it('of two that want one name at the same moment, one gets it', async () => {
    const { account, client, sam } = await household();
    const kim = await createSubUser(client, account);
    const username = fresh('wanted');
    const outcomes = await Promise.all(
      [sam, kim].map(({ userId }) => mutate(client.copy(), 'renameUser', { userId, username })),
    );
    expect(outcomes.map(({ refusal }) => refusal).sort()).toStrictEqual(['USERNAME_TAKEN', null].sort());
    const signed = await Promise.all([sam, kim].map((person) => signingIn({ ...person, username })));
    expect(signed.sort()).toStrictEqual(['SIGN_IN_FAILED', 'SignedIn']);
  });

  it('to a name that somebody is being created with: one gets it', async () => {
    const { client, sam } = await household();
    const username = fresh('wanted');
    const password = fresh('somebody new');
    const outcomes = await Promise.all([
      mutate(client.copy(), 'renameUser', { userId: sam.userId, username }),
      mutate(client.copy(), 'createSubUser', { username, password }),
    ]);
    expect(outcomes.filter(({ refusal }) => refusal === null)).toHaveLength(1);
    const passwords = [sam.password, password];
    const signed = await Promise.all(passwords.map((own) => signingIn({ ...sam, username, password: own })));
    expect(signed.sort()).toStrictEqual(['SIGN_IN_FAILED', 'SignedIn']);
  });
});

describe('deleting a sub-user', () => {
  it('ends its sessions and signs it in no more, and it is in no list', async () => {
    const { client, sam } = await household();
    const open = await signIn(service, sam);
    const { deletedUserId } = await succeed(client, 'deleteSubUser', { userId: sam.userId });
    expect(deletedUserId).toBe(sam.userId);
    expect(await stageOf(open)).toBeNull();
    expect(await signingIn(sam)).toBe('SIGN_IN_FAILED');
    const { users } = await ask(client, '{ users(orderBy: { by: CREATED_AT }) { nodes { kind } } }');
    expect(users.nodes).toStrictEqual([{ kind: 'PRIMARY' }]);
    expect((await mutate(client, 'requireSubUserMfa', { userId: sam.userId })).refusal).toBe('NOT_FOUND');
  });

  it('makes its name free for another, who is somebody else', async () => {
    const { account, client, sam } = await household();
    await succeed(client, 'deleteSubUser', { userId: sam.userId });
    const password = fresh('somebody new');
    const { user } = await succeed(client, 'createSubUser', { username: sam.username, password });
    expect(user.id).not.toBe(sam.userId);
    expect(await signingIn({ account: account.alias, username: sam.username, password })).toBe('SignedIn');
    expect(await signingIn(sam)).toBe('SIGN_IN_FAILED');
  });

  it('destroys its secrets', async () => {
    const { client, sam } = await household();
    await enable(service, await signIn(service, sam));
    await succeed(client, 'deleteSubUser', { userId: sam.userId });
    await eventually(async () => {
      expect(await storedTypes(service, `mfa-${sam.userId}`)).toContain('MfaSecretDestroyed');
      return Promise.resolve();
    });
  });

  it('once more is answered as the first time, and does not touch whoever has the name now', async () => {
    const { client, sam } = await household();
    await succeed(client, 'deleteSubUser', { userId: sam.userId });
    const password = fresh('somebody new');
    await succeed(client, 'createSubUser', { username: sam.username, password });
    const { deletedUserId } = await succeed(client, 'deleteSubUser', { userId: sam.userId });
    expect(deletedUserId).toBe(sam.userId);
    expect(await signingIn({ ...sam, password })).toBe('SignedIn');
  });
});

describe('assigning a role', () => {
  it('counts from the next request on, up and down', async () => {
    const { client, sam } = await household();
    const open = await signIn(service, sam);
    const query = '{ auditEvents(first: 1) { nodes { id } } }';
    const isRefused = async () => (await open.send(query)).body.errors?.[0].extensions.code ?? null;
    expect(await isRefused()).toBe('FORBIDDEN');
    await succeed(client, 'assignRole', { userId: sam.userId, role: 'AUDITOR' });
    expect(await isRefused()).toBeNull();
    await succeed(client, 'assignRole', { userId: sam.userId, role: 'MEMBER' });
    expect(await isRefused()).toBe('FORBIDDEN');
  });

  it('only the primary makes administrators, or touches one; nobody re-roles oneself', async () => {
    const { account, client, sam } = await household();
    const admin = await createSubUser(client, account, 'ADMIN');
    const other = await createSubUser(client, account, 'ADMIN');
    const asAdmin = await signIn(service, admin);
    await succeed(asAdmin, 'assignRole', { userId: sam.userId, role: 'AUDITOR' });
    for (const [userId, role] of [
      [sam.userId, 'ADMIN'],
      [other.userId, 'MEMBER'],
      [admin.userId, 'MEMBER'],
      [(await viewer(client)).user.id, 'MEMBER'],
    ]) {
      expect((await mutate(asAdmin, 'assignRole', { userId, role })).refusal).toBe('FORBIDDEN');
    }
    await succeed(client, 'assignRole', { userId: sam.userId, role: 'ADMIN' });
    const own = (await viewer(client)).user.id;
    expect((await mutate(client, 'assignRole', { userId: own, role: 'MEMBER' })).refusal).toBe('FORBIDDEN');
  });
});
