import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after } from '../../src/domain/instant.js';
import type { Loose } from '../support/client.js';
import { mutate, succeed } from '../support/operations.js';
import { enable, primary, signIn, trySignIn, type Account } from '../support/people.js';
import type { Authenticator } from '../support/authenticator.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';

const MINUTE = 60_000;
const STEP = 30_000;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** A primary with a device that was enabled a while ago, so that codes of all steps near now are unused. */
async function longProtected() {
  const { account, client } = await primary(service);
  const authenticator = await enable(service, client);
  service.clock.advance(20 * STEP);
  return { account, client, authenticator };
}

/** Answers a challenge of its own with a code. */
async function answerWith(account: Account, code: string): Promise<Loose> {
  return mutate(await signIn(service, account), 'answerMfaChallenge', { code });
}

describe('a phone whose clock is off', () => {
  it.each([
    [-2, -60],
    [-10, -300],
    [2, 60],
    [10, 300],
  ])('by %d steps is told by how many seconds, and how many attempts are left', async (steps, clockOffsetSeconds) => {
    const { account, authenticator } = await longProtected();
    const { userError } = await answerWith(account, authenticator.code(steps));
    expect(userError).toMatchObject({
      __typename: 'MfaError',
      code: 'WRONG_CODE',
      attemptsLeft: 4,
      clockOffsetSeconds,
    });
  });

  it.each([-1, 0, 1])('by %d steps is good enough', async (steps) => {
    const { account, authenticator } = await longProtected();
    expect((await answerWith(account, authenticator.code(steps))).refusal).toBeNull();
  });

  it.each([-11, 11])('by %d steps is not told from a wrong code', async (steps) => {
    const { account, authenticator } = await longProtected();
    const { userError } = await answerWith(account, authenticator.code(steps));
    expect(userError).toMatchObject({ code: 'WRONG_CODE', attemptsLeft: 4, clockOffsetSeconds: null });
  });

  it('is in the trail as CLOCK_DRIFT, and counts as a failure', async () => {
    const { account, client, authenticator } = await longProtected();
    await answerWith(account, authenticator.code(5));
    const { nodes } = (
      await client.send('{ auditEvents(filter: { types: [MfaCodeRejected] }) { nodes { outcome reason } } }')
    ).body.data.auditEvents;
    expect(nodes).toStrictEqual([{ outcome: 'FAILURE', reason: 'CLOCK_DRIFT' }]);
    const rejected = (await storedEvents(service, 'mfa-*')).filter(({ type }) => type === 'MfaCodeRejected');
    expect(rejected.at(-1)?.data).toMatchObject({ consecutiveFailures: 1, clockOffsetSeconds: 150 });
  });

  it('gave its code away: the step is burnt, also once its time has come, and tells nothing more', async () => {
    const { account, authenticator } = await longProtected();
    const code = authenticator.code(3);
    expect((await answerWith(account, code)).userError).toMatchObject({ clockOffsetSeconds: 90 });
    expect((await answerWith(account, code)).userError).toMatchObject({ clockOffsetSeconds: null });
    service.clock.advance(3 * STEP);
    expect(authenticator.code()).toBe(code);
    expect((await answerWith(account, code)).userError).toMatchObject({ code: 'WRONG_CODE', clockOffsetSeconds: null });
    expect((await answerWith(account, authenticator.nextCode())).refusal).toBeNull();
  });

  it('does not tell of a code that was used before', async () => {
    const { account, authenticator } = await longProtected();
    const code = authenticator.code();
    expect((await answerWith(account, code)).refusal).toBeNull();
    service.clock.advance(4 * STEP);
    expect((await answerWith(account, code)).userError).toMatchObject({ code: 'WRONG_CODE', clockOffsetSeconds: null });
  });

  it('is told at the verification of an operation too', async () => {
    const { client, authenticator } = await longProtected();
    const { userError } = await mutate(client, 'disableMfa', {});
    const answer = { challengeId: userError.challenge.id, code: authenticator.code(-4) };
    expect((await mutate(client, 'verifyOperation', answer)).userError).toMatchObject({
      ...{ code: 'WRONG_CODE', attemptsLeft: 4, clockOffsetSeconds: -120 },
    });
  });
});

describe('wrong codes', () => {
  /** Gives wrong codes, five to a challenge; the last refusal. */
  async function wrongCodes(account: Account, authenticator: Authenticator, count: number): Promise<Loose> {
    let last: Loose = null;
    for (let given = 0; given < count; given += 5) {
      const client = await signIn(service, account);
      for (let wrong = given; wrong < Math.min(given + 5, count); wrong += 1) {
        last = (await mutate(client, 'answerMfaChallenge', { code: authenticator.wrongCode() })).userError;
      }
    }
    return last;
  }

  it('and drifting ones lock together, and the answer says until when', async () => {
    const { account, authenticator } = await longProtected();
    await wrongCodes(account, authenticator, 9);
    const { userError } = await answerWith(account, authenticator.code(6));
    expect(userError).toMatchObject({
      ...{ __typename: 'ThrottledError', code: 'MFA_LOCKED', retryAt: after(service.clock.now(), 15 * MINUTE) },
    });
  });

  it('while it is locked even the right code is not checked; then it is', async () => {
    const { account, authenticator } = await longProtected();
    const { retryAt } = await wrongCodes(account, authenticator, 10);
    service.clock.advance(15 * MINUTE - STEP - 1);
    const client = await signIn(service, account);
    expect((await mutate(client, 'answerMfaChallenge', { code: authenticator.nextCode() })).userError).toMatchObject({
      ...{ code: 'MFA_LOCKED', retryAt },
    });
    service.clock.advance(1);
    await succeed(client, 'answerMfaChallenge', { code: authenticator.code() });
  });

  it('of any kind are told of to nobody before the first factor', async () => {
    const { account, authenticator } = await longProtected();
    await answerWith(account, authenticator.code(6));
    await wrongCodes(account, authenticator, 9);
    const stranger = { ...account, password: 'not the password' };
    const { userError, refusal, answer } = await trySignIn(service.client(), stranger);
    expect(userError).toMatchObject({ __typename: 'InputError', code: 'SIGN_IN_FAILED' });
    expect(refusal).toBe('SIGN_IN_FAILED');
    const unknown = await trySignIn(service.client(), { ...stranger, username: 'nobody@example.com' });
    expect(unknown.answer.body.data).toStrictEqual(answer.body.data);
    const anonymous = service.client();
    for (const code of [authenticator.code(), authenticator.code(6), authenticator.wrongCode()]) {
      const refused = await mutate(anonymous, 'answerMfaChallenge', { code });
      expect(refused).toMatchObject({ refusal: 'UNAUTHENTICATED', userError: null });
    }
  });
});
