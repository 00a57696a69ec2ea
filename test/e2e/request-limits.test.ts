import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Client } from '../support/client.js';
import { follow } from '../support/live.js';
import { ask, mutate, succeed, type Outcome } from '../support/operations.js';
import {
  createSubUser,
  fresh,
  primary,
  register,
  signIn,
  trySignIn,
  verified,
  type Credentials,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';

let service: TestService;

afterEach(() => service.dispose());

/** A service behind a proxy on this machine, and clients as that proxy tells of them. */
async function started(environment: Readonly<Record<string, string>>): Promise<void> {
  service = await startService({ TRUSTED_PROXIES: 'loopback', ...environment });
}

const from = (address: string): Client => service.client({ headers: { 'x-forwarded-for': address } });

const wrong = (credentials: Credentials): Credentials => ({ ...credentials, password: 'another password' });

function expectLimited({ refusal, answer }: Outcome): void {
  expect(refusal).toBe('RATE_LIMITED');
  const [error] = answer.body.errors;
  expect(error.extensions.retryAfterSeconds).toBeGreaterThan(0);
  expect(answer.headers.get('retry-after')).toBe(String(error.extensions.retryAfterSeconds));
  expect(error.message).toMatch(/nothing was done\. Try again in (?:a second|\d+ seconds)\.$/);
}

describe('Signing in by one name', () => {
  it('is limited over all addresses before a password is looked at, whether there is such a user or not', async () => {
    await started({ SIGN_INS_PER_MINUTE_PER_ACCOUNT: '3' });
    const account = await register(service);
    const unknown: Credentials = { ...account, username: 'nobody@example.com' };
    for (const who of [account, unknown]) {
      for (let time = 1; time <= 3; time += 1)
        expect((await trySignIn(from(`192.0.2.${time}`), wrong(who))).refusal).toBe('SIGN_IN_FAILED');
    }
    const before = await storedEvents(service);
    // The right password is not looked at either; the name is the same however it is written.
    expectLimited(await trySignIn(from('192.0.2.9'), account));
    expectLimited(await trySignIn(from('192.0.2.9'), { ...account, username: account.username.toUpperCase() }));
    expectLimited(await trySignIn(from('192.0.2.9'), unknown));
    expect(await storedEvents(service)).toHaveLength(before.length);
  });

  it('goes on in a browser that its user has signed in with before, which has a budget of its own', async () => {
    await started({ SIGN_INS_PER_MINUTE_PER_ACCOUNT: '3', SIGN_INS_PER_MINUTE_PER_ADDRESS: '9' });
    const account = await register(service);
    const known = await signIn(service, account);
    await succeed(known, 'signOut');
    for (let time = 0; time < 5; time += 1) await trySignIn(service.client(), wrong(account));
    expectLimited(await trySignIn(service.client(), account));
    for (let time = 0; time < 3; time += 1) {
      expect((await trySignIn(known, account)).refusal).toBeNull();
      await succeed(known, 'signOut');
    }
    expectLimited(await trySignIn(known, account));
  });

  it('is not freed by a browser that is known to somebody else', async () => {
    await started({ SIGN_INS_PER_MINUTE_PER_ACCOUNT: '2' });
    const [account, other] = [await register(service), await register(service)];
    const stranger = await signIn(service, other);
    await succeed(stranger, 'signOut');
    for (let time = 0; time < 2; time += 1) await trySignIn(stranger, wrong(account));
    expectLimited(await trySignIn(stranger, account));
  });
});

describe('One address', () => {
  it('has a budget of sign-ins over all names, an IPv6 network a single one', async () => {
    await started({ SIGN_INS_PER_MINUTE_PER_ADDRESS: '3' });
    const account = await register(service);
    for (const [mine, next] of [
      ['192.0.2.1', '192.0.2.2'],
      ['2001:db8::1', '2001:db8:0:1::1'],
    ] as const) {
      const neighbour = mine.replace(/::1$/, '::ffff');
      for (const address of [mine, neighbour, mine])
        await trySignIn(from(address), { ...wrong(account), username: randomUUID() });
      expectLimited(await trySignIn(from(neighbour), account));
      expect((await trySignIn(from(next), account)).refusal).toBeNull();
    }
  });

  it('has a budget of registrations', async () => {
    await started({ REGISTRATIONS_PER_MINUTE_PER_ADDRESS: '2' });
    const registering = (client: Client) =>
      mutate(client, 'registerAccount', {
        ...{ alias: fresh('acme'), email: `${fresh('ada')}@example.com`, password: fresh('correct horse') },
      });
    for (let time = 0; time < 2; time += 1) expect((await registering(from('192.0.2.1'))).refusal).toBeNull();
    const before = await storedEvents(service);
    expectLimited(await registering(from('192.0.2.1')));
    expect(await storedEvents(service)).toHaveLength(before.length);
    expect((await registering(from('192.0.2.2'))).refusal).toBeNull();
  });

  it('is that of the connection where no proxy is trusted, whatever a client says', async () => {
    service = await startService({ SIGN_INS_PER_MINUTE_PER_ADDRESS: '2' });
    const account = await register(service);
    for (let time = 1; time <= 2; time += 1) await trySignIn(from(`192.0.2.${time}`), wrong(account));
    expectLimited(await trySignIn(from('192.0.2.3'), account));
  });

  it('is what the last trusted proxy says: what a client has put before that is not believed', async () => {
    await started({ SIGN_INS_PER_MINUTE_PER_ADDRESS: '2' });
    const account = await register(service);
    for (let time = 1; time <= 2; time += 1) await trySignIn(from(`198.51.100.${time}, 192.0.2.1`), wrong(account));
    expectLimited(await trySignIn(from('198.51.100.3, 192.0.2.1'), account));
    expectLimited(await trySignIn(from('198.51.100.3, 192.0.2.1, 127.0.0.1'), account));
    expect((await trySignIn(from('192.0.2.1, 198.51.100.4'), account)).refusal).toBeNull();
  });
});

describe('One user', () => {
  it('has a budget of passwords to verify with and to change, in whatever session', async () => {
    await started({ PASSWORDS_PER_MINUTE_PER_USER: '3' });
    const { account, client } = await primary(service);
    const other = await signIn(service, account);
    const change = (challengeId: string | null) =>
      mutate(client, 'changePassword', { newPassword: 'a whole new password', challengeId });
    const asked = await change(null);
    const challengeId = asked.userError.challenge.id as string;
    expect((await mutate(client, 'verifyOperation', { challengeId, password: 'wrong' })).refusal).toBe(
      'WRONG_PASSWORD',
    );
    await succeed(client, 'verifyOperation', { challengeId, password: account.password });
    const before = await storedEvents(service);
    expectLimited(await change(challengeId));
    expectLimited(await mutate(other, 'changePassword', { newPassword: 'a whole new password' }));
    expect(await storedEvents(service)).toHaveLength(before.length);
    expect((await primary(service)).client).toBeDefined();
  });
});

describe('One account', () => {
  it('has a budget of passwords for its sub-users, whoever gives them and whichever way', async () => {
    await started({ SUB_USER_PASSWORDS_PER_MINUTE_PER_ACCOUNT: '2' });
    const [mine, others] = [await primary(service), await primary(service)];
    const admin = await signIn(service, await createSubUser(mine.client, mine.account, 'ADMIN'));
    const creating = (client: Client) =>
      mutate(client, 'createSubUser', { username: fresh('sam'), password: fresh('battery staple') });
    const created = await creating(admin);
    expect(created.refusal).toBeNull();
    const before = await storedEvents(service);
    expectLimited(await creating(mine.client));
    expectLimited(await creating(admin));
    const userId = created.payload.user.id as string;
    expectLimited(await mutate(admin, 'resetSubUserPassword', { userId, newPassword: fresh('battery staple') }));
    expect(await storedEvents(service)).toHaveLength(before.length);
    expect((await creating(others.client)).refusal).toBeNull();
  });

  it('has a budget of exports, beside that of two at once', async () => {
    await started({ AUDIT_EXPORTS_PER_MINUTE_PER_ACCOUNT: '2' });
    const [mine, others] = [await primary(service, 'BEARER'), await primary(service, 'BEARER')];
    const take = async ({ client }: typeof mine) => {
      const response = await fetch(new URL('/audit/export', service.url), {
        headers: { authorization: `Bearer ${client.token ?? ''}` },
      });
      await response.text();
      return response;
    };
    for (let time = 0; time < 2; time += 1) expect((await take(mine)).status).toBe(200);
    const before = await storedEvents(service);
    const refused = await take(mine);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await storedEvents(service)).toHaveLength(before.length);
    expect((await take(others)).status).toBe(200);
  });
});

