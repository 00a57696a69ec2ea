/* eslint-disable max-lines -- a row for every command */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '../../src/eventstore/event-store.js';
import { createClient, type Client, type Loose } from '../support/client.js';
import { countAppends, type Counted } from '../support/counted-store.js';
import { eventually } from '../support/eventually.js';
import { prepareDoom, type Doom } from '../support/kill-points.js';
import { mutate, succeed, viewer, type Outcome } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  fresh,
  primary,
  signIn,
  startEnrollment,
  trySignIn,
  type Credentials,
} from '../support/people.js';
import type { Authenticator } from '../support/authenticator.js';
import { movableClock, PRODUCTION, START, startService, type Given, type TestService } from '../support/service.js';
import { heldSecrets } from '../support/held.js';
import { storedEvents, storedTypes } from '../support/stored.js';

const ENVIRONMENT = { KEY_RING: PRODUCTION.KEY_RING };
const STEP = 30_000;
const LEASE = 30_000;

const clock = movableClock();
let doom: Doom;

beforeAll(() => {
  doom = prepareDoom();
});

afterAll(() => doom.stop());

/** Where a command is sent: to a service that will be killed, or to one that runs on. */
type Place = Pick<TestService, 'client'>;

/** A command on a folder where everything it needs has happened. */
interface Prepared {
  readonly send: (place: Place) => Promise<Outcome>;
  /** Sends it once more after the crash, as somebody would who got no answer; a step further on the clock. */
  readonly repeat: (service: TestService) => Promise<void>;
  /** What holds in the end, with a crash and without. */
  readonly check: (service: TestService) => Promise<void>;
}

interface Command {
  readonly name: string;
  readonly appends: number;
  readonly counted?: Counted;
  /** What it is refused with where that is how it is done. */
  readonly refusal?: string;
  /** What is recorded once by it in the end. */
  readonly once: readonly string[];
  readonly prepare: (service: TestService) => Promise<Prepared>;
}

function by(place: Place, token: string | null): Client {
  return Object.assign(place.client(), { token });
}

function tokenOf({ token }: Client): string {
  if (token === null) throw new Error('nobody is signed in');
  return token;
}

/** Has a guarded operation verified that was just asked for; the id of its challenge. */
async function verification(client: Client, name: string, input: Loose, proof: Loose): Promise<string> {
  const { userError } = await mutate(client, name, input);
  await succeed(client, 'verifyOperation', { challengeId: userError.challenge.id, ...proof });
  return userError.challenge.id;
}

/** Repeats a guarded operation; where its verification was wasted, with a fresh one. */
async function repeatGuarded(client: Client, name: string, input: Loose, proof: () => Loose): Promise<Loose> {
  const { refusal, userError, payload } = await mutate(client, name, input);
  if (refusal === null) return payload;
  expect(refusal).toBe('VERIFICATION_REQUIRED');
  const challengeId = userError.challenge.id;
  await succeed(client, 'verifyOperation', { challengeId, ...proof() });
  return succeed(client, name, { ...input, challengeId });
}

/** Signs in from nothing, with a code where there is a device; whoever is signed in then. */
async function signInAnew(service: TestService, person: Credentials, device?: Authenticator): Promise<Loose> {
  const client = await signIn(service, person, 'BEARER');
  if (device !== undefined) await answerChallenge(client, device);
  return viewer(client);
}

async function refusalOf(service: TestService, person: Credentials): Promise<string | null> {
  return (await trySignIn(service.client(), person)).refusal;
}

/** An account whose sub-user is signed in, by password alone or with a device. */
async function withSubUser(service: TestService) {
  const { account, client } = await primary(service, 'BEARER');
  const sam = await createSubUser(client, account);
  const session = await signIn(service, sam, 'BEARER');
  return { account, primary: tokenOf(client), sam, session };
}

/** An account with a service that has a credential, and a challenge for an operation of it. */
async function withServiceChallenge(service: TestService) {
  const { client, account } = await primary(service, 'BEARER');
  const [input, proof] = [{ name: 'Virtual machines', service: 'vm' }, { password: account.password }];
  const challengeId = await verification(client, 'createServiceCredential', input, proof);
  const { credential } = await succeed(client, 'createServiceCredential', { ...input, challengeId });
  const wanted = { service: 'vm', operation: 'vm:DeleteInstance', resource: 'i-123', argumentsDigest: 'A'.repeat(43) };
  const { challenge } = await succeed(client, 'requestOperationVerification', wanted);
  return { token: tokenOf(client), answer: { challengeId: challenge.id, ...proof }, credential: String(credential) };
}

