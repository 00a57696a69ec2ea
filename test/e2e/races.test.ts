import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { mutate, viewer, type Outcome } from '../support/operations.js';
import {
  fresh,
  primary,
  protectedPrimary,
  register,
  signIn,
  startEnrollment,
  trySignIn,
  type Credentials,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents, storedTypes } from '../support/stored.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

async function userIdOf(client: Client): Promise<string> {
  return (await viewer(client)).user.id;
}

function sessionsOf(credentials: Credentials, count: number): Promise<Client[]> {
  return Promise.all(Array.from({ length: count }, () => signIn(service, credentials, 'BEARER')));
}

function refusalsOf(outcomes: readonly Outcome[]): (string | null)[] {
  return outcomes.map(({ refusal }) => refusal);
}

function done(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.filter(({ refusal }) => refusal === null);
}

/** Wrong codes, each a little different. */
function wrongCodes(right: ReadonlySet<string>, count: number): string[] {
  const codes = Array.from({ length: count + 50 }, (_, index) => String(200_000 + index * 1_777));
  return codes.filter((code) => !right.has(code)).slice(0, count);
}

function countOf(types: readonly string[], type: string): number {
  return types.filter((one) => one === type).length;
}

describe('50 equal right codes at once', () => {
  it('let exactly one of 50 sessions in', async () => {
    const { account, client, authenticator } = await protectedPrimary(service);
    const userId = await userIdOf(client);
    const sessions = await sessionsOf(account, 50);
    const code = authenticator.nextCode();
    const outcomes = await Promise.all(sessions.map((session) => mutate(session, 'answerMfaChallenge', { code })));
    expect(done(outcomes)).toHaveLength(1);
    expect(new Set(refusalsOf(outcomes))).toStrictEqual(new Set([null, 'WRONG_CODE']));
    const types = await storedTypes(service, `mfa-${userId}`);
    expect(countOf(types, 'MfaCodeAccepted')).toBe(1);
    expect(countOf(types, 'MfaCodeReplayed')).toBe(49);
    expect(countOf(types, 'MfaCodeRejected')).toBe(0);
  });

  it('let one session in once, and it stands', async () => {
    const { account, client, authenticator } = await protectedPrimary(service);
    const userId = await userIdOf(client);
    const session = await signIn(service, account, 'BEARER');
    const code = authenticator.nextCode();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => mutate(session.copy(), 'answerMfaChallenge', { code })),
    );
    const [accepted, ...others] = done(outcomes);
    expect(others).toStrictEqual([]);
    expect(countOf(await storedTypes(service, `mfa-${userId}`), 'MfaCodeAccepted')).toBe(1);
    session.token = accepted?.payload.outcome.token;
    expect(await viewer(session)).toMatchObject({ stage: 'FULL', acr: 'aal2', user: { id: userId } });
    expect(await storedTypes(service, `session-${(await viewer(session)).session.id}`)).toStrictEqual([
      'SessionStarted',
      'SessionRaised',
      'SessionRotated',
    ]);
  });
});

describe('200 wrong codes at once', () => {
  it('use up exactly the budget of ten, then lock, and nothing more is recorded', async () => {
    const { account, client, authenticator } = await protectedPrimary(service);
    const userId = await userIdOf(client);
    const sessions = await sessionsOf(account, 45);
    const right = new Set([-1, 0, 1].map((steps) => authenticator.code(steps)));
    const before = (await storedEvents(service, `mfa-${userId}`)).length;
    const outcomes = await Promise.all(
      wrongCodes(right, 200).map((code, index) => {
        const session = sessions[index % sessions.length];
        return mutate(session?.copy() ?? client, 'answerMfaChallenge', { code });
      }),
    );
    const events = (await storedEvents(service, `mfa-${userId}`)).slice(before);
    expect(events.map(({ type }) => type)).toStrictEqual([...Array<string>(10).fill('MfaCodeRejected'), 'MfaLocked']);
    expect(events.slice(0, 10).map(({ data }) => data.consecutiveFailures)).toStrictEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
    expect(done(outcomes)).toStrictEqual([]);
    const wrong = outcomes.filter(({ refusal }) => refusal === 'WRONG_CODE');
    expect(wrong).toHaveLength(9);
    const code = authenticator.nextCode();
    const [late] = await sessionsOf(account, 1);
    expect(await mutate(late ?? client, 'answerMfaChallenge', { code })).toMatchObject({ refusal: 'MFA_LOCKED' });
    expect(await storedEvents(service, `mfa-${userId}`)).toHaveLength(before + 11);
  });
});

