import { cancelMfaEnrollment } from '../../../src/application/cancel-mfa-enrollment.js';
import { enableMfa } from '../../../src/application/enable-mfa.js';
import { generateRecoveryCodes } from '../../../src/application/generate-recovery-codes.js';
import { revokeSession } from '../../../src/application/revoke-session.js';
import { revokeTrustedDevices } from '../../../src/application/revoke-trusted-devices.js';
import { signIn } from '../../../src/application/sign-in.js';
import { layDown } from '../../support/trusting.js';
import {
  enableDevice,
  requestContext,
  send,
  sessionIdOf,
  starting,
  tokenOf,
  trySetUp,
  valueOf,
  verify,
} from '../../support/world.js';
import { ADMIN, type Rows, managing, managingVerified, own } from './late-command.js';
import { answering, deviceOfMember, disabling, pendingFor, unguarded } from './steps.js';

/** Devices, trusted browsers and sessions. */
export const DEVICES: Rows = {
  startMfaEnrollment: [
    own('by the password of the sign-in', async () => ({ command: starting()(null) })),
    managingVerified('for another', ({ world }) => starting(world.userId)),
    managing('for another, before a verification', ({ world }) => starting(world.userId)(null)),
  ],
  enableMfa: [
    own('of oneself', async ({ world, token }) => {
      const { enrollmentId, authenticator } = valueOf(await trySetUp(world, token));
      return { command: (...rest) => enableMfa(...rest, { enrollmentId, code: authenticator.code() }) };
    }),
    own('of oneself, by a wrong code', async ({ world, token }) => {
      const { enrollmentId, authenticator } = valueOf(await trySetUp(world, token));
      return { command: (...rest) => enableMfa(...rest, { enrollmentId, code: authenticator.wrongCode() }) };
    }),
    managing('for another', async (scene) => {
      const { enrollmentId, authenticator } = await pendingFor(scene);
      return (...rest) => enableMfa(...rest, { enrollmentId, code: authenticator.code() });
    }),
  ],
  cancelMfaEnrollment: [
    own('of oneself', async ({ world, token }) => {
      const { enrollmentId } = valueOf(await trySetUp(world, token));
      return { command: (...rest) => cancelMfaEnrollment(...rest, { enrollmentId }) };
    }),
    managing('of another', async (scene) => {
      const { enrollmentId } = await pendingFor(scene);
      return (...rest) => cancelMfaEnrollment(...rest, { enrollmentId });
    }),
  ],
  disableMfa: [
    own('of oneself', async (scene) => {
      const { authenticator, token } = await enableDevice(scene.world, scene.token);
      const code = authenticator.nextCode();
      return { token, command: disabling(null)(await verify(scene.world.app, token, disabling(null), { code })) };
    }),
    managingVerified('of another', async (scene) => {
      await deviceOfMember(scene);
      return disabling(scene.world.userId);
    }),
  ],
  generateRecoveryCodes: [
    own('for the first time', async ({ world, token }) => ({
      token: (await enableDevice(world, token)).token,
      command: (...rest) => generateRecoveryCodes(...rest, unguarded),
    })),
  ],
  revokeTrustedDevices: [
    managing('of another', async (scene) => {
      const { app, accountId, user } = scene.world;
      await layDown(app, accountId, { trustedDeviceDays: 7 });
      const { authenticator } = await deviceOfMember(scene);
      const signedIn = await signIn(app, requestContext(), { ...user, transport: 'COOKIE' });
      if (!signedIn.ok) throw new Error('signing in failed');
      const trusting = answering({ code: authenticator.nextCode(), trustDevice: true });
      valueOf(await send(app, signedIn.value.token, trusting, ['MFA_CHALLENGE']));
      return (...rest) => revokeTrustedDevices(...rest, { userId: scene.world.userId, challengeId: null });
    }),
  ],
  revokeSession: [
    managing('of another', async ({ world }) => {
      const sessionId = sessionIdOf(await tokenOf(world.app, world.user));
      return (...rest) => revokeSession(...rest, { sessionId, challengeId: null });
    }),
    own('of oneself', async ({ world }) => {
      const sessionId = sessionIdOf(await tokenOf(world.app, ADMIN));
      return { command: (...rest) => revokeSession(...rest, { sessionId, challengeId: null }) };
    }),
  ],
};
