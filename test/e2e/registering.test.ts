import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, mutate, succeed, USER, viewer } from '../support/operations.js';
import { createSubUser, fresh, primary, register, signIn, trySignIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { headOf } from '../support/stored.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

const password = 'correct horse battery';

function names(): { alias: string; email: string; password: string } {
  return { alias: fresh('acme'), email: `${fresh('ada')}@example.com`, password };
}

describe('registering a primary account', () => {
  it('makes an account with its primary, and signs nobody in', async () => {
    const client = service.client();
    const input = names();
    const { account } = await succeed(client, 'registerAccount', input);
    expect(account).toStrictEqual({ id: expect.any(String), alias: input.alias });
    expect(client.cookies.size).toBe(0);
    expect(await viewer(client)).toBeNull();
    await succeed(client, 'signIn', { username: input.email, password });
    expect((await viewer(client)).user).toMatchObject({
      kind: 'PRIMARY',
      role: null,
      username: input.email,
      email: input.email,
      account,
      mfa: { enabled: false, locked: false },
    });
  });

  it.each([
    ['INVALID_ALIAS', 'alias', { alias: 'No Alias' }],
    ['INVALID_ALIAS', 'alias', { alias: 'a--b' }],
    ['INVALID_EMAIL', 'email', { email: 'nowhere' }],
    ['PASSWORD_TOO_SHORT', 'password', { password: 'seven77' }],
    ['PASSWORD_TOO_LONG', 'password', { password: 'x'.repeat(129) }],
    ['PASSWORD_TOO_COMMON', 'password', { password: 'Password1' }],
    ['PASSWORD_TOO_COMMON', 'password', { password: 'ｑｗｅｒｔｙｕｉｏｐ' }],
  ])('is refused with %s at %s, and leaves nothing behind', async (code, field, wrong) => {
    const head = await headOf(service);
    const { userError, payload } = await mutate(service.client(), 'registerAccount', { ...names(), ...wrong });
    expect(userError).toStrictEqual({
      __typename: 'InputError',
      code,
      field: ['input', field],
      message: expect.stringMatching(/\.$|_ -$/),
    });
    expect(payload.account).toBeNull();
    expect(await headOf(service)).toBe(head);
  });

  it('says all that is wrong at once', async () => {
    const { payload } = await mutate(service.client(), 'registerAccount', { alias: '', email: '', password: '' });
    expect(payload.userErrors.map(({ code }: { code: string }) => code)).toStrictEqual([
      'INVALID_ALIAS',
      'INVALID_EMAIL',
      'PASSWORD_TOO_SHORT',
    ]);
  });

  it('takes passwords of 8 and of 128 characters, whatever they are', async () => {
    for (const extreme of ['日本語のぱすわ🔑', 'x'.repeat(127) + '🔑']) {
      const input = { ...names(), password: extreme };
      await succeed(service.client(), 'registerAccount', input);
      const credentials = { account: null, username: input.email, password: extreme };
      expect(await trySignIn(service.client(), credentials)).toMatchObject({ refusal: null });
    }
  });

  it('is refused where alias or address are taken, however they are written', async () => {
    const taken = names();
    await succeed(service.client(), 'registerAccount', taken);
    const other = names();
    expect(await mutate(service.client(), 'registerAccount', { ...other, alias: taken.alias })).toMatchObject({
      refusal: 'ALIAS_TAKEN',
    });
    const shouted = { ...other, email: taken.email.toUpperCase().replace('ADA', 'ＡＤＡ') };
    expect(await mutate(service.client(), 'registerAccount', shouted)).toMatchObject({ refusal: 'EMAIL_TAKEN' });
    expect(await mutate(service.client(), 'registerAccount', other)).toMatchObject({ refusal: null });
  });
});

describe('creating a sub-user', () => {
  it.each(['MEMBER', 'ADMIN', 'AUDITOR'] as const)('gives it the role %s, and it signs in by alias', async (role) => {
    const { account, client } = await primary(service);
    const input = { username: fresh('sam'), password, role, displayName: 'Sam Sample', email: 'sam@example.com' };
    const { user } = await succeed(client, 'createSubUser', input);
    expect(user).toMatchObject({ kind: 'SUB_USER', role, displayName: 'Sam Sample', email: 'sam@example.com' });
    expect(user).toMatchObject({ username: input.username, account: { id: account.accountId, alias: account.alias } });
    const sam = await signIn(service, { account: account.alias, username: input.username, password });
    expect((await viewer(sam)).user).toStrictEqual(user);
  });

  it('calls it by its user name and makes it a member where nothing else is said', async () => {
    const { client } = await primary(service);
    const input = { username: fresh('sam'), password };
    const { user } = await succeed(client, 'createSubUser', input);
    expect(user).toMatchObject({ role: 'MEMBER', displayName: input.username, email: null });
  });

  it.each([
    ['INVALID_USERNAME', 'username', { username: 'with space' }],
    ['INVALID_USERNAME', 'username', { username: 'x'.repeat(65) }],
    ['INVALID_DISPLAY_NAME', 'displayName', { displayName: '\u202egnp.exe' }],
    ['INVALID_DISPLAY_NAME', 'displayName', { displayName: '   ' }],
    ['INVALID_EMAIL', 'email', { email: 'sam@' }],
    ['PASSWORD_TOO_SHORT', 'password', { password: '1234567' }],
    ['PASSWORD_TOO_COMMON', 'password', { password: 'iloveyou' }],
  ])('is refused with %s at %s, and leaves nothing behind', async (code, field, wrong) => {
    const { client } = await primary(service);
    const head = await headOf(service);
    const { userError, payload } = await mutate(client, 'createSubUser', {
      ...{ username: fresh('sam'), password },
      ...wrong,
    });
    expect(userError).toMatchObject({ code, field: ['input', field] });
    expect(payload.user).toBeNull();
    expect(await headOf(service)).toBe(head);
  });

  it('is refused where the account has that name already; another account may have it', async () => {
    const { client } = await primary(service);
    const input = { username: fresh('Sam'), password };
    await succeed(client, 'createSubUser', input);
    expect(await mutate(client, 'createSubUser', { ...input, username: input.username.toLowerCase() })).toMatchObject({
      refusal: 'USERNAME_TAKEN',
      userError: { field: ['input', 'username'] },
    });
    const other = await primary(service);
    await succeed(other.client, 'createSubUser', input);
  });

  it('lets an administrator make members and auditors, and no administrators', async () => {
    const { account, client } = await primary(service);
    const admin = await signIn(service, await createSubUser(client, account, 'ADMIN'));
    for (const role of ['MEMBER', 'AUDITOR']) {
      await succeed(admin, 'createSubUser', { username: fresh('sam'), password, role });
    }
    expect(await mutate(admin, 'createSubUser', { username: fresh('sam'), password, role: 'ADMIN' })).toMatchObject({
      refusal: 'FORBIDDEN',
      payload: null,
    });
  });

  it('shows in the list of users at once', async () => {
    const account = await register(service);
    const client = await signIn(service, account);
    const { userId } = await createSubUser(client, account);
    const { users } = await ask(client, `{ users { nodes { ${USER} } } }`);
    expect(users.nodes.map(({ id }: { id: string }) => id)).toContain(userId);
  });
});