describe('200 wrong passwords at once', () => {
  it('use up exactly the budget of five, then back off, and nothing more is recorded', async () => {
    const account = await register(service);
    const client = await signIn(service, account);
    const userId = await userIdOf(client);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        trySignIn(service.client(), { ...account, password: `wrong password ${index}` }),
      ),
    );
    expect(new Set(refusalsOf(outcomes))).toStrictEqual(new Set(['SIGN_IN_FAILED']));
    expect(await storedTypes(service, `password-${userId}`)).toStrictEqual([
      ...Array<string>(5).fill('PasswordRejected'),
      'PasswordBackOffStarted',
    ]);
    expect(await trySignIn(service.client(), account)).toMatchObject({ refusal: 'SIGN_IN_FAILED' });
    service.clock.advance(30_000);
    expect(await trySignIn(service.client(), account)).toMatchObject({ refusal: null });
  });
});

describe('enabling twice at once', () => {
  it('makes one device, and one proof of it', async () => {
    const { account, client } = await primary(service);
    const userId = await userIdOf(client);
    const { authenticator, enrollment } = await startEnrollment(service, client);
    const input = { enrollmentId: enrollment.id, code: authenticator.code() };
    const other = await signIn(service, account);
    const racers = [client, client.copy(), other, other.copy()];
    const outcomes = await Promise.all(racers.map((racer) => mutate(racer, 'enableMfa', input)));
    expect(done(outcomes)).toHaveLength(1);
    expect(await storedTypes(service, `mfa-${userId}`)).toStrictEqual(['MfaEnrollmentStarted', 'MfaEnabled']);
    const winner = racers[outcomes.findIndex(({ refusal }) => refusal === null)];
    expect(await viewer(winner ?? client)).toMatchObject({
      acr: 'aal2',
      user: { mfa: { enabled: true, deviceId: enrollment.id } },
    });
  });

  it('leaves one pending set-up of two that were started at once', async () => {
    const { client } = await primary(service);
    const userId = await userIdOf(client);
    const started = await Promise.all(
      ['Phone', 'Tablet'].map((deviceName) => mutate(client.copy(), 'startMfaEnrollment', { deviceName })),
    );
    expect(refusalsOf(started)).toStrictEqual([null, null]);
    const pending = (await viewer(client)).user.mfa.pendingEnrollment;
    expect(started.map(({ payload }) => payload.enrollment.id)).toContain(pending.id);
    expect(await storedTypes(service, `mfa-${userId}`)).toStrictEqual(['MfaEnrollmentStarted', 'MfaEnrollmentStarted']);
  });
});

describe('registrations at once', () => {
  const password = 'correct horse battery';

  function registerAll(names: readonly { readonly alias: string; readonly email: string }[]): Promise<Outcome[]> {
    return Promise.all(names.map((input) => mutate(service.client(), 'registerAccount', { ...input, password })));
  }

  async function canSignIn(email: string): Promise<boolean> {
    return (await trySignIn(service.client(), { account: null, username: email, password })).refusal === null;
  }

  it.each([2, 8])('of one name, %i of them, make exactly one account', async (count) => {
    const names = { alias: fresh('acme'), email: `${fresh('ada')}@example.com` };
    const outcomes = await registerAll(Array.from({ length: count }, () => names));
    expect(done(outcomes)).toHaveLength(1);
    expect(await canSignIn(names.email)).toBe(true);
    expect(await mutate(service.client(), 'registerAccount', { ...names, password })).toMatchObject({
      refusal: 'ALIAS_TAKEN',
    });
  });

  it.each(Array.from({ length: 6 }, (_, round) => round))(
    'with crossing aliases and addresses never end with no account (round %#)',
    async () => {
      const aliases = [fresh('acme'), fresh('acme')];
      const emails = [`${fresh('ada')}@example.com`, `${fresh('ada')}@example.com`];
      const pairs = aliases.flatMap((alias) => emails.map((email) => ({ alias, email })));
      const outcomes = await registerAll([...pairs, ...pairs]);
      const winners = done(outcomes);
      expect(winners.length).toBeGreaterThanOrEqual(1);
      expect(winners.length).toBeLessThanOrEqual(2);
      const ids = winners.map(({ payload }) => payload.account.id);
      expect(await storedTypes(service, 'account-*')).toContain('PrimaryAccountRegistered');
      const registered = (await storedEvents(service, 'account-*')).filter(
        ({ type }) => type === 'PrimaryAccountRegistered',
      );
      expect(registered.map(({ data }) => data.accountId)).toEqual(expect.arrayContaining(ids));
      const signIns = await Promise.all(emails.map(canSignIn));
      expect(signIns.filter(Boolean)).toHaveLength(winners.length);
    },
  );

  it('of one sub-user name in an account make exactly one sub-user', async () => {
    const { account, client } = await primary(service);
    const input = { username: fresh('sam'), password, role: 'MEMBER' };
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => mutate(client.copy(), 'createSubUser', input)));
    expect(done(outcomes)).toHaveLength(1);
    const credentials = { account: account.alias, username: input.username, password };
    expect(await trySignIn(service.client(), credentials)).toMatchObject({ refusal: null });
    expect(await mutate(client, 'createSubUser', input)).toMatchObject({ refusal: 'USERNAME_TAKEN' });
  });
});
