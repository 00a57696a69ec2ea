import { accountNamed, requestAccountRecovery } from '../../../src/application/account-recovery.js';
import { answerOperationChallenge } from '../../../src/application/answer-operation-challenge.js';
import { authenticateServiceCredential } from '../../../src/application/authenticate-service-credential.js';
import { generateRecoveryCodes } from '../../../src/application/generate-recovery-codes.js';
import type { Challenged } from '../../../src/application/guard.js';
import { redeemVerificationGrant } from '../../../src/application/redeem-verification-grant.js';
import { signIn } from '../../../src/application/sign-in.js';
import { verifyOperation } from '../../../src/application/verify-operation.js';
import { layDown } from '../../support/trusting.js';
import {
  type Command,
  PRIMARY,
  enableDevice,
  requestContext,
  send,
  tokenOf,
  valueOf,
  verify,
} from '../../support/world.js';
import { ADMIN, BY_PRIMARY, type Rows, own } from './late-command.js';
import { answering, changing, credential, openChallenge, owingCode, requesting, unguarded } from './steps.js';

/** Signing in, verifying, and what is done with a verification. */
export const SIGNING_IN: Rows = {
  registerAccount: 'nobody is signed in, and nobody is acted on',
  signIn: [
    {
      name: 'by the right password',
      changes: ['ACTOR_DELETED', 'ACTOR_PASSWORD_RESET'],
      // What was the right password until it was reset is a wrong one.
      allowed: ['PasswordRejected'],
      prepare: async ({ adminId }) => ({
        ...{ token: null, actorId: adminId, targetId: adminId },
        command: (app, request) => signIn(app, request, { ...ADMIN, transport: 'BEARER' }),
      }),
    },
    {
      name: 'by a wrong password',
      changes: ['ACTOR_DELETED'],
      prepare: async ({ adminId }) => ({
        ...{ token: null, actorId: adminId, targetId: adminId },
        command: (app, request) =>
          signIn(app, request, { ...ADMIN, password: 'a wrong password', transport: 'BEARER' }),
      }),
    },
  ],
  answerMfaChallenge: [
    own('by a code, in a browser that is trusted', async (scene) => {
      await layDown(scene.world.app, scene.world.accountId, { trustedDeviceDays: 7 });
      const { device, token } = await owingCode(scene);
      return { token, command: answering({ code: device.authenticator.nextCode(), trustDevice: true }) };
    }),
    own('by a wrong code', async (scene) => {
      const { device, token } = await owingCode(scene);
      return { token, command: answering({ code: device.authenticator.wrongCode() }) };
    }),
    own('by a recovery code', async (scene) => {
      const { app } = scene.world;
      const { device, token } = await owingCode(scene);
      const generating: Command<Challenged<{ readonly recoveryCodes: readonly string[] }>> = (...rest) =>
        generateRecoveryCodes(...rest, unguarded);
      const codes = valueOf(await send(app, device.token, generating));
      if (codes.challenge !== null) throw new Error('a verification was asked for');
      return { token, command: answering({ recoveryCode: codes.recoveryCodes[0] ?? '' }) };
    }),
    {
      name: 'by the primary, which calls a recovery off',
      changes: BY_PRIMARY,
      async prepare({ world }) {
        const { app, accountId, userId } = world;
        const { authenticator, token: changedIn } = await enableDevice(world, world.primary);
        const owing = await tokenOf(app, PRIMARY);
        const account = await accountNamed(app, accountId);
        if (account === null) throw new Error('there is no account');
        await requestAccountRecovery(app, requestContext(), account, { reason: 'lost', coolOff: 1_000_000 });
        const command = answering({ code: authenticator.nextCode() });
        return { token: owing, command, changedIn, actorId: '', targetId: userId };
      },
    },
  ],
  signOut: 'a session that is over already is not ended again, and whoever asks may always end its own',
  changePassword: [
    own('after a verification', async ({ world, token }) => ({
      command: changing(await verify(world.app, token, changing, ADMIN)),
    })),
    own('before a verification', async () => ({ command: changing(null) })),
  ],
  verifyOperation: [
    own('by the password', async (scene) => {
      const answer = { challengeId: await openChallenge(scene), code: null, password: ADMIN.password };
      return { command: (...rest) => verifyOperation(...rest, answer) };
    }),
    own('by a wrong password', async (scene) => {
      const answer = { challengeId: await openChallenge(scene), code: null, password: 'a wrong password' };
      return { command: (...rest) => verifyOperation(...rest, answer) };
    }),
    own('by a code', async (scene) => {
      const { authenticator, token } = await enableDevice(scene.world, scene.token);
      const challengeId = await openChallenge({ ...scene, token });
      const answer = { challengeId, code: authenticator.nextCode(), password: null };
      return { token, command: (...rest) => verifyOperation(...rest, answer) };
    }),
    own("of another service's operation", async (scene) => {
      await credential(scene);
      const { challenge } = valueOf(await send(scene.world.app, scene.token, requesting));
      const answer = { challengeId: challenge.challengeId, code: null, password: ADMIN.password };
      return { command: (...rest) => answerOperationChallenge(...rest, answer) };
    }),
  ],
  requestOperationVerification: [
    own('of a service that has a credential', async (scene) => {
      await credential(scene);
      return { command: requesting };
    }),
  ],
  redeemVerificationGrant: [
    {
      name: 'by its credential',
      changes: ['CREDENTIAL_REVOKED', 'ACTOR_DELETED', 'ACTOR_PASSWORD_RESET'],
      async prepare(scene) {
        const { app } = scene.world;
        const made = await credential(scene);
        const { challenge } = valueOf(await send(app, scene.token, requesting));
        const answer = { challengeId: challenge.challengeId, code: null, password: ADMIN.password };
        const answered: Command<{ readonly grant: string | null }> = (...rest) =>
          answerOperationChallenge(...rest, answer);
        const { grant } = valueOf(await send(app, scene.token, answered));
        const { caller } = await authenticateServiceCredential(app, made.credential);
        if (caller === null || grant === null) throw new Error('there is nothing to redeem');
        // A reset in the very instant of the grant is not known to be later.
        scene.world.clock.advance(1_000);
        return {
          ...{ token: null, actorId: scene.adminId, targetId: scene.adminId, credentialId: made.credentialId },
          command: (ports, request) => redeemVerificationGrant(ports, request, caller, { grant }),
        };
      },
    },
  ],
};
