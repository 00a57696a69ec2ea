import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after } from '../../src/domain/instant.js';
import type { Client, Loose } from '../support/client.js';
import type { Authenticator } from '../support/authenticator.js';
import { ask, mutate, succeed, USER, viewer, type Outcome } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  primary,
  protectedPrimary,
  register,
  signIn,
  trySignIn,
  type Credentials,
  type SubUser,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents, storedTypes } from '../support/stored.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

async function failToSignIn(credentials: Credentials, times: number, client = service.client()): Promise<void> {
  for (let attempt = 0; attempt < times; attempt += 1) {
    const wrong = await trySignIn(client, { ...credentials, password: `wrong password ${attempt}` });
    expect(wrong.refusal).toBe('SIGN_IN_FAILED');
  }
}

async function letsIn(credentials: Credentials, client = service.client()): Promise<boolean> {
  return (await trySignIn(client, credentials)).refusal === null;
}

/** Gives wrong codes, in as many sessions as that takes; the last outcome. */
async function giveWrongCodes(credentials: Credentials, authenticator: Authenticator, times: number): Promise<Outcome> {
  let client: Client | undefined;
  let last: Outcome | undefined;
  for (let given = 0; given < times; given += 1) {
    if (given % 5 === 0) client = await signIn(service, credentials);
    if (client !== undefined) {
      last = await mutate(client, 'answerMfaChallenge', { code: authenticator.wrongCode() });
    }
  }
  if (last === undefined) throw new Error('no code was given');
  return last;
}

/** A sub-user's MFA as its primary sees it. */
async function mfaOf(account: Credentials, { userId: id }: SubUser): Promise<Loose> {
  const client = await signIn(service, account);
  return (await ask(client, `query ($id: ID!) { user(id: $id) { ${USER} } }`, { id })).user.mfa;
}

describe('wrong passwords', () => {
  it('back off after five, for 30 seconds, then twice as long, to the millisecond', async () => {
    const account = await register(service);
    await failToSignIn(account, 4);
    expect(await letsIn(account)).toBe(true);
    await failToSignIn(account, 5);
    for (const wait of [30 * SECOND, 60 * SECOND, 120 * SECOND]) {
      expect(await letsIn(account)).toBe(false);
      service.clock.advance(wait - 1);
      expect(await letsIn(account)).toBe(false);
      service.clock.advance(1);
      await failToSignIn(account, 1);
    }
    service.clock.advance(240 * SECOND);
    expect(await letsIn(account)).toBe(true);
  });

  it('never back off for more than 15 minutes', async () => {
    const account = await register(service);
    await failToSignIn(account, 5);
    for (let failure = 0; failure < 8; failure += 1) {
      service.clock.advance(15 * MINUTE);
      await failToSignIn(account, 1);
    }
    service.clock.advance(15 * MINUTE);
    expect(await letsIn(account)).toBe(true);
  });

  it('are forgotten after a right one', async () => {
    const { account, client } = await primary(service);
    await failToSignIn(account, 4);
    expect(await letsIn(account)).toBe(true);
    await failToSignIn(account, 4);
    expect(await letsIn(account)).toBe(true);
    const { id } = (await viewer(client)).user;
    expect(await storedTypes(service, `password-${id}`)).not.toContain('PasswordBackOffStarted');
  });

  it('of strangers do not keep the owner out of a browser that has signed in before', async () => {
    const { account, client: browser } = await primary(service);
    await succeed(browser, 'signOut');
    await failToSignIn(account, 5);
    expect(await letsIn(account)).toBe(false);
    expect(await letsIn(account, browser)).toBe(true);
  });

  it('in a known browser have a budget of their own', async () => {
    const { account, client: browser } = await primary(service);
    await succeed(browser, 'signOut');
    await failToSignIn(account, 5, browser);
    expect(await letsIn(account, browser)).toBe(false);
    expect(await letsIn(account)).toBe(true);
  });

  it('are not spared by a mark that was made up, or made for somebody else', async () => {
    const { account } = await primary(service);
    const { client: other } = await primary(service);
    await succeed(other, 'signOut');
    await failToSignIn(account, 5);
    expect(await letsIn(account, other)).toBe(false);
    const forger = service.client();
    forger.cookies.set('known-browser', `browser~${'A'.repeat(43)}`);
    expect(await letsIn(account, forger)).toBe(false);
  });
});

