/* eslint-disable max-lines -- it follows one document, heading by heading, in its order */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scan, type Authenticator } from '../support/authenticator.js';
import type { Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, mutate, succeed, viewer } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  fresh,
  primary,
  protectedPrimary,
  signIn,
  startEnrollment,
  takeToken,
  trySignIn,
  verified,
  type Account,
  type Credentials,
  type SubUser,
} from '../support/people.js';
import { heldSecrets, type HeldSecret } from '../support/held.js';
import { intendedModules, modulesOf } from '../support/qr-code.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents, textOf } from '../support/stored.js';

const MINUTE = 60_000;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** What signing in asks for. */
async function nextSignIn(credentials: Credentials): Promise<string> {
  return (await trySignIn(service.client(), credentials)).payload.outcome.__typename;
}

/** Signs in with password and code. */
async function signInWithCode(credentials: Credentials, authenticator: Authenticator): Promise<Client> {
  const client = await signIn(service, credentials);
  await answerChallenge(client, authenticator);
  return client;
}

async function stageOf(client: Client): Promise<string | null> {
  return (await viewer(client))?.stage ?? null;
}

async function mfaOf(client: Client, userId: string): Promise<Loose> {
  const query = 'query ($id: ID!) { user(id: $id) { mfa { enabled required requiredFrom deviceId deviceName } } }';
  return (await ask(client, query, { id: userId })).user.mfa;
}

/** Sets up a device for another user and enables it, after one's own verification. */
async function enableFor(client: Client, userId: string, own: Authenticator): Promise<Authenticator> {
  const { enrollment } = await verified(client, 'startMfaEnrollment', { userId, deviceName: 'Handed over' }, own);
  const theirs = scan(enrollment.otpauthUri, service.clock);
  await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code: theirs.code() });
  return theirs;
}

/** A primary with a device, and a sub-user. */
async function household() {
  const owner = await protectedPrimary(service);
  return { ...owner, sam: await createSubUser(owner.client, owner.account) };
}

/** A sub-user with a device and a session that is full. */
async function protectedSubUser(owner: { readonly client: Client; readonly account: Account }) {
  const sam = await createSubUser(owner.client, owner.account);
  const client = await signIn(service, sam);
  return { sam, client, authenticator: await enable(service, client) };
}

/** What the vault holds of a device's seed. */
async function held(deviceId: string): Promise<readonly HeldSecret[]> {
  return (await heldSecrets(service)).filter(({ id }) => id === deviceId);
}

async function seedIsDestroyed(client: Client, userId: string, deviceId: string): Promise<void> {
  await eventually(async () => {
    const query = `query ($id: ID!) {
      auditEvents(filter: { subjectId: $id, types: [MfaSecretDestroyed] }) { nodes { device { id } actor { kind } } } }`;
    const { auditEvents } = await ask(client, query, { id: userId });
    expect(auditEvents.nodes).toContainEqual({ device: { id: deviceId }, actor: { kind: 'SYSTEM' } });
  });
  const left = ({ destroyed, sealed }: HeldSecret) => !destroyed || sealed.some((byte) => byte !== 0);
  expect((await held(deviceId)).filter(left)).toStrictEqual([]);
}

describe('1. Primary Account Enables MFA Verification', () => {
  it('enters the enabling page after identity verification, by the password', async () => {
    const { account, client } = await primary(service);
    service.clock.advance(5 * MINUTE);
    const proof = { password: account.password };
    const { enrollment } = await verified(client, 'startMfaEnrollment', { deviceName: 'Phone' }, proof);
    const authenticator = scan(enrollment.otpauthUri, service.clock);
    await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code: authenticator.code() });
    expect((await viewer(client)).user.mfa).toMatchObject({ enabled: true, deviceName: 'Phone' });
    expect(await nextSignIn(account)).toBe('MfaChallengeRequired');
  });
});

