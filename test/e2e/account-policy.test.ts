import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { after } from '../../src/domain/instant.js';
import type { Client, Loose } from '../support/client.js';
import { failureOf, follow } from '../support/live.js';
import { ask, mutate, succeed, viewer } from '../support/operations.js';
import {
  createSubUser,
  enable,
  primary,
  signIn,
  startEnrollment,
  takeToken,
  verified,
  type Account,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedTypes } from '../support/stored.js';

const MINUTE = 60_000;
const DEFAULT = {
  ...{ trustedDeviceDays: 0, codesToEnable: 1, sessionIdleMinutes: 30, sessionAbsoluteMinutes: 720 },
  newSubUsersMustEnableMfa: false,
};

let service: TestService;
let account: Account;
let client: Client;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

beforeEach(async () => {
  ({ account, client } = await primary(service, 'BEARER'));
});

async function policyOf(reader: Client): Promise<Loose> {
  const fields = Object.keys(DEFAULT).join(' ');
  return (await ask(reader, `{ viewer { user { account { policy { ${fields} } } } } }`)).viewer.user.account.policy;
}

async function set(policy: Loose): Promise<Loose> {
  return (await succeed(client, 'setAccountPolicy', policy)).policy;
}

describe('The account policy', () => {
  it('is the default until it is set, in parts, and then shown to those who read the account', async () => {
    const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'));
    expect(await policyOf(auditor)).toEqual(DEFAULT);
    expect(await set({ trustedDeviceDays: 3 })).toEqual({ ...DEFAULT, trustedDeviceDays: 3 });
    expect(await set({ sessionIdleMinutes: 20, codesToEnable: null })).toMatchObject({ trustedDeviceDays: 3 });
    expect(await policyOf(auditor)).toEqual({ ...DEFAULT, trustedDeviceDays: 3, sessionIdleMinutes: 20 });
    expect(await policyOf((await primary(service)).client)).toEqual(DEFAULT);
  });

  it('tells everybody what concerns themselves', async () => {
    const sam = await signIn(service, await createSubUser(client, account, 'MEMBER', { requireMfa: true }));
    await set({ trustedDeviceDays: 5, codesToEnable: 2 });
    const { viewer: own } = await ask(sam, '{ viewer { stage codesToEnable trustedDeviceDays } }');
    expect(own).toEqual({ stage: 'MFA_ENROLLMENT', codesToEnable: 2, trustedDeviceDays: 5 });
  });

  it('is set by nothing out of bounds, and tells of each field what is wrong', async () => {
    const wrong = { trustedDeviceDays: 8, codesToEnable: 3, sessionIdleMinutes: 14, sessionAbsoluteMinutes: 721 };
    const { payload } = await mutate(client, 'setAccountPolicy', wrong);
    expect(payload.policy).toBeNull();
    expect(payload.userErrors.map(({ field }: Loose) => field)).toEqual(
      Object.keys(wrong).map((field) => ['input', field]),
    );
    const { userError } = await mutate(client, 'setAccountPolicy', { sessionAbsoluteMinutes: 15 });
    expect(userError).toMatchObject({ code: 'SESSION_IDLE_TOO_LONG', field: ['input', 'sessionIdleMinutes'] });
    expect(await policyOf(client)).toEqual(DEFAULT);
    expect(await storedTypes(service, `account-${account.accountId}`)).toEqual(['PrimaryAccountRegistered']);
  });

  it('is recorded once, however often the same is set', async () => {
    for (const _ of [1, 2]) await set({ codesToEnable: 2 });
    const types = await storedTypes(service, `account-${account.accountId}`);
    expect(types).toEqual(['PrimaryAccountRegistered', 'AccountPolicyChanged']);
  });

  it('is guarded where operation protection is on, by a verification of that very change', async () => {
    await succeed(client, 'setOperationProtection', { enabled: true });
    const first = await mutate(client, 'setAccountPolicy', { trustedDeviceDays: 1 });
    expect(first.userError.challenge).toMatchObject({ operation: 'SET_ACCOUNT_POLICY' });
    const challengeId = first.userError.challenge.id;
    await succeed(client, 'verifyOperation', { challengeId, password: account.password });
    const other = await mutate(client, 'setAccountPolicy', { trustedDeviceDays: 7, challengeId });
    expect(other.refusal).toBe('VERIFICATION_REQUIRED');
    expect(await policyOf(client)).toEqual(DEFAULT);
    const done = await verified(client, 'setAccountPolicy', { trustedDeviceDays: 2 }, account);
    expect(done.policy).toEqual({ ...DEFAULT, trustedDeviceDays: 2 });
    const again = await mutate(client, 'setAccountPolicy', { trustedDeviceDays: 1, challengeId });
    expect(again.payload.policy).toMatchObject({ trustedDeviceDays: 1 });
    expect((await mutate(client, 'setAccountPolicy', { trustedDeviceDays: 0, challengeId })).refusal).toBe(
      'VERIFICATION_REQUIRED',
    );
  });
});

describe('New sub-users', () => {
  it('have to enable MFA where the policy says so, whatever their creator says', async () => {
    const before = await createSubUser(client, account);
    await set({ newSubUsersMustEnableMfa: true });
    const sam = await createSubUser(client, account, 'MEMBER', { requireMfa: false });
    expect((await viewer(await signIn(service, sam))).stage).toBe('MFA_ENROLLMENT');
    expect((await viewer(await signIn(service, before))).stage).toBe('FULL');
    const { events } = await trail('{ types: [SubUserMfaRequired, UserCreated] }');
    expect(events.slice(-2)).toMatchObject([
      { type: 'SubUserMfaRequired', subject: { id: sam.userId } },
      { type: 'UserCreated', subject: { id: sam.userId } },
    ]);
    await set({ newSubUsersMustEnableMfa: false });
    expect((await viewer(await signIn(service, await createSubUser(client, account)))).stage).toBe('FULL');
  });

  async function trail(filter: string): Promise<{ events: Loose[] }> {
    const query = `{ auditEvents(filter: ${filter}, orderBy: OLDEST_FIRST) { nodes { type subject { id } } } }`;
    return { events: (await ask(client, query)).auditEvents.nodes };
  }
});

