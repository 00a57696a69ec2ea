import {
  accountNamed,
  cancelAccountRecovery,
  requestAccountRecovery,
} from '../../../src/application/account-recovery.js';
import { revokeAuditToken } from '../../../src/application/revoke-audit-token.js';
import { revokeServiceCredential } from '../../../src/application/revoke-service-credential.js';
import { setAccountPolicy } from '../../../src/application/set-account-policy.js';
import { PRIMARY, requestContext, send, valueOf, verify } from '../../support/world.js';
import { type Rows, byPrimary } from './late-command.js';
import { creatingCredential, creatingToken, credential } from './steps.js';

/** The account. */
export const ACCOUNT: Rows = {
  cancelAccountRecovery: [
    byPrimary('that is pending', async ({ world: { app, accountId } }) => {
      const account = await accountNamed(app, accountId);
      if (account === null) throw new Error('there is no account');
      await requestAccountRecovery(app, requestContext(), account, { reason: 'lost', coolOff: 1_000_000 });
      return cancelAccountRecovery;
    }),
  ],
  createAuditToken: [
    byPrimary('after a verification', async ({ world: { app } }, token) =>
      creatingToken(await verify(app, token, creatingToken, PRIMARY)),
    ),
  ],
  revokeAuditToken: [
    byPrimary('that is live', async ({ world: { app } }, token) => {
      const challengeId = await verify(app, token, creatingToken, PRIMARY);
      const made = valueOf(await send(app, token, creatingToken(challengeId)));
      const tokenId = made.challenge === null ? made.tokenId : '';
      return (...rest) => revokeAuditToken(...rest, { tokenId, challengeId: null });
    }),
  ],
  createServiceCredential: [
    byPrimary('after a verification', async ({ world: { app } }, token) =>
      creatingCredential(await verify(app, token, creatingCredential, PRIMARY)),
    ),
  ],
  revokeServiceCredential: [
    byPrimary('that is live', async (scene) => {
      const { credentialId } = await credential(scene);
      return (...rest) => revokeServiceCredential(...rest, { credentialId, challengeId: null });
    }),
  ],
  setAccountPolicy: [
    byPrimary(
      'to two codes',
      () =>
        (...rest) =>
          setAccountPolicy(...rest, { changes: { codesToEnable: 2 }, challengeId: null }),
    ),
  ],
};