describe('2. Primary Account Enables MFA Verification for Sub-user', () => {
  it('on behalf of the sub-user, after its own verification', async () => {
    const { client, authenticator, sam } = await household();
    const theirs = await enableFor(client, sam.userId, authenticator);
    expect(await mfaOf(client, sam.userId)).toMatchObject({ enabled: true, deviceName: 'Handed over' });
    expect(await nextSignIn(sam)).toBe('MfaChallengeRequired');
    expect(await stageOf(await signInWithCode(sam, theirs))).toBe('FULL');
  });

  it('also where the primary has no device: then its password is asked for, however fresh', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const { userError } = await mutate(client, 'startMfaEnrollment', { userId: sam.userId });
    expect(userError).toMatchObject({ code: 'VERIFICATION_REQUIRED', challenge: { methods: ['PASSWORD'] } });
  });

  it('which leaves the session of the primary as it is, and recommends operation protection', async () => {
    const { client, authenticator, sam } = await household();
    const { enrollment } = await verified(client, 'startMfaEnrollment', { userId: sam.userId }, authenticator);
    const theirs = scan(enrollment.otpauthUri, service.clock);
    const input = { enrollmentId: enrollment.id, code: theirs.code() };
    const before = new Map(client.cookies);
    const enabled = await succeed(client, 'enableMfa', input);
    expect(enabled).toMatchObject({ outcome: null, recommendations: ['OPERATION_PROTECTION'] });
    expect(client.cookies).toStrictEqual(before);
  });

  it('and the trail says who did it, for whom', async () => {
    const { client, authenticator, sam } = await household();
    const { id } = (await viewer(client)).user;
    await enableFor(client, sam.userId, authenticator);
    const query = `query ($id: ID!) {
      auditEvents(filter: { subjectId: $id, types: [MfaEnabled] }) { nodes { actor { id } subject { id } } } }`;
    const { auditEvents } = await ask(client, query, { id: sam.userId });
    expect(auditEvents.nodes).toStrictEqual([{ actor: { id }, subject: { id: sam.userId } }]);
  });

  it('a sub-user that is no administrator does it for nobody else', async () => {
    const { account, client, sam } = await household();
    const other = await signIn(service, await createSubUser(client, account));
    expect((await mutate(other, 'startMfaEnrollment', { userId: sam.userId })).refusal).toBe('FORBIDDEN');
  });

  describe('MFA Verification Must be Enabled', () => {
    it('leaves open sessions alone, and takes the next login to the enabling page', async () => {
      const { client, sam } = await household();
      const open = await signIn(service, sam);
      const { user } = await succeed(client, 'requireSubUserMfa', { userId: sam.userId });
      expect(user.mfa).toMatchObject({ enabled: false, required: true, requiredFrom: 'NEXT_SIGN_IN' });
      expect(await stageOf(open)).toBe('FULL');
      expect(await nextSignIn(sam)).toBe('MfaEnrollmentRequired');
    });

    it('no other operation can be done before it enables successfully; then the same session is full', async () => {
      const { client: owner, sam } = await household();
      await succeed(owner, 'requireSubUserMfa', { userId: sam.userId });
      const client = await signIn(service, sam, 'BEARER');
      const before = await viewer(client);
      expect(before).toMatchObject({ stage: 'MFA_ENROLLMENT', user: { id: sam.userId } });
      for (const name of ['disableMfa', 'changePassword', 'revokeSession']) {
        const input = { changePassword: { newPassword: fresh('another') }, revokeSession: { sessionId: 'any' } }[name];
        expect(await mutate(client, name, input ?? {})).toMatchObject({ refusal: 'MFA_ENROLLMENT_REQUIRED' });
      }
      const { authenticator, enrollment } = await startEnrollment(service, client);
      const input = { enrollmentId: enrollment.id };
      expect(await mutate(client, 'enableMfa', { ...input, code: authenticator.wrongCode() })).toMatchObject({
        refusal: 'WRONG_CODE',
      });
      expect(await stageOf(client)).toBe('MFA_ENROLLMENT');
      const enabled = await succeed(client, 'enableMfa', { ...input, code: authenticator.code() });
      expect(enabled.outcome).toMatchObject({ __typename: 'SignedIn', viewer: { stage: 'FULL', acr: 'aal2' } });
      takeToken(client, enabled);
      expect(await viewer(client)).toMatchObject({ stage: 'FULL', session: { id: before.session.id } });
      expect(await stageOf(await signInWithCode(sam, authenticator))).toBe('FULL');
    });

    it('an enabling that was begun may be given up and begun again, with a verification once the password is old', async () => {
      const { client: owner, sam } = await household();
      await succeed(owner, 'requireSubUserMfa', { userId: sam.userId });
      const client = await signIn(service, sam);
      const { enrollment } = await startEnrollment(service, client);
      await succeed(client, 'cancelMfaEnrollment', { enrollmentId: enrollment.id });
      service.clock.advance(5 * MINUTE);
      const again = await verified(client, 'startMfaEnrollment', {}, { password: sam.password });
      const authenticator = scan(again.enrollment.otpauthUri, service.clock);
      await succeed(client, 'enableMfa', { enrollmentId: again.enrollment.id, code: authenticator.code() });
      expect(await stageOf(client)).toBe('FULL');
    });

    it('where it is to count immediately, open sessions can do nothing else either', async () => {
      const { client: owner, sam } = await household();
      const open = await signIn(service, sam);
      await succeed(owner, 'requireSubUserMfa', { userId: sam.userId, effective: 'IMMEDIATELY' });
      expect(await mfaOf(owner, sam.userId)).toMatchObject({ requiredFrom: 'IMMEDIATELY' });
      expect(await stageOf(open)).toBe('MFA_ENROLLMENT');
      expect((await mutate(open, 'disableMfa', {})).refusal).toBe('MFA_ENROLLMENT_REQUIRED');
      await enable(service, open);
      expect(await stageOf(open)).toBe('FULL');
    });

    it('does not touch a sub-user that has enabled it already', async () => {
      const { client: owner, account } = await household();
      const { sam, client, authenticator } = await protectedSubUser({ client: owner, account });
      await succeed(owner, 'requireSubUserMfa', { userId: sam.userId, effective: 'IMMEDIATELY' });
      expect(await stageOf(client)).toBe('FULL');
      expect(await stageOf(await signInWithCode(sam, authenticator))).toBe('FULL');
    });

    it('can be asked for from the creation of the sub-user on', async () => {
      const { client, account } = await household();
      const sam = await createSubUser(client, account, 'MEMBER', { requireMfa: true });
      expect(await mfaOf(client, sam.userId)).toMatchObject({ required: true, requiredFrom: 'NEXT_SIGN_IN' });
      expect(await nextSignIn(sam)).toBe('MfaEnrollmentRequired');
    });

    it('is taken back after a verification, with a reason in the trail', async () => {
      const { client, authenticator, sam } = await household();
      await succeed(client, 'requireSubUserMfa', { userId: sam.userId });
      const waiting = await signIn(service, sam);
      const input = { userId: sam.userId, reason: 'Lost in the post' };
      const { user } = await verified(client, 'waiveSubUserMfa', input, authenticator);
      expect(user.mfa).toMatchObject({ required: false, requiredFrom: null });
      expect(await stageOf(waiting)).toBe('FULL');
      expect(await nextSignIn(sam)).toBe('SignedIn');
      const waived = (await storedEvents(service, `mfa-${sam.userId}`)).filter(
        ({ type }) => type === 'SubUserMfaWaived',
      );
      expect(waived).toHaveLength(1);
      expect(textOf(waived)).not.toContain(input.reason);
    });

    it.each(['x'.repeat(257), 'bell\u0007'])('is not taken back for the reason %j', async (reason) => {
      const { client, sam } = await household();
      expect(await mutate(client, 'waiveSubUserMfa', { userId: sam.userId, reason })).toMatchObject({
        refusal: 'INVALID_REASON',
        userError: { field: ['input', 'reason'] },
      });
    });

    it('is asked for by the primary and by administrators, of those whom they manage only', async () => {
      const { client: owner, account, sam } = await household();
      const admin = await createSubUser(owner, account, 'ADMIN');
      const other = await createSubUser(owner, account, 'ADMIN');
      const client = await signIn(service, admin);
      await succeed(client, 'requireSubUserMfa', { userId: sam.userId });
      for (const { userId } of [admin, other]) {
        expect((await mutate(client, 'requireSubUserMfa', { userId })).refusal).toBe('FORBIDDEN');
      }
      const stranger = await household();
      expect((await mutate(client, 'requireSubUserMfa', { userId: stranger.sam.userId })).refusal).toBe('NOT_FOUND');
    });
  });
});

