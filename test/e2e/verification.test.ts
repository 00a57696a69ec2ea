import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after } from '../../src/domain/instant.js';
import type { Client, Loose } from '../support/client.js';
import { mutate, succeed, viewer } from '../support/operations.js';
import { answerChallenge, enable, primary, signIn, takeToken, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedTypes } from '../support/stored.js';

const MINUTE = 60_000;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** A primary whose password was given too long ago to serve. */
async function laterPrimary(): Promise<{ account: Account; client: Client }> {
  const { account, client } = await primary(service);
  service.clock.advance(5 * MINUTE);
  return { account, client };
}

async function challengeFor(client: Client, input: Loose = {}): Promise<Loose> {
  const { refusal, userError, payload } = await mutate(client, 'startMfaEnrollment', input);
  expect(refusal).toBe('VERIFICATION_REQUIRED');
  expect(userError).toMatchObject({ __typename: 'VerificationRequiredError', field: ['input', 'challengeId'] });
  expect(payload.enrollment).toBeNull();
  return userError.challenge;
}

describe('the identity of whoever sets up a device', () => {
  it('is known for five minutes from a password given at sign-in, for the first device', async () => {
    const { client } = await primary(service);
    service.clock.advance(5 * MINUTE - 1);
    await succeed(client, 'startMfaEnrollment', {});
    service.clock.advance(1);
    await challengeFor(client);
  });

  it('is verified by the password after that, and then the same request serves', async () => {
    const { account, client } = await laterPrimary();
    const challenge = await challengeFor(client, { deviceName: 'Phone' });
    expect(challenge).toStrictEqual({
      id: expect.any(String),
      methods: ['PASSWORD'],
      operation: 'START_MFA_ENROLLMENT',
      serviceOperation: null,
      expiresAt: after(service.clock.now(), 5 * MINUTE),
    });
    const input = { challengeId: challenge.id, password: account.password };
    expect((await succeed(client, 'verifyOperation', input)).challenge).toStrictEqual(challenge);
    const { enrollment } = await succeed(client, 'startMfaEnrollment', {
      deviceName: 'Phone',
      challengeId: challenge.id,
    });
    expect(enrollment.deviceName).toBe('Phone');
  });

  it('is verified by a code where there is a device, however fresh the password', async () => {
    const { account, client } = await primary(service);
    const authenticator = await enable(service, client);
    const challenge = await challengeFor(client);
    expect(challenge.methods).toStrictEqual(['VIRTUAL_MFA']);
    expect(
      await mutate(client, 'verifyOperation', { challengeId: challenge.id, password: account.password }),
    ).toMatchObject({ refusal: 'METHOD_NOT_OFFERED' });
    await succeed(client, 'verifyOperation', { challengeId: challenge.id, code: authenticator.nextCode() });
    await succeed(client, 'startMfaEnrollment', { challengeId: challenge.id });
  });

  it('is not verified by a code of a device that there is not', async () => {
    const { client } = await laterPrimary();
    const { id } = await challengeFor(client);
    expect(await mutate(client, 'verifyOperation', { challengeId: id, code: '123456' })).toMatchObject({
      refusal: 'METHOD_NOT_OFFERED',
    });
  });

  it('is asked for in a session that is open while another enables a device, once it has given its code', async () => {
    const { account, client } = await primary(service);
    const other = await signIn(service, account);
    const authenticator = await enable(service, client);
    expect((await mutate(other, 'startMfaEnrollment', {})).refusal).toBe('MFA_CHALLENGE_REQUIRED');
    await answerChallenge(other, authenticator);
    expect((await challengeFor(other)).methods).toStrictEqual(['VIRTUAL_MFA']);
  });
});