async function withDevice(service: TestService) {
  const { session, ...rest } = await withSubUser(service);
  const device = await enable(service, session);
  clock.advance(STEP);
  return { ...rest, session, device, token: tokenOf(session) };
}

const commands: readonly Command[] = [
  {
    name: 'registerAccount',
    appends: 4,
    once: ['PrimaryAccountRegistered'],
    async prepare() {
      const input = { alias: fresh('acme'), email: `${fresh('ada')}@example.com`, password: fresh('correct horse') };
      const send = (place: Place) => mutate(place.client(), 'registerAccount', input);
      const owner = { account: null, username: input.email, password: input.password };
      return {
        send,
        repeat: async (service) => expect((await send(service)).refusal).toBeNull(),
        check: async (service) => expect((await signInAnew(service, owner)).stage).toBe('FULL'),
      };
    },
  },
  {
    name: 'createSubUser with a requirement',
    appends: 3,
    once: ['UserCreated'],
    async prepare(service) {
      const { client, account } = await primary(service, 'BEARER');
      const token = tokenOf(client);
      const input = { username: 'sam', password: fresh('battery staple'), requireMfa: true };
      const send = (place: Place) => mutate(by(place, token), 'createSubUser', input);
      const sam = { ...input, account: account.alias };
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        check: async (again) => expect((await signInAnew(again, sam)).stage).toBe('MFA_ENROLLMENT'),
      };
    },
  },
  {
    name: 'signIn after a wrong password',
    appends: 2,
    once: ['SessionStarted'],
    async prepare(service) {
      const { sam } = await withSubUser(service);
      await trySignIn(service.client(), { ...sam, password: 'another one' });
      const send = (place: Place) => trySignIn(place.client(), sam, 'BEARER');
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        check: async (again) =>
          expect(await refusalOf(again, { ...sam, password: 'another one' })).toBe('SIGN_IN_FAILED'),
      };
    },
  },
  {
    name: 'answerMfaChallenge with the right code',
    appends: 2,
    once: ['SessionRaised'],
    async prepare(service) {
      const { sam, device } = await withDevice(service);
      const challenge = tokenOf(await signIn(service, sam, 'BEARER'));
      const send = (place: Place) => mutate(by(place, challenge), 'answerMfaChallenge', { code: device.code() });
      return {
        send,
        async repeat(again) {
          const { payload } = await send(again);
          expect((await viewer(by(again, payload.outcome.token))).stage).toBe('FULL');
        },
        check: async (again) => expect((await signInAnew(again, sam, device)).stage).toBe('FULL'),
      };
    },
  },
  {
    name: 'answerMfaChallenge with the fifth wrong code',
    appends: 2,
    refusal: 'WRONG_CODE',
    once: ['MfaCodeRejected'],
    async prepare(service) {
      const { sam, device } = await withDevice(service);
      const client = await signIn(service, sam, 'BEARER');
      const challenge = tokenOf(client);
      const wrong = { code: device.wrongCode() };
      for (let n = 1; n < 5; n += 1) await mutate(client, 'answerMfaChallenge', wrong);
      const send = (place: Place) => mutate(by(place, challenge), 'answerMfaChallenge', wrong);
      return {
        send,
        repeat: async (again) => expect(['WRONG_CODE', 'UNAUTHENTICATED']).toContain((await send(again)).refusal),
        async check(again) {
          expect(await viewer(by(again, challenge))).toBeNull();
          const right = await mutate(by(again, challenge), 'answerMfaChallenge', { code: device.code() });
          expect(right.refusal).toBe('UNAUTHENTICATED');
          expect((await signInAnew(again, sam, device)).stage).toBe('FULL');
        },
      };
    },
  },
  {
    name: 'answerMfaChallenge with a recovery code',
    appends: 2,
    once: ['SessionRaised'],
    async prepare(service) {
      const { sam, session, device } = await withDevice(service);
      const { recoveryCodes } = await succeed(session, 'generateRecoveryCodes', {});
      const [recoveryCode, another] = recoveryCodes;
      const challenge = tokenOf(await signIn(service, sam, 'BEARER'));
      const send = (place: Place) => mutate(by(place, challenge), 'answerMfaChallenge', { recoveryCode });
      return {
        send,
        async repeat(again) {
          // Where it was used up for nothing there are others.
          const { refusal, payload } = await send(again);
          expect([null, 'WRONG_RECOVERY_CODE']).toContain(refusal);
          const answered =
            refusal === null
              ? payload
              : await succeed(by(again, challenge), 'answerMfaChallenge', { recoveryCode: another });
          expect((await viewer(by(again, answered.outcome.token))).stage).toBe('FULL');
        },
        async check(again) {
          expect((await send(again)).refusal).not.toBeNull();
          expect((await signInAnew(again, sam, device)).stage).toBe('FULL');
        },
      };
    },
  },
  {
    name: 'generateRecoveryCodes in place of others',
    appends: 2,
    once: ['RecoveryCodesGenerated'],
    async prepare(service) {
      const { sam, session, device, token } = await withDevice(service);
      const [before] = (await succeed(session, 'generateRecoveryCodes', {})).recoveryCodes;
      const challengeId = await verification(session, 'generateRecoveryCodes', {}, { code: device.code() });
      return {
        send: (place) => mutate(by(place, token), 'generateRecoveryCodes', { challengeId }),
        async repeat(again) {
          const proof = () => ({ code: device.code() });
          const anew = await repeatGuarded(by(again, token), 'generateRecoveryCodes', { challengeId }, proof);
          expect(anew.recoveryCodes).toHaveLength(10);
        },
        async check(again) {
          const client = await signIn(again, sam, 'BEARER');
          const outcome = await mutate(client, 'answerMfaChallenge', { recoveryCode: before });
          expect(outcome.refusal).toBe('WRONG_RECOVERY_CODE');
        },
      };
    },
  },
  {
    name: 'startMfaEnrollment with a challenge',
    appends: 2,
    once: ['MfaEnrollmentStarted'],
    async prepare(service) {
      const { session, device, token } = await withDevice(service);
      const input = { deviceName: 'Tablet' };
      const challengeId = await verification(session, 'startMfaEnrollment', input, { code: device.code() });
      const guarded = { ...input, challengeId };
      return {
        send: (place) => mutate(by(place, token), 'startMfaEnrollment', guarded),
        async repeat(again) {
          await repeatGuarded(by(again, token), 'startMfaEnrollment', guarded, () => ({ code: device.code() }));
        },
        async check(again) {
          const { user } = await viewer(by(again, token));
          expect(user.mfa).toMatchObject({ enabled: true, deviceName: 'Phone', pendingEnrollment: input });
        },
      };
    },
  },
  ...(['code', 'password'] as const).map((kind): Command => ({
    name: `verifyOperation by ${kind}`,
    appends: 2,
    once: ['OperationVerified'],
    async prepare(service) {
      const { account, client } = await primary(service, 'BEARER');
      const device = kind === 'code' ? await enable(service, client) : null;
      const token = tokenOf(client);
      const input = { newPassword: fresh('brand new words') };
      const { userError } = await mutate(by(service, token), 'changePassword', input);
      const challengeId = userError.challenge.id as string;
      // A success after a failure is recorded as well.
      if (kind === 'password') await mutate(by(service, token), 'verifyOperation', { challengeId, password: 'no' });
      const proof = () => (device === null ? { password: account.password } : { code: device.code() });
      const send = (place: Place) => mutate(by(place, token), 'verifyOperation', { challengeId, ...proof() });
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        async check(again) {
          await succeed(by(again, token), 'changePassword', { ...input, challengeId });
          const second = await mutate(by(again, token), 'changePassword', {
            newPassword: fresh('others'),
            challengeId,
          });
          expect(second.refusal).toBe('VERIFICATION_REQUIRED');
        },
      };
    },
  })),
  {
    name: 'enableMfa for a first device',
    appends: 2,
    once: ['MfaEnabled'],
    async prepare(service) {
      const { sam, session } = await withSubUser(service);
      const token = tokenOf(session);
      const { authenticator, enrollment } = await startEnrollment(service, session, { deviceName: 'Phone' });
      const send = (place: Place) =>
        mutate(by(place, token), 'enableMfa', { enrollmentId: enrollment.id, code: authenticator.code() });
      return {
        send,
        // A session that was killed before it rose owes a code of the device that it has enabled.
        repeat: async (again) =>
          expect([null, 'NOT_FOUND', 'MFA_CHALLENGE_REQUIRED']).toContain((await send(again)).refusal),
        check: async (again) => expect((await signInAnew(again, sam, authenticator)).user.mfa.enabled).toBe(true),
      };
    },
  },
  {
    name: 'enableMfa in place of another device',
    appends: 2,
    once: ['MfaDeviceReplaced'],
    async prepare(service) {
      const { sam, session, token, device } = await withDevice(service);
      const bystander = tokenOf(await signIn(service, sam, 'BEARER'));
      const input = { deviceName: 'Tablet' };
      const challengeId = await verification(session, 'startMfaEnrollment', input, { code: device.code() });
      const { authenticator, enrollment } = await startEnrollment(service, session, { ...input, challengeId });
      const send = (place: Place) =>
        mutate(by(place, token), 'enableMfa', { enrollmentId: enrollment.id, code: authenticator.code() });
      return {
        send,
        repeat: async (again) =>
          expect([null, 'NOT_FOUND', 'UNAUTHENTICATED', 'MFA_CHALLENGE_REQUIRED']).toContain(
            (await send(again)).refusal,
          ),
        async check(again) {
          expect(await viewer(by(again, bystander))).toBeNull();
          const { user } = await signInAnew(again, sam, authenticator);
          expect(user.mfa).toMatchObject({ deviceName: 'Tablet', pendingEnrollment: null });
          const challenge = await signIn(again, sam, 'BEARER');
          const old = await mutate(challenge, 'answerMfaChallenge', { code: device.nextCode() });
          expect(old.refusal).toBe('WRONG_CODE');
        },
      };
    },
  },
  {
    name: 'disableMfa',
    appends: 2,
    once: ['MfaDisabled'],
    async prepare(service) {
      const { sam, session, token, device } = await withDevice(service);
      const challengeId = await verification(session, 'disableMfa', {}, { code: device.code() });
      return {
        send: (place) => mutate(by(place, token), 'disableMfa', { challengeId }),
        async repeat(again) {
          await repeatGuarded(by(again, token), 'disableMfa', { challengeId }, () => ({ code: device.code() }));
        },
        check: async (again) => expect((await signInAnew(again, sam)).user.mfa.enabled).toBe(false),
      };
    },
  },
  {
    name: 'waiveSubUserMfa',
    appends: 2,
    once: ['SubUserMfaWaived'],
    async prepare(service) {
      const { account, primary: token, sam } = await withSubUser(service);
      const client = by(service, token);
      await succeed(client, 'requireSubUserMfa', { userId: sam.userId, effective: 'IMMEDIATELY' });
      const input = { userId: sam.userId, reason: 'on leave' };
      const proof = { password: account.password };
      const guarded = { ...input, challengeId: await verification(client, 'waiveSubUserMfa', input, proof) };
      return {
        send: (place) => mutate(by(place, token), 'waiveSubUserMfa', guarded),
        async repeat(again) {
          await repeatGuarded(by(again, token), 'waiveSubUserMfa', guarded, () => proof);
        },
        check: async (again) => expect((await signInAnew(again, sam)).stage).toBe('FULL'),
      };
    },
  },
  {
    name: 'changePassword',
    appends: 2,
    once: ['PasswordChanged'],
    async prepare(service) {
      const { sam, session } = await withSubUser(service);
      const token = tokenOf(session);
      const bystander = tokenOf(await signIn(service, sam, 'BEARER'));
      const input = { newPassword: fresh('brand new words') };
      const proof = { password: sam.password };
      const guarded = { ...input, challengeId: await verification(session, 'changePassword', input, proof) };
      return {
        send: (place) => mutate(by(place, token), 'changePassword', guarded),
        async repeat(again) {
          await repeatGuarded(by(again, token), 'changePassword', guarded, () => proof);
        },
        async check(again) {
          expect((await viewer(by(again, token))).stage).toBe('FULL');
          expect(await viewer(by(again, bystander))).toBeNull();
          expect(await refusalOf(again, sam)).toBe('SIGN_IN_FAILED');
          expect((await signInAnew(again, { ...sam, password: input.newPassword })).stage).toBe('FULL');
        },
      };
    },
  },
  {
    name: 'resetSubUserPassword',
    appends: 1,
    once: ['PasswordReset'],
    async prepare(service) {
      const { primary: token, sam, session } = await withSubUser(service);
      const bystander = tokenOf(session);
      const newPassword = fresh('brand new words');
      const send = (place: Place) =>
        mutate(by(place, token), 'resetSubUserPassword', { userId: sam.userId, newPassword });
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        async check(again) {
          expect(await viewer(by(again, bystander))).toBeNull();
          expect(await refusalOf(again, sam)).toBe('SIGN_IN_FAILED');
          expect((await signInAnew(again, { ...sam, password: newPassword })).stage).toBe('PASSWORD_CHANGE');
        },
      };
    },
  },
  {
    name: 'renameUser',
    appends: 2,
    once: ['UserRenamed'],
    async prepare(service) {
      const { primary: token, sam } = await withSubUser(service);
      const send = (place: Place) => mutate(by(place, token), 'renameUser', { userId: sam.userId, username: 'samuel' });
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        async check(again) {
          expect(await refusalOf(again, sam)).toBe('SIGN_IN_FAILED');
          expect((await signInAnew(again, { ...sam, username: 'samuel' })).user.id).toBe(sam.userId);
          const { username } = sam;
          await succeed(by(again, token), 'createSubUser', { username, password: fresh('battery staple') });
        },
      };
    },
  },
  {
    name: 'deleteSubUser',
    appends: 2,
    once: ['UserDeleted', 'NameReleased'],
    async prepare(service) {
      const { primary: token, sam, session } = await withDevice(service);
      const bystander = tokenOf(session);
      const send = (place: Place) => mutate(by(place, token), 'deleteSubUser', { userId: sam.userId });
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        async check(again) {
          expect(await viewer(by(again, bystander))).toBeNull();
          expect(await refusalOf(again, sam)).toBe('SIGN_IN_FAILED');
          await eventually(async () => expect(await secretsOf(again, sam.userId, ['seed', 'password'])).toBe(0));
          const { username, password } = sam;
          await succeed(by(again, token), 'createSubUser', { username, password });
        },
      };
    },
  },
  {
    name: 'eraseUser',
    appends: 1,
    once: ['UserErased'],
    async prepare(service) {
      const { primary: token, sam } = await withSubUser(service);
      await succeed(by(service, token), 'deleteSubUser', { userId: sam.userId });
      const send = (place: Place) => mutate(by(place, token), 'eraseUser', { userId: sam.userId });
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        check: async (again) => expect(await secretsOf(again, sam.userId, ['person'])).toBe(0),
      };
    },
  },
  {
    name: 'createAuditToken',
    appends: 2,
    once: ['AuditTokenCreated'],
    async prepare(service) {
      const { client, account } = await primary(service, 'BEARER');
      const token = tokenOf(client);
      const input = { name: 'SIEM', scopes: ['READ'] };
      const proof = { password: account.password };
      const guarded = { ...input, challengeId: await verification(client, 'createAuditToken', input, proof) };
      return {
        send: (place) => mutate(by(place, token), 'createAuditToken', guarded),
        async repeat(again) {
          const { token: issued } = await repeatGuarded(by(again, token), 'createAuditToken', guarded, () => proof);
          const trail = await by(again, issued).send('{ auditEvents(first: 1) { nodes { type } } }');
          expect(trail.body.data.auditEvents.nodes).toStrictEqual([{ type: 'AuditTokenUsed' }]);
        },
        async check(again) {
          const { body } = await by(again, token).send('{ auditTokens { nodes { name revokedAt } } }');
          expect(body.data.auditTokens.nodes).toStrictEqual([{ name: 'SIEM', revokedAt: null }]);
        },
      };
    },
  },
  {
    name: 'verifyOperation for another service',
    appends: 1,
    once: ['OperationVerified', 'VerificationGrantIssued'],
    async prepare(service) {
      const { token, answer } = await withServiceChallenge(service);
      const send = (place: Place) => mutate(by(place, token), 'verifyOperation', answer);
      return {
        send,
        repeat: async (again) => expect((await send(again)).payload.grant).toMatch(/^ey/),
        check: async (again) => expect((await send(again)).refusal).toBe('GRANT_ALREADY_ISSUED'),
      };
    },
  },
  {
    name: 'redeemVerificationGrant',
    appends: 1,
    once: ['VerificationGrantRedeemed'],
    async prepare(service) {
      const { token, answer, credential } = await withServiceChallenge(service);
      const { grant } = await succeed(by(service, token), 'verifyOperation', answer);
      const send = (place: Place) => mutate(by(place, credential), 'redeemVerificationGrant', { grant });
      return {
        send,
        repeat: async (again) => expect((await send(again)).payload.redemption).not.toBeNull(),
        check: async (again) => expect((await send(again)).refusal).toBe('GRANT_ALREADY_REDEEMED'),
      };
    },
  },
  {
    name: 'unlockUser',
    appends: 2,
    once: ['MfaUnlocked', 'PasswordBackOffCleared'],
    async prepare(service) {
      const { primary: token, sam, device } = await withDevice(service);
      await mutate(await signIn(service, sam, 'BEARER'), 'answerMfaChallenge', { code: device.wrongCode() });
      for (let n = 0; n < 5; n += 1) await trySignIn(service.client(), { ...sam, password: 'another one' });
      const send = (place: Place) => mutate(by(place, token), 'unlockUser', { userId: sam.userId });
      return {
        send,
        repeat: async (again) => expect((await send(again)).refusal).toBeNull(),
        check: async (again) => expect((await signInAnew(again, sam, device)).stage).toBe('FULL'),
      };
    },
  },
  {
    name: 'the seed of a disabled device is destroyed',
    appends: 4,
    counted: 'SYSTEM',
    once: ['MfaDisabled', 'ReactionDone'],
    async prepare(service) {
      const { sam, session, token, device } = await withDevice(service);
      const challengeId = await verification(session, 'disableMfa', {}, { code: device.code() });
      return {
        send: (place) => mutate(by(place, token), 'disableMfa', { challengeId }),
        // Nobody asks again; what was claimed is taken over once its lease has run out.
        repeat: async () => undefined,
        async check(again) {
          await eventually(async () => expect(await storedTypes(again, 'reaction-*')).toContain('ReactionsReached'));
          expect(await storedTypes(again)).toContain('MfaSecretDestroyed');
          expect(await secretsOf(again, sam.userId, ['seed'])).toBe(0);
          expect((await signInAnew(again, sam)).stage).toBe('FULL');
        },
      };
    },
  },
  {
    name: 'the recovery codes of a disabled device are destroyed',
    appends: 5,
    counted: 'SYSTEM',
    once: ['MfaDisabled', 'RecoveryCodesDestroyed'],
    async prepare(service) {
      const { sam, session, token, device } = await withDevice(service);
      await succeed(session, 'generateRecoveryCodes', {});
      // What follows from generating them is over, so that what is counted follows from disabling.
      await eventually(async () => expect(await storedTypes(service, 'reaction-*')).toContain('ReactionsReached'));
      const challengeId = await verification(session, 'disableMfa', {}, { code: device.code() });
      return {
        send: (place) => mutate(by(place, token), 'disableMfa', { challengeId }),
        repeat: async () => undefined,
        check: async (again) => {
          await eventually(async () => expect(await secretsOf(again, sam.userId, ['seed', 'recovery'])).toBe(0));
        },
      };
    },
  },
  {
    name: 'the key of a person who was erased is destroyed',
    appends: 3,
    counted: 'SYSTEM',
    once: ['UserErased'],
    async prepare(service) {
      const { primary: token, sam } = await withSubUser(service);
      await succeed(by(service, token), 'deleteSubUser', { userId: sam.userId });
      // What follows from the deletion is over, so that what is counted follows from the erasure.
      await eventually(async () => expect(await storedTypes(service, 'reaction-*')).toContain('ReactionsReached'));
      return {
        send: (place) => mutate(by(place, token), 'eraseUser', { userId: sam.userId }),
        repeat: async () => undefined,
        async check(again) {
          await eventually(async () => expect(await secretsOf(again, sam.userId, ['person'])).toBe(0));
          await eventually(async () => expect(await countOf(again.folder, ['ReactionDone'])).toHaveLength(2));
          const { refusal } = await mutate(by(again, token), 'eraseUser', { userId: sam.userId });
          expect(refusal).toBeNull();
        },
      };
    },
  },
];