describe('3. Sub-user Enables MFA Verification on Its Own', () => {
  it('after login, from a session that is full', async () => {
    const { client: owner, sam } = await household();
    const client = await signIn(service, sam);
    expect(await stageOf(client)).toBe('FULL');
    const authenticator = await enable(service, client, 'My own phone');
    expect(await mfaOf(owner, sam.userId)).toMatchObject({ enabled: true, deviceName: 'My own phone' });
    expect(await nextSignIn(sam)).toBe('MfaChallengeRequired');
    expect(await stageOf(await signInWithCode(sam, authenticator))).toBe('FULL');
  });
});

describe('MFA Verification Enabling Process', () => {
  let account: Account;
  let client: Client;
  let authenticator: Authenticator;
  let enrollment: Loose;

  beforeAll(async () => {
    ({ account, client } = await primary(service));
    ({ authenticator, enrollment } = await startEnrollment(service, client, { deviceName: 'Phone' }));
  });

  describe('Step 1: Obtain and enter the MFA verification code', () => {
    it('(1) Obtain MFA verification code: the page has a QR code of the key, which refreshes a code every 30 seconds', () => {
      expect(modulesOf(enrollment.qrCode)).toStrictEqual(intendedModules(enrollment.otpauthUri));
      expect(authenticator.totp).toMatchObject({ period: 30, digits: 6, algorithm: 'SHA1' });
      expect(authenticator.totp.secret.base32).toBe(enrollment.secret);
      expect(authenticator.code()).toMatch(/^\d{6}$/);
    });

    it('(2) Enter the MFA verification code: six digits, within their validity period', async () => {
      const enrollmentId = enrollment.id;
      for (const code of ['12345', 'abcdef', '']) {
        expect((await mutate(client, 'enableMfa', { enrollmentId, code })).refusal).toBe('INVALID_CODE');
      }
      const late = authenticator.code(-4);
      expect((await mutate(client, 'enableMfa', { enrollmentId, code: late })).refusal).toBe('WRONG_CODE');
      expect((await viewer(client)).user.mfa.enabled).toBe(false);
    });
  });

  describe('Step 2: Setting Succeeded', () => {
    it('one code is associated, and improving the security further is recommended', async () => {
      const input = { enrollmentId: enrollment.id, code: authenticator.code() };
      const { user, recommendations } = await succeed(client, 'enableMfa', input);
      expect(user.mfa).toMatchObject({ enabled: true, deviceId: enrollment.id, deviceName: 'Phone' });
      expect(recommendations).toStrictEqual(['OPERATION_PROTECTION', 'RECOVERY_CODES']);
    });

    it('the next time one logs in, the dynamic code is to be verified', async () => {
      expect(await nextSignIn(account)).toBe('MfaChallengeRequired');
      expect(await stageOf(await signInWithCode(account, authenticator))).toBe('FULL');
    });
  });
});

