import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from 'otpauth';
import { after } from '../../src/domain/instant.js';
import { mutate, succeed, viewer } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  primary,
  signIn,
  startEnrollment,
  takeToken,
} from '../support/people.js';
import { intendedModules, modulesOf } from '../support/qr-code.js';
import { startService, type TestService } from '../support/service.js';
import { headOf, storedEvents, storedTypes } from '../support/stored.js';

const MINUTE = 60_000;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

describe('setting up a device', () => {
  it('shows one seed as key URI, as base32 text and as a QR code', async () => {
    const { account, client } = await primary(service);
    const { enrollment } = await startEnrollment(service, client, { deviceName: ' Phone ' });
    expect(enrollment).toMatchObject({ deviceName: 'Phone', expiresAt: after(service.clock.now(), 10 * MINUTE) });
    const uri = new URL(enrollment.otpauthUri);
    expect(uri.protocol).toBe('otpauth:');
    expect(uri.host).toBe('totp');
    expect(decodeURIComponent(uri.pathname)).toBe(`/Virtual MFA:${account.username}`);
    expect(Object.fromEntries(uri.searchParams)).toStrictEqual({
      ...{ issuer: 'Virtual MFA', algorithm: 'SHA1', digits: '6', period: '30' },
      secret: enrollment.secret,
    });
    expect(enrollment.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(Secret.fromBase32(enrollment.secret).bytes).toHaveLength(20);
    expect(modulesOf(enrollment.qrCode)).toStrictEqual(intendedModules(enrollment.otpauthUri));
  });

  it('names the issuer that is configured', async () => {
    const other = await startService({ ISSUER: 'Wolke & Söhne' });
    try {
      const { client } = await primary(other);
      const { authenticator } = await startEnrollment(other, client);
      expect(authenticator.totp.issuer).toBe('Wolke & Söhne');
    } finally {
      await other.dispose();
    }
  });

  it('makes a seed of its own each time, and never shows one again', async () => {
    const { client } = await primary(service);
    const first = await startEnrollment(service, client);
    const second = await startEnrollment(service, client);
    expect(second.enrollment.secret).not.toBe(first.enrollment.secret);
    const { pendingEnrollment } = (await viewer(client)).user.mfa;
    expect(pendingEnrollment).toStrictEqual({
      id: second.enrollment.id,
      deviceName: 'Virtual MFA device',
      expiresAt: second.enrollment.expiresAt,
    });
  });

  it.each(['', '   ', 'x'.repeat(65), 'bell\u0007', '\u202eevil', 'zero\u200bwidth'])(
    'is refused under the name %j',
    async (deviceName) => {
      const { client } = await primary(service);
      const head = await headOf(service);
      const { userError } = await mutate(client, 'startMfaEnrollment', { deviceName });
      expect(userError).toMatchObject({ code: 'INVALID_DEVICE_NAME', field: ['input', 'deviceName'] });
      expect(await headOf(service)).toBe(head);
    },
  );

  it('is given up by cancelling, and then enables nothing', async () => {
    const { client } = await primary(service);
    const { enrollment, authenticator } = await startEnrollment(service, client);
    const { user } = await succeed(client, 'cancelMfaEnrollment', { enrollmentId: enrollment.id });
    expect(user.mfa).toMatchObject({ enabled: false, pendingEnrollment: null });
    const input = { enrollmentId: enrollment.id, code: authenticator.code() };
    expect(await mutate(client, 'enableMfa', input)).toMatchObject({ refusal: 'NOT_FOUND' });
    expect(await mutate(client, 'cancelMfaEnrollment', { enrollmentId: enrollment.id })).toMatchObject({
      refusal: 'NOT_FOUND',
    });
  });
});

describe('enabling a device', () => {
  it('takes a code, recommends what comes next, and raises the session', async () => {
    const { client } = await primary(service, 'BEARER');
    const before = client.copy();
    const { enrollment, authenticator } = await startEnrollment(service, client, { deviceName: 'Phone' });
    const payload = await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code: authenticator.code() });
    takeToken(client, payload);
    expect(payload.recommendations).toStrictEqual(['OPERATION_PROTECTION', 'RECOVERY_CODES']);
    expect(payload.user.mfa).toStrictEqual({
      ...{ enabled: true, deviceId: enrollment.id, deviceName: 'Phone', enabledAt: service.clock.now() },
      ...{ locked: false, lockedUntil: null, pendingEnrollment: null, required: false, requiredFrom: null },
    });
    expect(payload.outcome.viewer).toMatchObject({ stage: 'FULL', acr: 'aal2' });
    expect(client.token).not.toBe(before.token);
    expect(await viewer(before)).toBeNull();
    expect(await viewer(client)).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
  });

  it.each(['PRIMARY', 'MEMBER', 'ADMIN', 'AUDITOR'] as const)('is for a %s too, for oneself', async (role) => {
    const { account, client } = await primary(service);
    const who = role === 'PRIMARY' ? account : await createSubUser(client, account, role);
    const session = role === 'PRIMARY' ? client : await signIn(service, who);
    const authenticator = await enable(service, session);
    const next = await signIn(service, who);
    expect(await viewer(next)).toMatchObject({ stage: 'MFA_CHALLENGE' });
    await answerChallenge(next, authenticator);
  });

  it('has a code asked for in other open sessions', async () => {
    const { account, client } = await primary(service);
    const other = await signIn(service, account);
    await enable(service, client);
    expect(await viewer(other)).toMatchObject({ stage: 'MFA_CHALLENGE', acr: 'aal1' });
  });

  it('counts wrong codes, and the set-up is over after ten', async () => {
    const { client } = await primary(service);
    const { id } = (await viewer(client)).user;
    const { enrollment, authenticator } = await startEnrollment(service, client);
    for (let left = 9; left >= 0; left -= 1) {
      const input = { enrollmentId: enrollment.id, code: authenticator.wrongCode() };
      const { userError, payload } = await mutate(client, 'enableMfa', input);
      expect(userError).toMatchObject({ __typename: 'MfaError', code: 'WRONG_CODE', attemptsLeft: left });
      expect(payload).toMatchObject({ user: null, outcome: null, recommendations: [] });
    }
    const right = { enrollmentId: enrollment.id, code: authenticator.code() };
    expect(await mutate(client, 'enableMfa', right)).toMatchObject({
      refusal: 'ENROLLMENT_ENDED',
      userError: { field: ['input', 'enrollmentId'] },
    });
    expect((await storedTypes(service, `mfa-${id}`)).slice(1)).toStrictEqual(
      Array<string>(10).fill('MfaEnrollmentCodeRejected'),
    );
    await enable(service, client);
  });

  it('is too late after ten minutes', async () => {
    const { client } = await primary(service);
    const { enrollment, authenticator } = await startEnrollment(service, client);
    service.clock.advance(10 * MINUTE - 1);
    expect((await viewer(client)).user.mfa.pendingEnrollment.id).toBe(enrollment.id);
    service.clock.advance(1);
    expect((await viewer(client)).user.mfa.pendingEnrollment).toBeNull();
    const input = { enrollmentId: enrollment.id, code: authenticator.code() };
    expect(await mutate(client, 'enableMfa', input)).toMatchObject({ refusal: 'ENROLLMENT_EXPIRED' });
  });

  it('is for the set-up that is pending, not for the one before', async () => {
    const { client } = await primary(service);
    const first = await startEnrollment(service, client);
    const second = await startEnrollment(service, client);
    const old = { enrollmentId: first.enrollment.id, code: first.authenticator.code() };
    expect(await mutate(client, 'enableMfa', old)).toMatchObject({ refusal: 'NOT_FOUND' });
    const mixed = { enrollmentId: second.enrollment.id, code: first.authenticator.code() };
    expect(await mutate(client, 'enableMfa', mixed)).toMatchObject({ refusal: 'WRONG_CODE' });
    const right = { enrollmentId: second.enrollment.id, code: second.authenticator.code() };
    expect(await mutate(client, 'enableMfa', right)).toMatchObject({ refusal: null });
  });

  it('refuses what is no code, without counting it', async () => {
    const { client } = await primary(service);
    const { enrollment } = await startEnrollment(service, client);
    const head = await headOf(service);
    expect(await mutate(client, 'enableMfa', { enrollmentId: enrollment.id, code: 'abcdef' })).toMatchObject({
      refusal: 'INVALID_CODE',
    });
    expect(await headOf(service)).toBe(head);
  });
});

