import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, Loose } from '../support/client.js';
import { ask, mutate, RECOVERY, succeed } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  protectedPrimary,
  signIn,
  startEnrollment,
  takeToken,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { eventually } from '../support/eventually.js';
import { storedEvents, storedTypes } from '../support/stored.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

async function generate(client: Client, input: Loose = {}): Promise<string[]> {
  return (await succeed(client, 'generateRecoveryCodes', input)).recoveryCodes;
}

/** What somebody sees of its own recovery codes, and is told to see to. */
async function seenBy(client: Client): Promise<Loose> {
  const { viewer } = await ask(client, `{ viewer { stage acr amr notices user { id mfa { enabled ${RECOVERY} } } } }`);
  return viewer;
}

/** Signs in by a recovery code. */
async function recover(credentials: Parameters<typeof signIn>[1], recoveryCode: string): Promise<Client> {
  const client = await signIn(service, credentials, 'BEARER');
  takeToken(client, await succeed(client, 'answerMfaChallenge', { recoveryCode }));
  return client;
}

describe('Whoever has enabled a device', () => {
  it('is told that there are no recovery codes, generates ten, and sees how many are left', async () => {
    const { client } = await protectedPrimary(service);
    expect(await seenBy(client)).toMatchObject({
      notices: ['NO_RECOVERY_CODES'],
      user: { mfa: { recoveryCodesLeft: null, recoveryCodesLow: false } },
    });
    const codes = await generate(client);
    expect(new Set(codes).size).toBe(10);
    expect(await seenBy(client)).toMatchObject({
      notices: [],
      user: { mfa: { recoveryCodesLeft: 10, recoveryCodesLow: false } },
    });
  });

  it('is shown them once: asked again, generating needs a verification', async () => {
    const { client, authenticator } = await protectedPrimary(service);
    const [first = ''] = await generate(client);
    const { refusal, userError, payload } = await mutate(client, 'generateRecoveryCodes', {});
    expect(refusal).toBe('VERIFICATION_REQUIRED');
    expect(payload).toMatchObject({ recoveryCodes: null, user: null });
    expect(userError.challenge).toMatchObject({
      methods: ['VIRTUAL_MFA', 'RECOVERY_CODE'],
      operation: 'GENERATE_RECOVERY_CODES',
    });
    const challengeId = userError.challenge.id;
    await succeed(client, 'verifyOperation', { challengeId, code: authenticator.nextCode() });
    const anew = await generate(client, { challengeId });
    expect(anew).toHaveLength(10);
    expect(anew).not.toContain(first);
  });

  it('is refused them without a device', async () => {
    const { account, client } = await protectedPrimary(service);
    const sam = await createSubUser(client, account);
    const outcome = await mutate(await signIn(service, sam), 'generateRecoveryCodes', {});
    expect(outcome).toMatchObject({ refusal: 'RECOVERY_CODES_NEED_DEVICE', userError: { field: null } });
  });
});

describe('Signing in by a recovery code', () => {
  it('is offered where there are any, works once, and is as good as a code of the device', async () => {
    const { account, client } = await protectedPrimary(service);
    const without = await signIn(service, account, 'BEARER');
    expect(
      (await mutate(without, 'answerMfaChallenge', { recoveryCode: 'AB12-CD34-EF56-GH78-JK90-MN10' })).refusal,
    ).toBe('METHOD_NOT_OFFERED');
    const [code = ''] = await generate(client);
    const challenged = service.client();
    const { outcome } = await succeed(challenged, 'signIn', { username: account.username, password: account.password });
    expect(outcome).toMatchObject({ methods: ['VIRTUAL_MFA', 'RECOVERY_CODE'], attemptsLeft: 5 });
    const typed = code.toLowerCase().replaceAll('-', ' ');
    const answered = await succeed(challenged, 'answerMfaChallenge', { recoveryCode: typed });
    expect(answered.outcome).toMatchObject({
      __typename: 'SignedIn',
      viewer: { stage: 'FULL', acr: 'aal2', amr: ['pwd', 'mfa'] },
    });
    expect(await seenBy(challenged)).toMatchObject({ user: { mfa: { recoveryCodesLeft: 9 } } });
    const again = await mutate(await signIn(service, account), 'answerMfaChallenge', { recoveryCode: code });
    expect(again).toMatchObject({
      refusal: 'WRONG_RECOVERY_CODE',
      userError: {
        __typename: 'MfaError',
        field: ['input', 'recoveryCode'],
        attemptsLeft: 4,
        clockOffsetSeconds: null,
      },
    });
  });

  it('takes exactly one answer', async () => {
    const { account, client, authenticator } = await protectedPrimary(service);
    const [recoveryCode = ''] = await generate(client);
    const challenged = await signIn(service, account);
    const code = authenticator.nextCode();
    for (const input of [{}, { code, recoveryCode }, { code: null, recoveryCode: null }]) {
      expect((await mutate(challenged, 'answerMfaChallenge', input)).refusal).toBe('ONE_ANSWER_EXPECTED');
    }
    expect((await mutate(challenged, 'answerMfaChallenge', { recoveryCode: code })).refusal).toBe(
      'INVALID_RECOVERY_CODE',
    );
    await succeed(challenged, 'answerMfaChallenge', { recoveryCode });
  });

  it('warns when two are left, and when none is, and is then offered no more', async () => {
    const { account, client } = await protectedPrimary(service);
    const codes = await generate(client);
    const notices: unknown[] = [];
    for (const code of codes) {
      const seen = await seenBy(await recover(account, code));
      notices.push([seen.user.mfa.recoveryCodesLeft, seen.user.mfa.recoveryCodesLow, ...seen.notices]);
    }
    expect(notices).toStrictEqual([
      ...[9, 8, 7, 6, 5, 4, 3].map((left) => [left, false]),
      [2, true, 'RECOVERY_CODES_LOW'],
      [1, true, 'RECOVERY_CODES_LOW'],
      [0, true, 'RECOVERY_CODES_USED_UP'],
    ]);
    const { outcome } = await succeed(service.client(), 'signIn', {
      username: account.username,
      password: account.password,
    });
    expect(outcome.methods).toStrictEqual(['VIRTUAL_MFA']);
  });
});