describe('Disable virtual MFA equipment', () => {
  /** Disables one's own device by a code of it. */
  async function disableOwn(client: Client, authenticator: Authenticator): Promise<Loose> {
    return verified(client, 'disableMfa', {}, authenticator);
  }

  it('passes the safety operation verification first, by the current code', async () => {
    const { client, account, authenticator } = await protectedPrimary(service);
    const { userError } = await mutate(client, 'disableMfa', {});
    const { id: challengeId, methods, operation } = userError.challenge;
    expect({ methods, operation }).toStrictEqual({ methods: ['VIRTUAL_MFA'], operation: 'DISABLE_MFA' });
    const wrong = { challengeId, code: authenticator.wrongCode() };
    expect((await mutate(client, 'verifyOperation', wrong)).refusal).toBe('WRONG_CODE');
    expect((await mutate(client, 'disableMfa', { challengeId })).refusal).toBe('VERIFICATION_REQUIRED');
    await succeed(client, 'verifyOperation', { challengeId, code: authenticator.nextCode() });
    const { user } = await succeed(client, 'disableMfa', { challengeId });
    expect(user.mfa).toMatchObject({ enabled: false, deviceId: null, deviceName: null });
    expect(await nextSignIn(account)).toBe('SignedIn');
  });

  it('makes the codes of the associated equipment unavailable, and its seed is destroyed', async () => {
    const { client, authenticator } = await protectedPrimary(service);
    const { id: userId, mfa } = (await viewer(client)).user;
    expect(await held(mfa.deviceId)).toMatchObject([{ kind: 'seed' }]);
    await disableOwn(client, authenticator);
    await seedIsDestroyed(client, userId, mfa.deviceId);
    const { enrollment } = await startEnrollment(service, client);
    const input = { enrollmentId: enrollment.id, code: authenticator.nextCode() };
    expect((await mutate(client, 'enableMfa', input)).refusal).toBe('WRONG_CODE');
  });

  it('restarting it associates new equipment: another device, another seed', async () => {
    const { client, account, authenticator } = await protectedPrimary(service);
    const { deviceId } = (await viewer(client)).user.mfa;
    await disableOwn(client, authenticator);
    const again = await startEnrollment(service, client);
    expect(again.enrollment.secret).not.toBe(authenticator.totp.secret.base32);
    const input = { enrollmentId: again.enrollment.id, code: again.authenticator.code() };
    await succeed(client, 'enableMfa', input);
    expect((await viewer(client)).user.mfa.deviceId).not.toBe(deviceId);
    const next = await signIn(service, account);
    expect((await mutate(next, 'answerMfaChallenge', { code: authenticator.nextCode() })).refusal).toBe('WRONG_CODE');
    await answerChallenge(next, again.authenticator);
  });

  it('to replace the token, the old one is disassociated and the new one associated later', async () => {
    const { client, account, authenticator } = await protectedPrimary(service);
    await disableOwn(client, authenticator);
    const later = await signIn(service, account);
    const fresher = await enable(service, later, 'New phone');
    expect(await stageOf(await signInWithCode(account, fresher))).toBe('FULL');
  });

  it('or the new one takes the place of the old at once, whose seed is destroyed', async () => {
    const { client, account, authenticator } = await protectedPrimary(service);
    const { id: userId, mfa } = (await viewer(client)).user;
    const { enrollment } = await verified(client, 'startMfaEnrollment', { deviceName: 'New phone' }, authenticator);
    const fresher = scan(enrollment.otpauthUri, service.clock);
    await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code: fresher.code() });
    await seedIsDestroyed(client, userId, mfa.deviceId);
    expect(await stageOf(await signInWithCode(account, fresher))).toBe('FULL');
  });

  it('ends the other sessions of the user, and not the one that did it', async () => {
    const { client, account, authenticator } = await protectedPrimary(service);
    const other = await signInWithCode(account, authenticator);
    await disableOwn(client, authenticator);
    expect(await stageOf(client)).toBe('FULL');
    expect(await stageOf(other)).toBeNull();
  });

  it('while it must be enabled, has the session enable it anew at once, and ends the others', async () => {
    const { client: owner, account } = await household();
    const { sam, client, authenticator } = await protectedSubUser({ client: owner, account });
    await succeed(owner, 'requireSubUserMfa', { userId: sam.userId });
    const other = await signInWithCode(sam, authenticator);
    await disableOwn(client, authenticator);
    expect(await stageOf(client)).toBe('MFA_ENROLLMENT');
    expect((await mutate(client, 'disableMfa', {})).refusal).toBe('MFA_ENROLLMENT_REQUIRED');
    expect(await stageOf(other)).toBeNull();
    await enableAnew(client, sam);
    expect(await stageOf(client)).toBe('FULL');
  });

  /** Enables a device in a session whose password may be too old to serve. */
  async function enableAnew(client: Client, { password }: SubUser): Promise<void> {
    service.clock.advance(5 * MINUTE);
    const { enrollment } = await verified(client, 'startMfaEnrollment', {}, { password });
    const authenticator = scan(enrollment.otpauthUri, service.clock);
    await succeed(client, 'enableMfa', { enrollmentId: enrollment.id, code: authenticator.code() });
  }

  it("the primary disables a sub-user's, say of a phone that was lost, after its own verification", async () => {
    const { client: owner, account, authenticator } = await household();
    const { sam, client } = await protectedSubUser({ client: owner, account });
    const { deviceId } = await mfaOf(owner, sam.userId);
    const { user } = await verified(owner, 'disableMfa', { userId: sam.userId }, authenticator);
    expect(user).toMatchObject({ id: sam.userId, mfa: { enabled: false } });
    await seedIsDestroyed(owner, sam.userId, deviceId);
    expect(await stageOf(client)).toBeNull();
    expect(await stageOf(owner)).toBe('FULL');
    expect(await nextSignIn(sam)).toBe('SignedIn');
  });

  it('says so where there is nothing to disable', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    for (const input of [{}, { userId: sam.userId }]) {
      expect((await mutate(client, 'disableMfa', input)).refusal).toBe('MFA_NOT_ENABLED');
    }
  });

  it('is not done by a sub-user for another, and never across accounts', async () => {
    const { client: owner, account } = await household();
    const { sam } = await protectedSubUser({ client: owner, account });
    const other = await signIn(service, await createSubUser(owner, account, 'AUDITOR'));
    expect((await mutate(other, 'disableMfa', { userId: sam.userId })).refusal).toBe('FORBIDDEN');
    const stranger = await primary(service);
    expect((await mutate(stranger.client, 'disableMfa', { userId: sam.userId })).refusal).toBe('NOT_FOUND');
  });
});
