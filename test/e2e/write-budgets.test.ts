import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client } from '../support/client.js';
import { mutate, succeed, viewer, type Outcome } from '../support/operations.js';
import {
  createSubUser,
  enable,
  primary,
  protectedPrimary,
  signIn,
  trySignIn,
  verified,
  type Credentials,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';

let service: TestService;

afterEach(() => service.dispose());

function expectLimited({ refusal, answer }: Outcome): void {
  expect(refusal).toBe('RATE_LIMITED');
  const [error] = answer.body.errors;
  expect(error.extensions.retryAfterSeconds).toBeGreaterThan(0);
  expect(answer.headers.get('retry-after')).toBe(String(error.extensions.retryAfterSeconds));
}

let minutes = 15;

/** A policy that is another one each time, so that each adds an event. */
function setPolicy(client: Client): Promise<Outcome> {
  minutes = minutes === 60 ? 15 : minutes + 1;
  return mutate(client, 'setAccountPolicy', { sessionIdleMinutes: minutes });
}

/** How a sign-in is refused. */
const trySignInAs = async (credentials: Credentials) => (await trySignIn(service.client(), credentials)).refusal;

const enroll = (client: Client) => mutate(client, 'startMfaEnrollment', {});

/** Writes until the budget refuses it; how often it did not. A bound of its own makes a missing limit fail. */
async function writeUntilLimited(write: () => Promise<Outcome>, answered: string | null = null): Promise<number> {
  for (let writes = 0; writes < 60; writes += 1) {
    const outcome = await write();
    if (outcome.refusal === 'RATE_LIMITED') return writes;
    expect(outcome.refusal).toBe(answered);
  }
  throw new Error('nothing was refused');
}

describe('A session', () => {
  it('has a budget of writes: beyond it nothing is written, and reading and signing out go on', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_SESSION: '8' });
    const { client, account } = await primary(service);
    expect(await writeUntilLimited(() => setPolicy(client))).toBe(8);
    const before = await storedEvents(service);
    expectLimited(await setPolicy(client));
    expectLimited(await enroll(client));
    expectLimited(await mutate(client, 'createSubUser', { username: 'sam', password: 'battery staple' }));
    expect(await storedEvents(service)).toHaveLength(before.length);
    expect((await viewer(client)).stage).toBe('FULL');
    const other = await signIn(service, account);
    expect((await setPolicy(other)).refusal).toBeNull();
    await succeed(client, 'signOut');
  });

  it('counts what is refused for another reason as well, such as a wrong code', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_SESSION: '6' });
    const { client } = await primary(service);
    const { enrollment } = await succeed(client, 'startMfaEnrollment', {});
    const wrong = { enrollmentId: enrollment.id, code: '000000' };
    for (let time = 0; time < 5; time += 1)
      expect((await mutate(client, 'enableMfa', wrong)).refusal).toBe('WRONG_CODE');
    expectLimited(await mutate(client, 'enableMfa', wrong));
  });
});

describe('A user', () => {
  it('has a budget of writes over all sessions, which keeps nobody from ending one of them', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_SESSION: '6', WRITES_PER_MINUTE_PER_USER: '10' });
    const { client, account } = await primary(service);
    const [first, second, third] = [client, await signIn(service, account), await signIn(service, account)];
    expect(await writeUntilLimited(() => setPolicy(first))).toBe(6);
    expect(await writeUntilLimited(() => setPolicy(second))).toBe(4);
    expectLimited(await setPolicy(third));
    const { id: sessionId } = (await viewer(second)).session;
    await succeed(third, 'revokeSession', { sessionId });
    expect(await viewer(second)).toBeNull();
    const { client: stranger } = await primary(service);
    expect((await setPolicy(stranger)).refusal).toBeNull();
  });

  it('has to give its code also where somebody who knows the password has used up what they can', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_SESSION: '3', WRITES_PER_MINUTE_PER_USER: '3' });
    const { client, account } = await primary(service);
    const phone = await enable(service, client);
    const locked: Client[] = [];
    for (let time = 0; time < 3; time += 1) locked.push(await signIn(service, account));
    for (const thief of locked) {
      for (let attempt = 0; attempt < 60; attempt += 1) {
        const { refusal } = await mutate(thief, 'answerMfaChallenge', { code: 'no code' });
        if (refusal === 'RATE_LIMITED') break;
        expect(refusal).toBe('INVALID_CODE');
      }
    }
    const owner = await signIn(service, account);
    await succeed(owner, 'answerMfaChallenge', { code: phone.nextCode() });
    expect((await viewer(owner)).stage).toBe('FULL');
  });
});

