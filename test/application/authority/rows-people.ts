import { createSubUser } from '../../../src/application/create-sub-user.js';
import { eraseUser } from '../../../src/application/erase-user.js';
import { assignRole, deleteSubUser, resetSubUserPassword } from '../../../src/application/manage-user.js';
import { renameUser } from '../../../src/application/rename-user.js';
import { requireSubUserMfa, waiveSubUserMfa } from '../../../src/application/require-sub-user-mfa.js';
import { setOperationProtection } from '../../../src/application/set-operation-protection.js';
import { unlockUser } from '../../../src/application/unlock-user.js';
import { type Command, send, tokenOf, trySignIn, valueOf } from '../../support/world.js';
import { CREATING, type Rows, byPrimary, managing, managingVerified, own } from './late-command.js';
import { NEW_PASSWORD, answering, deviceOfMember, protect } from './steps.js';

/** Sub-users. */
export const PEOPLE: Rows = {
  setOperationProtection: [
    managing(
      'on, of another',
      ({ world: { userId } }) =>
        (...rest) =>
          setOperationProtection(...rest, { userId, enabled: true, challengeId: null }),
    ),
    managingVerified('off, of another', async ({ world: { app, primary, userId } }) => {
      const protecting: Command<unknown> = (...rest) =>
        setOperationProtection(...rest, { userId, enabled: true, challengeId: null });
      valueOf(await send(app, primary, protecting));
      return (challengeId) =>
        (...rest) =>
          setOperationProtection(...rest, { userId, enabled: false, challengeId });
    }),
    own('on, of oneself', async () => ({
      command: (...rest) => setOperationProtection(...rest, { userId: null, enabled: true, challengeId: null }),
    })),
  ],
  createSubUser: [
    {
      name: 'that has to enable MFA',
      changes: CREATING,
      prepare: async ({ token, adminId }) => ({
        ...{ token, actorId: adminId, targetId: adminId },
        command: (...rest) =>
          createSubUser(...rest, {
            ...{ username: 'newcomer', displayName: null, email: null, password: 'a password to begin with' },
            ...{ role: 'MEMBER', requireMfa: true, challengeId: null },
          }),
      }),
    },
  ],
  unlockUser: [
    managing('that has given wrong passwords and codes', async (scene) => {
      const { app, user, userId } = scene.world;
      const { authenticator } = await deviceOfMember(scene);
      const owing = await tokenOf(app, user);
      await send(app, owing, answering({ code: authenticator.wrongCode() }), ['MFA_CHALLENGE']);
      await trySignIn(app, { ...user, password: 'a wrong password' });
      return (...rest) => unlockUser(...rest, { userId, challengeId: null });
    }),
  ],
  requireSubUserMfa: [
    managing(
      'at the next sign-in',
      ({ world: { userId } }) =>
        (...rest) =>
          requireSubUserMfa(...rest, { userId, effective: 'NEXT_SIGN_IN', challengeId: null }),
    ),
  ],
  waiveSubUserMfa: [
    managingVerified('once it was required', async ({ world: { app, primary, userId } }) => {
      const requiring: Command<unknown> = (...rest) =>
        requireSubUserMfa(...rest, { userId, effective: 'NEXT_SIGN_IN', challengeId: null });
      valueOf(await send(app, primary, requiring));
      return (challengeId) =>
        (...rest) =>
          waiveSubUserMfa(...rest, { userId, reason: 'left the team', challengeId });
    }),
  ],
  assignRole: [
    managing(
      'AUDITOR',
      ({ world: { userId } }) =>
        (...rest) =>
          assignRole(...rest, { userId, role: 'AUDITOR', challengeId: null }),
    ),
  ],
  resetSubUserPassword: [
    managing(
      'without operation protection',
      ({ world: { userId } }) =>
        (...rest) =>
          resetSubUserPassword(...rest, { userId, newPassword: NEW_PASSWORD, challengeId: null }),
    ),
    managingVerified('with operation protection', async (scene) => {
      await protect(scene);
      const { userId } = scene.world;
      return (challengeId) =>
        (...rest) =>
          resetSubUserPassword(...rest, { userId, newPassword: NEW_PASSWORD, challengeId });
    }),
  ],
  renameUser: [
    managing(
      'to a name that is free',
      ({ world: { userId } }) =>
        (...rest) =>
          renameUser(...rest, { userId, username: 'sally', displayName: null, challengeId: null }),
    ),
  ],
  deleteSubUser: [
    managing(
      'without operation protection',
      ({ world: { userId } }) =>
        (...rest) =>
          deleteSubUser(...rest, { userId, challengeId: null }),
    ),
    managingVerified('with operation protection', async (scene) => {
      await protect(scene);
      const { userId } = scene.world;
      return (challengeId) =>
        (...rest) =>
          deleteSubUser(...rest, { userId, challengeId });
    }),
  ],
  eraseUser: [
    byPrimary('that was deleted', async ({ world: { app, primary, userId } }) => {
      const deleting: Command<unknown> = (...rest) => deleteSubUser(...rest, { userId, challengeId: null });
      valueOf(await send(app, primary, deleting));
      return (...rest) => eraseUser(...rest, { userId, challengeId: null });
    }),
  ],
};
