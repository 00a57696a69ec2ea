import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, MINUTE } from '../../src/domain/instant.js';
import type { Authenticator } from '../support/authenticator.js';
import type { Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, mutate, RECOVERY, succeed, viewer } from '../support/operations.js';
import {
  createSubUser,
  enable,
  protectedPrimary,
  signIn,
  trySignIn,
  verified,
  type Account,
  type Credentials,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';
import { layDownIn } from '../support/trusting.js';

const COOKIE = 'trusted-browser';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** A protected primary of an account that allows browsers to be trusted. */
async function trusting(trustedDeviceDays = 7) {
  const owner = await protectedPrimary(service);
  await layDownIn(service, owner.account.accountId, { trustedDeviceDays });
  return owner;
}

/** Signs in by a code in a new browser, and trusts it. */
async function trust(credentials: Credentials, authenticator: Authenticator): Promise<Client> {
  const browser = await signIn(service, credentials);
  await succeed(browser, 'answerMfaChallenge', { code: authenticator.nextCode(), trustDevice: true });
  return browser;
}

/** Signs in by the password in a browser that was signed in with before; what comes of it. */
async function comeAgain(browser: Client, credentials: Credentials): Promise<Loose> {
  browser.cookies.delete('session');
  return (await trySignIn(browser, credentials)).payload.outcome;
}

async function outcomeIn(browser: Client, credentials: Credentials): Promise<string> {
  return (await comeAgain(browser, credentials)).__typename;
}

async function trustedBy(client: Client): Promise<Loose[]> {
  return (await ask(client, `{ viewer { user { mfa { ${RECOVERY} } } } }`)).viewer.user.mfa.trustedDevices;
}

describe('Where the account allows browsers to be trusted', () => {
  it('a code given once is enough for days, and the session says what it is worth', async () => {
    const { account, authenticator } = await trusting();
    const browser = await trust(account, authenticator);
    expect(await viewer(browser)).toMatchObject({ stage: 'FULL', acr: 'aal2' });
    service.clock.advance(6 * DAY);
    expect(await comeAgain(browser, account)).toMatchObject({
      __typename: 'SignedIn',
      viewer: { stage: 'FULL', acr: 'aal1', amr: ['pwd'] },
    });
    const { viewer: seen } = await ask(browser, '{ viewer { session { trustedDevice } } }');
    expect(seen.session.trustedDevice).toBe(true);
    service.clock.advance(DAY);
    expect(await outcomeIn(browser, account)).toBe('MfaChallengeRequired');
  });

  it('a recovery code is as good for it', async () => {
    const { account, client } = await trusting();
    const { recoveryCodes } = await succeed(client, 'generateRecoveryCodes', {});
    const browser = await signIn(service, account);
    await succeed(browser, 'answerMfaChallenge', { recoveryCode: recoveryCodes[0], trustDevice: true });
    expect(await outcomeIn(browser, account)).toBe('SignedIn');
  });

  it('one that was not asked to be trusted is not, nor is any other, nor this one for anybody else', async () => {
    const { account, client, authenticator } = await trusting();
    const unasked = await signIn(service, account);
    await succeed(unasked, 'answerMfaChallenge', { code: authenticator.nextCode() });
    expect(unasked.cookies.has(COOKIE)).toBe(false);
    expect(await outcomeIn(unasked, account)).toBe('MfaChallengeRequired');
    const browser = await trust(account, authenticator);
    expect(await outcomeIn(service.client(), account)).toBe('MfaChallengeRequired');
    const sam = await createSubUser(client, account);
    await enable(service, await signIn(service, sam));
    expect(await outcomeIn(browser, sam)).toBe('MfaChallengeRequired');
    expect(await outcomeIn(browser, account)).toBe('SignedIn');
  });

  it('several people may trust one browser', async () => {
    const { account, client, authenticator } = await trusting();
    const sam = await createSubUser(client, account);
    const sams = await enable(service, await signIn(service, sam));
    const browser = await trust(account, authenticator);
    browser.cookies.delete('session');
    await trySignIn(browser, sam);
    await succeed(browser, 'answerMfaChallenge', { code: sams.nextCode(), trustDevice: true });
    expect(await outcomeIn(browser, account)).toBe('SignedIn');
    expect(await outcomeIn(browser, sam)).toBe('SignedIn');
  });

  it('what the browser keeps cannot be made up, and is nowhere in the log', async () => {
    const { account, authenticator } = await trusting();
    const browser = await trust(account, authenticator);
    const kept = browser.cookies.get(COOKIE) ?? '';
    const [, , secret = ''] = kept.split('.');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const events = await storedEvents(service);
    expect(JSON.stringify(events.map(({ data }) => data))).not.toContain(secret);
    for (const forged of [kept.slice(0, -43) + 'A'.repeat(43), kept.replace(/^[^.]+/, 'nobody'), 'nonsense', '~~']) {
      browser.cookies.set(COOKIE, forged);
      expect(await outcomeIn(browser, account)).toBe('MfaChallengeRequired');
    }
    browser.cookies.set(COOKIE, kept);
    expect(await outcomeIn(browser, account)).toBe('SignedIn');
  });

  it('a program that signs in with a bearer token is asked for a code, and cannot be trusted', async () => {
    const { account, authenticator } = await trusting();
    const browser = await trust(account, authenticator);
    browser.cookies.delete('session');
    expect((await trySignIn(browser, account, 'BEARER')).payload.outcome.__typename).toBe('MfaChallengeRequired');
    const program = await signIn(service, account, 'BEARER');
    const code = authenticator.nextCode();
    const refused = await mutate(program, 'answerMfaChallenge', { code, trustDevice: true });
    expect(refused).toMatchObject({ refusal: 'TRUST_NEEDS_COOKIE', userError: { field: ['input', 'trustDevice'] } });
    await succeed(program, 'answerMfaChallenge', { code });
  });

  it('it verifies nothing: guarded operations ask for a code, recovery codes among them', async () => {
    const { account, authenticator } = await trusting();
    const browser = await trust(account, authenticator);
    await comeAgain(browser, account);
    for (const name of ['disableMfa', 'startMfaEnrollment', 'generateRecoveryCodes']) {
      const { refusal, userError } = await mutate(browser, name, {});
      expect([name, refusal]).toStrictEqual([name, 'VERIFICATION_REQUIRED']);
      expect(userError.challenge.methods).toStrictEqual(['VIRTUAL_MFA']);
    }
    await verified(browser, 'generateRecoveryCodes', {}, authenticator);
  });

  it('a wrong code trusts nothing', async () => {
    const { account, authenticator } = await trusting();
    const browser = await signIn(service, account);
    await mutate(browser, 'answerMfaChallenge', { code: authenticator.wrongCode(), trustDevice: true });
    expect(browser.cookies.has(COOKIE)).toBe(false);
  });

  it('its owner sees which browsers are trusted, since when, until when and where from', async () => {
    const { account, authenticator } = await trusting(2);
    const browser = await trust(account, authenticator);
    const since = service.clock.now();
    const until = new Date(Date.parse(since) + 2 * DAY).toISOString();
    const [device, ...others] = await trustedBy(browser);
    expect(others).toStrictEqual([]);
    expect(device).toMatchObject({ since, until, userAgent: 'jest', ip: expect.stringMatching(/127\.0\.0\.1|::1/) });
    const { viewer: seen } = await ask(browser, '{ viewer { user { id } } }');
    const then = `{ mfaStateAt(userId: "${seen.user.id}", at: "${since}") { trustedDevices { id until } } }`;
    expect((await ask(browser, then)).mfaStateAt.trustedDevices).toStrictEqual([{ id: device.id, until }]);
  });
});

describe('Where the account does not allow it', () => {
  it('asking for it is refused before a code is used', async () => {
    const { account, authenticator } = await protectedPrimary(service);
    const browser = await signIn(service, account);
    const code = authenticator.nextCode();
    const refused = await mutate(browser, 'answerMfaChallenge', { code, trustDevice: true });
    expect(refused).toMatchObject({ refusal: 'TRUSTED_DEVICES_OFF', userError: { field: ['input', 'trustDevice'] } });
    await succeed(browser, 'answerMfaChallenge', { code });
  });

  it('any more, a browser that was trusted is not, and a session that began in it owes a code or is over', async () => {
    const { account, authenticator } = await trusting();
    const browser = await trust(account, authenticator);
    await comeAgain(browser, account);
    const later = browser.copy();
    await layDownIn(service, account.accountId, { trustedDeviceDays: 0 });
    expect((await viewer(later)).stage).toBe('MFA_CHALLENGE');
    await succeed(later, 'answerMfaChallenge', { code: authenticator.nextCode() });
    expect(await viewer(later)).toMatchObject({ stage: 'FULL', acr: 'aal2' });
    expect(await outcomeIn(browser, account)).toBe('MfaChallengeRequired');
  });

  it('for so long any more, it is trusted for as long as it is allowed now', async () => {
    const { account, authenticator } = await trusting();
    const browser = await trust(account, authenticator);
    await layDownIn(service, account.accountId, { trustedDeviceDays: 1 });
    service.clock.advance(DAY - MINUTE);
    expect(await outcomeIn(browser, account)).toBe('SignedIn');
    service.clock.advance(MINUTE);
    expect(await outcomeIn(browser, account)).toBe('MfaChallengeRequired');
  });
});

describe('A trusted browser is trusted no more', () => {
  let account: Account;
  let ada: Client;
  let adas: Authenticator;

  beforeAll(async () => {
    ({ account, client: ada, authenticator: adas } = await trusting());
  });

  /** Sam, who has trusted a browser, and is signed in with it without a code. */
  async function samInBrowser() {
    const sam = await createSubUser(ada, account);
    const own = await signIn(service, sam);
    const authenticator = await enable(service, own);
    const browser = await trust(sam, authenticator);
    expect(await outcomeIn(browser, sam)).toBe('SignedIn');
    return { sam, authenticator, browser, userId: sam.userId };
  }

  /** An administrator with a device. */
  async function adminOf() {
    const client = await signIn(service, await createSubUser(ada, account, 'ADMIN'));
    return { client, authenticator: await enable(service, client) };
  }

  it('once its user revokes that; sessions that began in it owe a code', async () => {
    const { sam, authenticator, browser, userId } = await samInBrowser();
    const other = await signIn(service, sam);
    await succeed(other, 'answerMfaChallenge', { code: authenticator.nextCode() });
    expect(await trustedBy(other)).toHaveLength(1);
    const { user } = await succeed(other, 'revokeTrustedDevices', {});
    expect(user.id).toBe(userId);
    expect(await trustedBy(other)).toStrictEqual([]);
    expect((await viewer(browser)).stage).toBe('MFA_CHALLENGE');
    expect(await viewer(other)).toMatchObject({ stage: 'FULL', acr: 'aal2' });
    expect(await outcomeIn(browser, sam)).toBe('MfaChallengeRequired');
    const [event] = (await storedEvents(service, `mfa-${userId}`)).filter(
      ({ type }) => type === 'TrustedDevicesRevoked',
    );
    expect(event?.data.by).toBe('SELF');
  });

  it('once it is revoked in the very session that began by it, which then owes a code', async () => {
    const { browser } = await samInBrowser();
    await succeed(browser, 'revokeTrustedDevices', {});
    expect((await viewer(browser)).stage).toBe('MFA_CHALLENGE');
  });

  it('once an administrator revokes that; its sessions from minutes ago are over', async () => {
    const { sam, browser, userId } = await samInBrowser();
    service.clock.advance(6 * MINUTE);
    expect((await viewer(browser)).stage).toBe('FULL');
    await succeed(ada, 'revokeTrustedDevices', { userId });
    expect(await viewer(browser)).toBeNull();
    expect(await outcomeIn(browser, sam)).toBe('MfaChallengeRequired');
    const [event] = (await storedEvents(service, `mfa-${userId}`)).filter(
      ({ type }) => type === 'TrustedDevicesRevoked',
    );
    expect(event).toMatchObject({ data: { by: 'ADMINISTRATOR' }, metadata: { actor: { kind: 'USER' } } });
    await succeed(ada, 'revokeTrustedDevices', { userId });
    expect((await storedEvents(service, `mfa-${userId}`)).at(-1)?.type).toBe('TrustedDevicesRevoked');
  });

  it('once an administrator revokes that, by a verification of its own where its operations are protected', async () => {
    const { sam, browser, userId } = await samInBrowser();
    const { client, authenticator } = await adminOf();
    await succeed(client, 'setOperationProtection', { enabled: true });
    await verified(client, 'revokeTrustedDevices', { userId }, authenticator);
    expect(await outcomeIn(browser, sam)).toBe('MfaChallengeRequired');
  });

  it('but not by whoever may not manage its user', async () => {
    const { sam, browser, userId } = await samInBrowser();
    const colleague = await signIn(service, await createSubUser(ada, account));
    expect((await mutate(colleague, 'revokeTrustedDevices', { userId })).refusal).toBe('FORBIDDEN');
    expect(await outcomeIn(browser, sam)).toBe('SignedIn');
  });

  it('once MFA is required of its user', async () => {
    const { sam, browser, userId } = await samInBrowser();
    await succeed(ada, 'requireSubUserMfa', { userId });
    expect((await viewer(browser)).stage).toBe('MFA_CHALLENGE');
    expect(await outcomeIn(browser, sam)).toBe('MfaChallengeRequired');
  });

  it('once its password is reset, also by the new one', async () => {
    const { sam, browser, userId } = await samInBrowser();
    const newPassword = 'another battery staple';
    await succeed(ada, 'resetSubUserPassword', { userId, newPassword });
    expect(await viewer(browser)).toBeNull();
    expect(await outcomeIn(browser, { ...sam, password: newPassword })).toBe('MfaChallengeRequired');
  });

  it('once its device is disabled, also where another is enabled', async () => {
    const { sam, browser, userId } = await samInBrowser();
    await verified(ada, 'disableMfa', { userId }, adas);
    expect(await viewer(browser)).toBeNull();
    expect(await outcomeIn(browser, sam)).toBe('SignedIn');
    expect(await viewer(browser)).toMatchObject({ acr: 'aal1' });
    const enabling = await signIn(service, sam);
    await enable(service, enabling);
    expect(await outcomeIn(browser, sam)).toBe('MfaChallengeRequired');
    expect(await trustedBy(enabling)).toStrictEqual([]);
  });

  it('once its user is deleted, of whom nothing is shown any more', async () => {
    const { browser, userId } = await samInBrowser();
    await succeed(ada, 'deleteSubUser', { userId });
    await eventually(async () => expect(await viewer(browser)).toBeNull());
  });
});
