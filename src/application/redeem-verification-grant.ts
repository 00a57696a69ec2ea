import { accountDecider } from '../domain/account/decider.js';
import { credentialNamed } from '../domain/account/service-credentials.js';
import type { Instant } from '../domain/instant.js';
import { grantDecider, type OpenedGrant, type RedeemGrant } from '../domain/operation/grant.js';
import { userDecider } from '../domain/user/decider.js';
import type { Application } from './application.js';
import type { ServiceCaller } from './authenticate-service-credential.js';
import { byProgram } from './authorship.js';
import { execute, load } from './execute.js';
import type { RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** A grant that was used up by this call, and nobody else's. */
export interface Redemption extends OpenedGrant {
  readonly redeemedAt: Instant;
}

/**
 * Uses a grant up, for the service that it was issued for and that comes with its credential. Of any number of calls with one
 * grant, on however many nodes, one is answered with the redemption: the first event of the grant's stream decides. Whoever
 * was deleted since, or had the password reset, is verified no more.
 */
export async function redeemVerificationGrant(
  app: Application,
  request: RequestContext,
  credential: ServiceCaller,
  { grant: text }: { readonly grant: string },
): Promise<Result<Redemption>> {
  const grant = await app.grants.open(text);
  if (grant === null) return refused({ code: 'GRANT_INVALID' });
  let redeemedAt = app.now();
  const { credentialId, accountId } = credential;
  const redeemed = await execute(app, request, {
    decider: grantDecider,
    id: grant.grantId,
    by: await byProgram(app, accountId, { kind: 'SERVICE_CREDENTIAL', id: credentialId }),
    prepare: () => Promise.all([load(app, userDecider, grant.userId), load(app, accountDecider, accountId)]),
    command: ({ prepared: [{ state: user }, { state: account }], now }): RedeemGrant => {
      redeemedAt = now;
      const credentials = account.status === 'REGISTERED' ? account.serviceCredentials : {};
      const isLive = credentialNamed(credentials, credentialId)?.revoked === false;
      return { type: 'RedeemGrant', grant, credential: { ...credential, isLive }, user, now };
    },
  });
  return redeemed.accepted ? done({ ...grant, redeemedAt }) : refused(redeemed.rejection);
}