describe('a challenge', () => {
  it('is the same one while it is open, however often it is asked for', async () => {
    const { client } = await laterPrimary();
    const stream = `session-${(await viewer(client)).session.id}`;
    const first = await challengeFor(client);
    const stored = await storedTypes(service, stream);
    expect(await challengeFor(client)).toStrictEqual(first);
    expect(await storedTypes(service, stream)).toStrictEqual(stored);
  });

  it.each([
    ['neither', {}],
    ['both', { code: '123456', password: 'whatever it is' }],
    ['two nothings', { code: null, password: null }],
  ])('takes exactly one answer, not %s', async (_, answer) => {
    const { client } = await laterPrimary();
    const { id } = await challengeFor(client);
    expect(await mutate(client, 'verifyOperation', { challengeId: id, ...answer })).toMatchObject({
      refusal: 'ONE_ANSWER_EXPECTED',
      payload: { challenge: null },
    });
  });

  it('is answered once', async () => {
    const { account, client } = await laterPrimary();
    const { id } = await challengeFor(client);
    await succeed(client, 'verifyOperation', { challengeId: id, password: account.password });
    expect(await mutate(client, 'verifyOperation', { challengeId: id, password: account.password })).toMatchObject({
      refusal: 'CHALLENGE_ALREADY_VERIFIED',
    });
  });

  it('is void after five minutes, answered or not', async () => {
    const { account, client } = await laterPrimary();
    const answered = await challengeFor(client, { deviceName: 'Phone' });
    const open = await challengeFor(client, { deviceName: 'Tablet' });
    await succeed(client, 'verifyOperation', { challengeId: answered.id, password: account.password });
    service.clock.advance(5 * MINUTE);
    expect(await mutate(client, 'verifyOperation', { challengeId: open.id, password: account.password })).toMatchObject(
      { refusal: 'CHALLENGE_EXPIRED' },
    );
    const again = await challengeFor(client, { deviceName: 'Phone', challengeId: answered.id });
    expect(again.id).not.toBe(answered.id);
  });

  it('serves once', async () => {
    const { account, client } = await laterPrimary();
    const { id } = await challengeFor(client);
    await succeed(client, 'verifyOperation', { challengeId: id, password: account.password });
    await succeed(client, 'startMfaEnrollment', { challengeId: id });
    expect((await challengeFor(client, { challengeId: id })).id).not.toBe(id);
  });

  it('serves once where it is used twice at the same moment', async () => {
    const { account, client } = await laterPrimary();
    const { id } = await challengeFor(client);
    await succeed(client, 'verifyOperation', { challengeId: id, password: account.password });
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => mutate(client.copy(), 'startMfaEnrollment', { challengeId: id })),
    );
    expect(outcomes.filter(({ refusal }) => refusal === null)).toHaveLength(1);
  });

  it('serves only for the arguments that it was asked for', async () => {
    const { account, client } = await laterPrimary();
    const { id } = await challengeFor(client, { deviceName: 'Phone' });
    await succeed(client, 'verifyOperation', { challengeId: id, password: account.password });
    await challengeFor(client, { deviceName: 'Tablet', challengeId: id });
    await succeed(client, 'startMfaEnrollment', { deviceName: 'Phone', challengeId: id });
  });

  it('serves only in its session', async () => {
    const { account, client } = await laterPrimary();
    const other = await signIn(service, account);
    service.clock.advance(5 * MINUTE);
    const { id } = await challengeFor(client);
    expect(await mutate(other, 'verifyOperation', { challengeId: id, password: account.password })).toMatchObject({
      refusal: 'NOT_FOUND',
    });
    await succeed(client, 'verifyOperation', { challengeId: id, password: account.password });
    expect((await challengeFor(other, { challengeId: id })).id).not.toBe(id);
  });

  it('does not serve, by the old device, once that was replaced', async () => {
    const { client } = await primary(service);
    const old = await enable(service, client);
    const { userError } = await mutate(client, 'disableMfa', {});
    const challengeId = userError.challenge.id;
    await succeed(client, 'verifyOperation', { challengeId, code: old.nextCode() });
    const { id } = await challengeFor(client, { deviceName: 'Phone' });
    await succeed(client, 'verifyOperation', { challengeId: id, code: old.nextCode() });
    await enable(service, client, 'Phone', { challengeId: id });
    const again = await mutate(client, 'disableMfa', { challengeId });
    expect(again.refusal).toBe('VERIFICATION_REQUIRED');
    expect(again.userError.challenge.id).not.toBe(challengeId);
  });

  it('does not serve unanswered', async () => {
    const { client } = await laterPrimary();
    const { id } = await challengeFor(client);
    await challengeFor(client, { challengeId: id });
  });

  it.each(['no-such-challenge', 'constructor', '__proto__', 'toString', ''])(
    'that does not exist (%j) is not found',
    async (challengeId) => {
      const { account, client } = await laterPrimary();
      await challengeFor(client);
      for (const answer of [{ password: account.password }, { code: '123456' }]) {
        expect(await mutate(client, 'verifyOperation', { challengeId, ...answer })).toMatchObject({
          refusal: 'NOT_FOUND',
        });
      }
    },
  );
});