describe('replacing a device', () => {
  it('leaves no gap: the old works until the new is proven, and never again after', async () => {
    const { account, client } = await primary(service, 'BEARER');
    const { id } = (await viewer(client)).user;
    const old = await enable(service, client, 'Phone');
    const other = await signIn(service, account);
    await answerChallenge(other, old);
    const { userError } = await mutate(client, 'startMfaEnrollment', { deviceName: 'Tablet' });
    const challengeId = userError.challenge.id;
    await succeed(client, 'verifyOperation', { challengeId, code: old.nextCode() });
    const started = await startEnrollment(service, client, { deviceName: 'Tablet', challengeId });
    const between = await signIn(service, account);
    await answerChallenge(between, old);
    expect((await viewer(client)).user.mfa).toMatchObject({ enabled: true, deviceName: 'Phone' });
    const pending = await signIn(service, account);
    const input = { enrollmentId: started.enrollment.id, code: started.authenticator.nextCode() };
    const payload = await succeed(client, 'enableMfa', input);
    takeToken(client, payload);
    expect(payload.user.mfa).toMatchObject({ enabled: true, deviceName: 'Tablet', deviceId: started.enrollment.id });
    for (const session of [other, between, pending]) expect(await viewer(session)).toBeNull();
    expect(await viewer(client)).toMatchObject({ stage: 'FULL', acr: 'aal2' });
    const next = await signIn(service, account);
    expect(await mutate(next, 'answerMfaChallenge', { code: old.nextCode() })).toMatchObject({
      refusal: 'WRONG_CODE',
    });
    await answerChallenge(next, started.authenticator);
    const [replaced] = (await storedEvents(service, `mfa-${id}`)).filter(({ type }) => type === 'MfaDeviceReplaced');
    expect(replaced?.data).toMatchObject({ newDeviceId: started.enrollment.id });
    expect(await storedTypes(service, `mfa-${id}`)).not.toContain('MfaDisabled');
  });

  it('that is given up leaves the old device as it was', async () => {
    const { account, client } = await primary(service);
    const old = await enable(service, client);
    const { userError } = await mutate(client, 'startMfaEnrollment', {});
    const challengeId = userError.challenge.id;
    await succeed(client, 'verifyOperation', { challengeId, code: old.nextCode() });
    const { enrollment } = await startEnrollment(service, client, { challengeId });
    await succeed(client, 'cancelMfaEnrollment', { enrollmentId: enrollment.id });
    expect((await viewer(client)).user.mfa).toMatchObject({ enabled: true, pendingEnrollment: null });
    await answerChallenge(await signIn(service, account), old);
  });
});