describe('The address in the audit trail', () => {
  it('is the one that the limits count: what trusted proxies say, else that of the connection', async () => {
    await started({});
    const account = await register(service);
    const addresses = ['203.0.113.7', '198.51.100.1, 2001:db8::7', 'unknown', '127.0.0.1', '203.0.113.7:4711'];
    for (const address of addresses) {
      const client = from(address);
      const { outcome } = await succeed(client, 'signIn', {
        ...{ username: account.username, password: account.password, transport: 'BEARER' },
      });
      client.token = outcome.token;
    }
    const reader = await signIn(service, account);
    const query = '{ auditEvents(filter: { types: [SessionStarted] }, orderBy: OLDEST_FIRST) { nodes { ip } } }';
    const { auditEvents } = await ask(reader, query);
    const seen = auditEvents.nodes.map(({ ip }: { ip: string }) => ip.replace(/^::ffff:/, ''));
    expect(seen).toEqual(['203.0.113.7', '2001:db8::7', '127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1']);
  });

  it('is the same over a WebSocket', async () => {
    await started({});
    const { client, account } = await primary(service);
    const wanted = { name: 'Our SIEM', scopes: ['READ'] };
    const { token } = await verified(client, 'createAuditToken', wanted, { password: account.password });
    const program = Object.assign(service.client(), { token });
    const feed = follow(program, {}, { headers: { 'x-forwarded-for': '203.0.113.9' } });
    await mutate(client, 'createSubUser', { username: fresh('sam'), password: fresh('battery staple') });
    await feed.next();
    await feed.close();
    const { auditTokens } = await ask(client, '{ auditTokens { nodes { lastUsedIp } } }');
    expect(auditTokens.nodes).toEqual([{ lastUsedIp: '203.0.113.9' }]);
  });
});