describe('Whoever has lost the phone', () => {
  it('sets up another device by a recovery code, and keeps the codes that are left', async () => {
    const { account, client } = await protectedPrimary(service);
    const [one = '', two = '', three = ''] = await generate(client);
    const recovered = await recover(account, one);
    const { userError } = await mutate(recovered, 'startMfaEnrollment', {});
    const challengeId = userError.challenge.id;
    const verified = await succeed(recovered, 'verifyOperation', { challengeId, recoveryCode: two });
    expect(verified.challenge.id).toBe(challengeId);
    const { enrollment, authenticator: device } = await startEnrollment(service, recovered, { challengeId });
    const input = { enrollmentId: enrollment.id, code: device.code() };
    takeToken(recovered, await succeed(recovered, 'enableMfa', input));
    expect(await seenBy(recovered)).toMatchObject({ acr: 'aal2', user: { mfa: { recoveryCodesLeft: 8 } } });
    await answerChallenge(await signIn(service, account, 'BEARER'), device);
    await recover(account, three);
  });

  it('disables the device by a recovery code, after which the others are void, and destroyed', async () => {
    const { account, client } = await protectedPrimary(service);
    const [one = '', two = '', three = ''] = await generate(client);
    const recovered = await recover(account, one);
    const { userError } = await mutate(recovered, 'disableMfa', {});
    const challengeId = userError.challenge.id;
    await succeed(recovered, 'verifyOperation', { challengeId, recoveryCode: two });
    await succeed(recovered, 'disableMfa', { challengeId });
    const { user } = await seenBy(recovered);
    expect(user.mfa).toMatchObject({ enabled: false, recoveryCodesLeft: null });
    await eventually(async () => {
      expect(await storedTypes(service, `mfa-${user.id}`)).toContain('RecoveryCodesDestroyed');
    });
    await enable(service, await signIn(service, account));
    const challenged = await signIn(service, account);
    expect((await mutate(challenged, 'answerMfaChallenge', { recoveryCode: three })).refusal).toBe(
      'METHOD_NOT_OFFERED',
    );
  });
});

describe('The past', () => {
  it('knows how many recovery codes were left at a moment', async () => {
    const { account, client } = await protectedPrimary(service);
    const { id: userId } = (await seenBy(client)).user;
    const moments = [service.clock.now()];
    service.clock.advance(60_000);
    const codes = await generate(client);
    moments.push(service.clock.now());
    service.clock.advance(60_000);
    const recovered = await recover(account, codes[0] ?? '');
    moments.push(service.clock.now());
    const query = `query ($userId: ID!, $at: DateTime!) { mfaStateAt(userId: $userId, at: $at) { ${RECOVERY} } }`;
    const left = await Promise.all(moments.map((at) => ask(recovered, query, { userId, at })));
    expect(left.map(({ mfaStateAt }) => mfaStateAt.recoveryCodesLeft)).toStrictEqual([null, 10, 9]);
  });

  it('tells in the trail that codes were generated, used and rejected, and none of them', async () => {
    const { account, client } = await protectedPrimary(service);
    const { id: userId } = (await seenBy(client)).user;
    const codes = await generate(client);
    await recover(account, codes[4] ?? '');
    await mutate(await signIn(service, account), 'answerMfaChallenge', { recoveryCode: codes[4] });
    const events = (await storedEvents(service, `mfa-${userId}`)).filter(({ type }) => type.startsWith('RecoveryCode'));
    expect(events.map(({ type, data }) => [type, data.place, data.reason])).toStrictEqual([
      ['RecoveryCodesGenerated', undefined, undefined],
      ['RecoveryCodeUsed', 4, undefined],
      ['RecoveryCodeRejected', undefined, 'USED'],
    ]);
    const text = JSON.stringify(events.map(({ data, metadata }) => [data, metadata]));
    for (const code of codes) {
      expect(text).not.toContain(code);
      expect(text).not.toContain(code.replaceAll('-', ''));
    }
  });
});