describe('Two codes', () => {
  it('enable a device where the policy asks for them: the one before, and the one that is shown now', async () => {
    await set({ codesToEnable: 2 });
    const { authenticator, enrollment } = await startEnrollment(service, client);
    const enrollmentId = enrollment.id;
    const [code, nextCode] = [authenticator.code(), authenticator.nextCode()];
    const attempts = [
      [{ code: nextCode }, 'NEXT_CODE_REQUIRED'],
      [{ code, nextCode: code }, 'WRONG_NEXT_CODE'],
      [{ code: nextCode, nextCode: code }, 'WRONG_NEXT_CODE'],
      [{ code: authenticator.wrongCode(), nextCode }, 'WRONG_CODE'],
      [{ code, nextCode: 'abc' }, 'INVALID_NEXT_CODE'],
    ] as const;
    for (const [codes, refusal] of attempts) {
      expect((await mutate(client, 'enableMfa', { enrollmentId, ...codes })).refusal).toBe(refusal);
    }
    const { userError } = await mutate(client, 'enableMfa', { enrollmentId, code, nextCode: authenticator.code(1) });
    expect(userError).toMatchObject({ __typename: 'MfaError', field: ['input', 'nextCode'], attemptsLeft: 6 });
    takeToken(client, await succeed(client, 'enableMfa', { enrollmentId, code, nextCode }));
    // The later of the two is burnt.
    const next = await signIn(service, account, 'BEARER');
    expect((await mutate(next, 'answerMfaChallenge', { code: nextCode })).refusal).toBe('WRONG_CODE');
    takeToken(next, await succeed(next, 'answerMfaChallenge', { code: authenticator.nextCode() }));
  });

  it.each([-1, 0, 1])('may be so many steps away from now as one code may: %i', async (away) => {
    await set({ codesToEnable: 2 });
    const { authenticator, enrollment } = await startEnrollment(service, client);
    const [code, nextCode] = [authenticator.code(away - 1), authenticator.code(away)];
    await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code, nextCode });
  });

  it.each([-2, 2])('may not be further away: %i', async (away) => {
    await set({ codesToEnable: 2 });
    const { authenticator, enrollment } = await startEnrollment(service, client);
    const [code, nextCode] = [authenticator.code(away - 1), authenticator.code(away)];
    const { refusal } = await mutate(client, 'enableMfa', { enrollmentId: enrollment.id, code, nextCode });
    expect(refusal).toBe('WRONG_CODE');
  });

  it('are taken where one would do', async () => {
    const { authenticator, enrollment } = await startEnrollment(service, client);
    const [code, nextCode] = [authenticator.code(), authenticator.nextCode()];
    await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code, nextCode });
  });
});

describe('Limits of sessions', () => {
  it('that are shorter end open sessions at once, and close what they follow', async () => {
    await enable(service, client);
    const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'));
    const cursor = (await ask(client, '{ auditEvents(last: 1) { nodes { cursor } } }')).auditEvents.nodes[0].cursor;
    const feed = follow(auditor, { after: cursor });
    await feed.next();
    service.clock.advance(20 * MINUTE);
    await viewer(client);
    await set({ sessionIdleMinutes: 15 });
    expect(await viewer(auditor)).toBeNull();
    expect((await viewer(client)).session.expiresAt).toBe(after(service.clock.now(), 15 * MINUTE));
    let end: string | number | null = null;
    while (end === null) end = await failureOf(feed);
    expect(end).toBe('UNAUTHENTICATED');
  });

  it('that are longer keep those open that would have ended', async () => {
    const other = await signIn(service, account);
    await set({ sessionIdleMinutes: 60 });
    expect((await viewer(other)).session.expiresAt).toBe(after(service.clock.now(), 60 * MINUTE));
    service.clock.advance(60 * MINUTE - 1);
    expect((await viewer(other)).stage).toBe('FULL');
    service.clock.advance(60 * MINUTE);
    expect(await viewer(other)).toBeNull();
  });

  it('that are longer bring none back that had ended, neither to commands nor to lists', async () => {
    const other = await signIn(service, account);
    await set({ sessionIdleMinutes: 20 });
    service.clock.advance(15 * MINUTE);
    await viewer(client);
    service.clock.advance(10 * MINUTE);
    await set({ sessionIdleMinutes: 60 });
    expect(await viewer(other)).toBeNull();
    const { viewer: own } = await ask(client, '{ viewer { user { sessions { nodes { current } } } } }');
    expect(own.user.sessions.nodes).toEqual([{ current: true }]);
  });

  it('end a session that is in use after all of its time', async () => {
    const begun = service.clock.now();
    await set({ sessionIdleMinutes: 15, sessionAbsoluteMinutes: 15 });
    service.clock.advance(10 * MINUTE);
    expect((await viewer(client)).session.expiresAt).toBe(after(begun, 15 * MINUTE));
    service.clock.advance(5 * MINUTE - 1);
    expect((await viewer(client)).stage).toBe('FULL');
    service.clock.advance(1);
    expect(await viewer(client)).toBeNull();
  });
});