/** How many secrets of a user are left in the vault. */
async function secretsOf(service: TestService, userId: string, kinds: readonly string[]): Promise<number> {
  const secrets = await heldSecrets(service);
  const left = secrets.filter(({ id, destroyed }) => !destroyed && id.startsWith(`${userId}.`));
  return left.filter(({ kind }) => kinds.includes(kind)).length;
}

/** Every stream counts from 1 without a gap, and so does the log. */
async function expectIntegrity(folder: string): Promise<void> {
  const versions = new Map<string, number>();
  (await storedEvents({ folder })).forEach(({ position, stream, version }, index) => {
    const expected = (versions.get(stream) ?? 0) + 1;
    expect({ position, stream, version }).toStrictEqual({ position: BigInt(index + 1), stream, version: expected });
    versions.set(stream, version);
  });
}

/** What of some types was recorded in a folder. */
async function countOf(folder: string, types: readonly string[]): Promise<readonly string[]> {
  return (await storedTypes({ folder })).filter((type) => types.includes(type));
}

const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-crash-'));
  folders.push(folder);
  return folder;
}

function copyOf(folder: string): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

const services: TestService[] = [];

async function serve(folder: string, more: Pick<Given, 'wrapStore'> = {}): Promise<TestService> {
  const service = await startService(ENVIRONMENT, { folder, clock, ...more });
  services.push(service);
  return service;
}