describe('An account', () => {
  it('reserves a quarter of its write budget for the primary', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_ACCOUNT: '40' });
    const { client, account } = await primary(service);
    const [hostile, other] = [await createSubUser(client, account), await createSubUser(client, account)];
    const members: Client[] = [];
    for (const credentials of [hostile, hostile, other]) members.push(await signIn(service, credentials));
    let written = 0;
    for (const member of members) written += await writeUntilLimited(() => enroll(member));
    expect(written).toBe(30);
    for (const member of members) expectLimited(await enroll(member));
    for (let time = 0; time < 8; time += 1) expect((await setPolicy(client)).refusal).toBeNull();
    expectLimited(await setPolicy(client));
    await succeed(client, 'deleteSubUser', { userId: hostile.userId });
    expect(await trySignInAs(hostile)).toBe('SIGN_IN_FAILED');
    expect((await setPolicy((await primary(service)).client)).refusal).toBeNull();
  });

  it('lets what is urgent be done where its budget is used up, by members too', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_ACCOUNT: '12' });
    const { client, account } = await primary(service);
    const sam = await createSubUser(client, account);
    const member = await signIn(service, sam);
    const phone = await enable(service, member);
    const another = await signIn(service, sam);
    await succeed(another, 'answerMfaChallenge', { code: phone.nextCode() });
    await writeUntilLimited(() => setPolicy(client));
    expectLimited(await mutate(member, 'generateRecoveryCodes', {}));
    expect((await mutate(client, 'cancelAccountRecovery')).refusal).toBe('RECOVERY_NOT_REQUESTED');
    const third = await signIn(service, sam);
    await succeed(third, 'answerMfaChallenge', { code: phone.nextCode() });
    const { id: sessionId } = (await viewer(another)).session;
    await succeed(member, 'revokeSession', { sessionId });
    expect(await viewer(another)).toBeNull();
    await succeed(third, 'signOut');
    expect(await viewer(third)).toBeNull();
    await verified(member, 'disableMfa', {}, phone);
    expect((await viewer(member)).user.mfa.enabled).toBe(false);
    await succeed(client, 'deleteSubUser', { userId: sam.userId });
    expect(await viewer(member)).toBeNull();
    expectLimited(await setPolicy(client));
  });

  it('lets what is urgent be verified and done where its budget is used up, under operation protection', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_ACCOUNT: '12' });
    const { client, account, authenticator: phone } = await protectedPrimary(service);
    const sam = await createSubUser(client, account);
    const another = await signIn(service, account);
    await succeed(another, 'answerMfaChallenge', { code: phone.nextCode() });
    await succeed(client, 'setOperationProtection', { enabled: true });
    await writeUntilLimited(() => mutate(client, 'generateRecoveryCodes', {}), 'VERIFICATION_REQUIRED');
    const { id: sessionId } = (await viewer(another)).session;
    await verified(client, 'revokeSession', { sessionId }, phone);
    expect(await viewer(another)).toBeNull();
    await verified(client, 'deleteSubUser', { userId: sam.userId }, phone);
    expect(await trySignInAs(sam)).toBe('SIGN_IN_FAILED');
    await verified(client, 'disableMfa', {}, phone);
    expect((await viewer(client)).user.mfa.enabled).toBe(false);
    expectLimited(await setPolicy(client));
  });

  it('counts exports and what other services redeem, each with a budget of its own beside', async () => {
    service = await startService({ WRITES_PER_MINUTE_PER_SESSION: '12', WRITES_PER_MINUTE_PER_ACCOUNT: '60' });
    const { client, account } = await primary(service, 'BEARER');
    const proof = { password: account.password };
    const { token } = await verified(client, 'createAuditToken', { name: 'SIEM', scopes: ['EXPORT'] }, proof);
    const made = await verified(client, 'createServiceCredential', { name: 'The service vm', service: 'vm' }, proof);
    const take = async (bearer: string) => {
      const address = new URL('/audit/export', service.url);
      const response = await fetch(address, { headers: { authorization: `Bearer ${bearer}` } });
      await response.text();
      return response.status;
    };
    for (let time = 0; time < 12; time += 1) expect(await take(token as string)).toBe(200);
    const before = await storedEvents(service);
    expect(await take(token as string)).toBe(429);
    expect(await storedEvents(service)).toHaveLength(before.length);
    expect(await take(client.token ?? '')).toBe(200);
    const vm = Object.assign(service.client(), { token: made.credential as string });
    for (let time = 0; time < 12; time += 1)
      expect((await mutate(vm, 'redeemVerificationGrant', { grant: 'e.e.e' })).refusal).toBe('GRANT_INVALID');
    expectLimited(await mutate(vm, 'redeemVerificationGrant', { grant: 'e.e.e' }));
  });
});

describe('The defaults', () => {
  it('let a script create 60 sub-users in a minute, and tell it when to go on', async () => {
    const defaults = ['PER_SESSION', 'PER_USER', 'PER_ACCOUNT'].map((who) => [`WRITES_PER_MINUTE_${who}`, '']);
    service = await startService({ ...Object.fromEntries(defaults), SUB_USER_PASSWORDS_PER_MINUTE_PER_ACCOUNT: '' });
    const { client } = await primary(service);
    let created = 0;
    const create = () => {
      created += 1;
      return mutate(client, 'createSubUser', { username: `sam-${created}`, password: `battery ${created}` });
    };
    for (let n = 0; n < 60; n += 1) expect((await create()).refusal).toBeNull();
    const refused = await create();
    expectLimited(refused);
    expect(refused.answer.body.errors[0].extensions.retryAfterSeconds).toBeLessThanOrEqual(60);
  });
});