describe('wrong answers', () => {
  it('by password count in the budget of sign-in, and back off', async () => {
    const { account, client } = await laterPrimary();
    const { id } = await challengeFor(client);
    for (let wrong = 0; wrong < 5; wrong += 1) {
      expect(await mutate(client, 'verifyOperation', { challengeId: id, password: 'not the password' })).toMatchObject({
        refusal: 'WRONG_PASSWORD',
        userError: { field: ['input', 'password'] },
      });
    }
    const { userError } = await mutate(client, 'verifyOperation', { challengeId: id, password: account.password });
    expect(userError).toMatchObject({
      __typename: 'ThrottledError',
      code: 'PASSWORD_BACKING_OFF',
      retryAt: after(service.clock.now(), 30_000),
    });
    service.clock.advance(30_000);
    await succeed(client, 'verifyOperation', { challengeId: id, password: account.password });
  });

  it('by code are no more than five for a challenge; the next one is fresh', async () => {
    const { client } = await primary(service);
    const authenticator = await enable(service, client);
    const { id } = await challengeFor(client);
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      const { userError } = await mutate(client, 'verifyOperation', {
        challengeId: id,
        code: authenticator.wrongCode(),
      });
      expect(userError).toMatchObject({ code: 'WRONG_CODE', attemptsLeft });
    }
    expect(await mutate(client, 'verifyOperation', { challengeId: id, code: authenticator.nextCode() })).toMatchObject({
      refusal: 'CHALLENGE_ENDED',
    });
    const next = await challengeFor(client);
    expect(next.id).not.toBe(id);
    expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    await succeed(client, 'verifyOperation', { challengeId: next.id, code: authenticator.nextCode() });
  });

  it('by code lock together with those of sign-in', async () => {
    const { account, client } = await primary(service);
    const authenticator = await enable(service, client);
    const signingIn = await signIn(service, account);
    for (let wrong = 0; wrong < 5; wrong += 1) {
      await mutate(signingIn, 'answerMfaChallenge', { code: authenticator.wrongCode() });
    }
    const { id } = await challengeFor(client);
    const codes = Array.from({ length: 5 }, () => authenticator.wrongCode());
    const outcomes = [];
    for (const code of codes) outcomes.push(await mutate(client, 'verifyOperation', { challengeId: id, code }));
    expect(outcomes.at(-1)).toMatchObject({
      refusal: 'MFA_LOCKED',
      userError: { retryAt: after(service.clock.now(), 15 * MINUTE) },
    });
  });

  it('refuse what is no code, without counting it', async () => {
    const { client } = await primary(service);
    await enable(service, client);
    const { id } = await challengeFor(client);
    const stream = `mfa-${(await viewer(client)).user.id}`;
    const stored = await storedTypes(service, stream);
    expect(await mutate(client, 'verifyOperation', { challengeId: id, code: '12 34' })).toMatchObject({
      refusal: 'INVALID_CODE',
    });
    expect(await storedTypes(service, stream)).toStrictEqual(stored);
  });

  it('take a code once for all purposes', async () => {
    const { account, client } = await primary(service);
    const authenticator = await enable(service, client);
    const session = await signIn(service, account);
    takeToken(session, await succeed(session, 'answerMfaChallenge', { code: authenticator.nextCode() }));
    const { id } = await challengeFor(client);
    expect(await mutate(client, 'verifyOperation', { challengeId: id, code: authenticator.code() })).toMatchObject({
      refusal: 'WRONG_CODE',
    });
  });
});