afterEach(async () => {
  for (const service of services.splice(0)) await service.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Sends a command to a service that kills itself before an append; answers once it is dead. */
async function sendToDeath({ send }: Prepared, folder: string, append: number, counted: Counted): Promise<void> {
  const { url, ended } = await doom.serve({ folder, append, counted, now: clock.now(), environment: ENVIRONMENT });
  await send({ client: () => createClient(url) }).catch(() => undefined);
  expect(await ended).toBe('SIGKILL');
  await expectIntegrity(folder);
}

async function expectDone(folder: string, { once }: Command, before: readonly string[]): Promise<void> {
  await expectIntegrity(folder);
  expect([...(await countOf(folder, once))].sort()).toStrictEqual([...before, ...once].sort());
}

describe('killed before any of its appends, then started and asked again, it ends in the right state:', () => {
  it.each(commands)('$name', async (command) => {
    const { counted = 'COMMANDS', once, appends, refusal = null } = command;
    clock.set(START);
    const snapshot = newFolder();
    const first = await serve(snapshot);
    const prepared = await command.prepare(first);
    await first.stop();
    clock.advance(STEP);
    const now = clock.now();
    const before = await countOf(snapshot, once);

    // Nothing is killed: so many appends there are to be killed before.
    let count = 0;
    const folder = copyOf(snapshot);
    const wrapStore = (store: EventStore) => countAppends(store, counted, () => (count += 1));
    const whole = await serve(folder, { wrapStore });
    expect((await prepared.send(whole)).refusal).toBe(refusal);
    if (counted === 'SYSTEM') await eventually(async () => expect(count).toBe(appends));
    expect(count).toBe(appends);
    clock.advance(STEP);
    await prepared.check(whole);
    await whole.stop();

    for (let append = 1; append <= appends; append += 1) {
      clock.set(now);
      const killed = copyOf(snapshot);
      await sendToDeath(prepared, killed, append, counted);
      clock.advance(LEASE);
      const again = await serve(killed);
      await prepared.repeat(again);
      if (counted === 'SYSTEM')
        await eventually(async () => expect(await countOf(killed, once)).toHaveLength(once.length));
      await expectDone(killed, command, before);
      await prepared.check(again);
      await again.stop();
    }
  });
});
