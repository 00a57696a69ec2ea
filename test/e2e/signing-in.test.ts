import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../support/client.js';
import { ask, documentOf, errorOf, mutate, succeed, viewer } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  fresh,
  primary,
  protectedPrimary,
  register,
  signIn,
  takeToken,
  trySignIn,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { headOf, storedTypes } from '../support/stored.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** An answer without what differs from request to request. */
function comparable({ status, text, headers }: Answer): unknown {
  const cookies = headers.getSetCookie();
  const same = text.replaceAll(headers.get('x-request-id') ?? '-', '(request id)');
  // Sealed anew each time, so that nobody sees in it whether something was written.
  return { status, cookies, text: same.replace(/v1\.[A-Za-z0-9_-]{64}/, '(log position)') };
}

describe('signing in', () => {
  it('by cookie hands no token to scripts', async () => {
    const account = await register(service);
    const client = service.client();
    const { outcome } = await succeed(client, 'signIn', { username: account.username, password: account.password });
    expect(outcome).toMatchObject({ __typename: 'SignedIn', token: null });
    expect(outcome.viewer).toMatchObject({ stage: 'FULL', acr: 'aal1', amr: ['pwd'] });
    expect(await viewer(client)).toMatchObject({ user: { username: account.username } });
  });

  it('by bearer hands a token over and sets no cookie', async () => {
    const account = await register(service);
    const client = await signIn(service, account, 'BEARER');
    expect(client.token).toMatch(/^[0-9a-f-]{36}\.[\w-]{43}$/);
    expect(client.cookies.size).toBe(0);
    expect(await viewer(client)).toMatchObject({ user: { username: account.username } });
    expect(client.token?.split('.')[0]).toBe((await viewer(client)).session.id);
  });

  it('shows the session that it began to the same request', async () => {
    const account = await register(service);
    const { username, password } = account;
    const answer = await service
      .client()
      .send(documentOf('signIn', 'query { viewer { stage user { username } } }'), { input: { username, password } });
    expect(answer.body.data.signIn.query.viewer).toStrictEqual({ stage: 'FULL', user: { username } });
  });

  it('takes names and addresses however they are written', async () => {
    const { account, client } = await primary(service);
    const shouted = { ...account, username: ` ${account.username.toUpperCase()} ` };
    expect(await trySignIn(service.client(), shouted)).toMatchObject({ refusal: null });
    const sam = await createSubUser(client, account);
    expect(await trySignIn(service.client(), { ...sam, username: sam.username.toUpperCase() })).toMatchObject({
      refusal: null,
    });
  });

  it('is for nobody who has signed in already', async () => {
    const { account, client } = await primary(service);
    expect(await trySignIn(client, account)).toMatchObject({ refusal: 'FORBIDDEN' });
  });

  it('fails alike for unknown names, unknown accounts and wrong passwords', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const attempts = [
      { ...account, password: 'not the password' },
      { ...account, username: `${fresh('nobody')}@example.com` },
      { ...account, username: 'no address at all' },
      { ...sam, password: 'not the password' },
      { ...sam, username: fresh('nobody') },
      { ...sam, account: fresh('nowhere') },
      { ...sam, account: null },
      { ...account, account: account.alias },
    ];
    const outcomes = await Promise.all(attempts.map((attempt) => trySignIn(service.client(), attempt)));
    expect(outcomes[0]).toMatchObject({
      refusal: 'SIGN_IN_FAILED',
      userError: { __typename: 'InputError', field: null },
      payload: { outcome: null },
    });
    expect(new Set(outcomes.map(({ answer }) => JSON.stringify(comparable(answer)))).size).toBe(1);
  });

  it('fails alike while passwords back off', async () => {
    const account = await register(service);
    const wrong = { ...account, password: 'not the password' };
    const first = await trySignIn(service.client(), wrong);
    for (let attempt = 0; attempt < 4; attempt += 1) await trySignIn(service.client(), wrong);
    const head = await headOf(service);
    const backingOff = await trySignIn(service.client(), wrong);
    const right = await trySignIn(service.client(), account);
    expect(comparable(backingOff.answer)).toStrictEqual(comparable(first.answer));
    expect(comparable(right.answer)).toStrictEqual(comparable(first.answer));
    expect(await headOf(service)).toBe(head);
  });

  it('stores nothing about names that do not exist', async () => {
    const head = await headOf(service);
    for (let attempt = 0; attempt < 7; attempt += 1) {
      await trySignIn(service.client(), { account: null, username: 'nobody@example.org', password: 'anything' });
    }
    expect(await headOf(service)).toBe(head);
  });
});