describe('wrong codes', () => {
  it('lock after ten in a row, over all challenges, for 15 minutes; the next ten for 30', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const authenticator = await enable(service, await signIn(service, sam));
    for (const minutes of [15, 30, 60]) {
      const { userError } = await giveWrongCodes(sam, authenticator, 10);
      const retryAt = after(service.clock.now(), minutes * MINUTE);
      expect(userError).toMatchObject({ __typename: 'ThrottledError', code: 'MFA_LOCKED', retryAt });
      expect(await mfaOf(account, sam)).toMatchObject({ locked: true, lockedUntil: retryAt });
      const stored = (await storedEvents(service, `mfa-${sam.userId}`)).length;
      service.clock.advance(minutes * MINUTE - 1);
      const early = await mutate(await signIn(service, sam), 'answerMfaChallenge', { code: authenticator.code() });
      expect(early.userError).toMatchObject({ code: 'MFA_LOCKED', retryAt });
      expect(await storedEvents(service, `mfa-${sam.userId}`)).toHaveLength(stored);
      service.clock.advance(1);
      expect(await mfaOf(account, sam)).toMatchObject({ locked: false, lockedUntil: null });
    }
    await answerChallenge(await signIn(service, sam), authenticator);
  });

  it('are forgotten after a right one', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    for (let round = 0; round < 2; round += 1) {
      await giveWrongCodes(account, authenticator, 9);
      await answerChallenge(await signIn(service, account), authenticator);
    }
  });

  it('do not end another challenge of the same user', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    const other = await signIn(service, account);
    await giveWrongCodes(account, authenticator, 5);
    await answerChallenge(other, authenticator);
  });
});

describe('unlocking', () => {
  async function lockedSam(role: 'MEMBER' | 'ADMIN' = 'MEMBER') {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account, role);
    const authenticator = await enable(service, await signIn(service, sam));
    await giveWrongCodes(sam, authenticator, 10);
    return { account, client, sam, authenticator };
  }

  it.each(['the primary', 'an administrator'])('by %s has codes checked again at once', async (who) => {
    const { account, client, sam, authenticator } = await lockedSam();
    const admin = who === 'the primary' ? client : await signIn(service, await createSubUser(client, account, 'ADMIN'));
    expect(await mfaOf(account, sam)).toMatchObject({ locked: true });
    const { user } = await succeed(admin, 'unlockUser', { userId: sam.userId });
    expect(user).toMatchObject({ id: sam.userId, mfa: { locked: false, lockedUntil: null } });
    await answerChallenge(await signIn(service, sam), authenticator);
  });

  it('sets the doubling back', async () => {
    const { client, sam, authenticator } = await lockedSam();
    await succeed(client, 'unlockUser', { userId: sam.userId });
    const { userError } = await giveWrongCodes(sam, authenticator, 10);
    expect(userError.retryAt).toBe(after(service.clock.now(), 15 * MINUTE));
  });

  it('ends the back-off of passwords too', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    await failToSignIn(sam, 5);
    expect(await letsIn(sam)).toBe(false);
    await succeed(client, 'unlockUser', { userId: sam.userId });
    expect(await letsIn(sam)).toBe(true);
    expect(await storedTypes(service, `password-${sam.userId}`)).toContain('PasswordBackOffCleared');
  });

  it('changes nothing where nothing is locked', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    await succeed(client, 'unlockUser', { userId: sam.userId });
    expect(await storedTypes(service, `*-${sam.userId}`)).toStrictEqual(['UserCreated']);
  });

  it('is not for oneself, not for an administrator on another, and not for members and auditors', async () => {
    const { account, client, sam } = await lockedSam('ADMIN');
    const admin = await createSubUser(client, account, 'ADMIN');
    const asAdmin = await signIn(service, admin);
    const primaryId = (await viewer(client)).user.id;
    const attempts: [Client, string][] = [
      [client, primaryId],
      [asAdmin, admin.userId],
      [asAdmin, sam.userId],
      [asAdmin, primaryId],
      [await signIn(service, await createSubUser(client, account, 'MEMBER')), sam.userId],
      [await signIn(service, await createSubUser(client, account, 'AUDITOR')), sam.userId],
    ];
    for (const [who, userId] of attempts) {
      expect(await mutate(who, 'unlockUser', { userId })).toMatchObject({ refusal: 'FORBIDDEN', payload: null });
    }
    expect(await storedTypes(service, `mfa-${sam.userId}`)).not.toContain('MfaUnlocked');
  });
});