describe('signing in with a device', () => {
  it('owes a code, and nothing but the stage is shown until it is given', async () => {
    const { account } = await protectedPrimary(service);
    const client = service.client();
    const { payload } = await trySignIn(client, account);
    expect(payload.outcome).toStrictEqual({
      __typename: 'MfaChallengeRequired',
      methods: ['VIRTUAL_MFA'],
      attemptsLeft: 5,
      expiresAt: expect.any(String),
      token: null,
    });
    expect(await viewer(client)).toMatchObject({ stage: 'MFA_CHALLENGE', acr: 'aal1', user: null });
    expect(errorOf(await client.send('{ users { nodes { id } } }'))).toBe('MFA_CHALLENGE_REQUIRED');
  });

  it.each(['COOKIE', 'BEARER'] as const)('rises by a code, with a new token by %s; the old is void', async (by) => {
    const { account, authenticator } = await protectedPrimary(service);
    const client = await signIn(service, account, by);
    const before = client.copy();
    const id = (await viewer(client)).session.id;
    const { outcome } = await answerChallenge(client, authenticator);
    expect(outcome.viewer).toMatchObject({ stage: 'FULL', acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
    expect(await viewer(client)).toMatchObject({ stage: 'FULL', session: { id } });
    expect(client.token === null).toBe(by === 'COOKIE');
    expect(await viewer(before)).toBeNull();
    expect(errorOf(await before.send('{ users { nodes { id } } }'))).toBe('UNAUTHENTICATED');
  });

  it('takes a code as people write it', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    for (const write of [
      (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)} `,
      (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`,
      (code: string) => code.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
      (code: string) => `\u200e${code}\u200b`,
    ]) {
      const client = await signIn(service, account);
      await succeed(client, 'answerMfaChallenge', { code: write(authenticator.nextCode()) });
    }
  });

  it.each(['', '12345', '1234567', '12345a', '١٢٣٤٥٦', 'null'])(
    'refuses %j as no code, without counting it',
    async (code) => {
      const { account } = await protectedPrimary(service);
      const client = await signIn(service, account);
      const head = await headOf(service);
      const { userError } = await mutate(client, 'answerMfaChallenge', { code });
      expect(userError).toMatchObject({ code: 'INVALID_CODE', field: ['input', 'code'] });
      expect(await headOf(service)).toBe(head);
    },
  );

  it('takes the code of one step before and of one step after', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    service.clock.advance(60_000);
    for (const steps of [-1, 1]) {
      const client = await signIn(service, account);
      await succeed(client, 'answerMfaChallenge', { code: authenticator.code(steps) });
    }
    const client = await signIn(service, account);
    expect(await mutate(client, 'answerMfaChallenge', { code: authenticator.code(2) })).toMatchObject({
      refusal: 'WRONG_CODE',
    });
  });

  it('takes no code twice, and none that was passed over', async () => {
    const { account, authenticator, client } = await protectedPrimary(service);
    const userId = (await viewer(client)).user.id;
    service.clock.advance(60_000);
    await answerChallenge(await signIn(service, account), authenticator);
    const session = await signIn(service, account);
    const replayed = await mutate(session, 'answerMfaChallenge', { code: authenticator.code() });
    const stale = await mutate(session, 'answerMfaChallenge', { code: authenticator.code(-1) });
    expect(replayed.userError).toMatchObject({ __typename: 'MfaError', code: 'WRONG_CODE', attemptsLeft: 4 });
    expect(stale.userError).toStrictEqual({ ...replayed.userError, attemptsLeft: 3 });
    const types = await storedTypes(service, `mfa-${userId}`);
    expect(types.slice(-2)).toStrictEqual(['MfaCodeReplayed', 'MfaCodeRejected']);
    await answerChallenge(session, authenticator);
  });

  it('burns the code that enabled the device', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    const session = await signIn(service, account);
    expect(await mutate(session, 'answerMfaChallenge', { code: authenticator.code() })).toMatchObject({
      refusal: 'WRONG_CODE',
    });
  });

  it('is over after five wrong codes, and so is its session', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    const session = await signIn(service, account, 'BEARER');
    const { id } = (await viewer(session)).session;
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      const { userError } = await mutate(session, 'answerMfaChallenge', { code: authenticator.wrongCode() });
      expect(userError).toMatchObject({ code: 'WRONG_CODE', attemptsLeft });
    }
    expect(await viewer(session)).toBeNull();
    expect(await mutate(session, 'answerMfaChallenge', { code: authenticator.nextCode() })).toMatchObject({
      refusal: 'UNAUTHENTICATED',
    });
    expect(await storedTypes(service, `session-${id}`)).toStrictEqual(['SessionStarted', 'SessionEnded']);
    await answerChallenge(await signIn(service, account), authenticator);
  });

  it('is over after five minutes', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    const late = await signIn(service, account);
    const inTime = await signIn(service, account);
    service.clock.advance(5 * 60_000 - 1);
    expect(await viewer(late)).toMatchObject({ stage: 'MFA_CHALLENGE' });
    await succeed(inTime, 'answerMfaChallenge', { code: authenticator.code() });
    service.clock.advance(1);
    expect(await viewer(late)).toBeNull();
    expect(await mutate(late, 'answerMfaChallenge', { code: authenticator.nextCode() })).toMatchObject({
      refusal: 'UNAUTHENTICATED',
    });
    expect(await viewer(inTime)).toMatchObject({ stage: 'FULL' });
  });

  it('asks sub-users as well', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const authenticator = await enable(service, await signIn(service, sam));
    const again = await signIn(service, sam, 'BEARER');
    expect(await viewer(again)).toMatchObject({ stage: 'MFA_CHALLENGE' });
    await answerChallenge(again, authenticator);
    expect(await viewer(again)).toMatchObject({ stage: 'FULL', user: { id: sam.userId } });
  });
});

describe('signing out', () => {
  it.each(['COOKIE', 'BEARER'] as const)('ends the session for every holder of its token (%s)', async (transport) => {
    const { client } = await primary(service, transport);
    const copy = client.copy();
    const answer = await client.send(documentOf('signOut', 'query { viewer { stage } users { nodes { id } } }'));
    expect(answer.body.data.signOut).toMatchObject({ userErrors: [], query: { viewer: null, users: null } });
    expect(errorOf(answer)).toBe('UNAUTHENTICATED');
    expect([...client.cookies.keys()]).not.toContain('session');
    expect(await viewer(copy)).toBeNull();
    expect(await mutate(copy, 'signOut')).toMatchObject({ refusal: 'UNAUTHENTICATED' });
  });

  it('leaves other sessions alone', async () => {
    const { account, client } = await primary(service);
    const other = await signIn(service, account);
    await succeed(client, 'signOut');
    expect(await viewer(other)).toMatchObject({ stage: 'FULL' });
  });

  it('works before the code was given', async () => {
    const { account } = await protectedPrimary(service);
    const client = await signIn(service, account, 'BEARER');
    await succeed(client, 'signOut');
    expect(await viewer(client)).toBeNull();
  });

  it('is followed by signing in anew in the same browser', async () => {
    const { account, client } = await primary(service);
    await succeed(client, 'signOut');
    takeToken(client, (await trySignIn(client, account)).payload);
    expect((await ask(client, '{ viewer { stage } }')).viewer.stage).toBe('FULL');
  });
});
