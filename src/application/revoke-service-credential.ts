import { accountDecider } from '../domain/account/decider.js';
import { credentialNamed, type RevokeServiceCredential } from '../domain/account/service-credentials.js';
import type { Application } from './application.js';
import { actingAsPrimary, executeAs } from './execute-as.js';
import { load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/**
 * Makes a service credential void at once, on every node: by the primary, after a verification where its operation protection is
 * on. One that is void already stays so.
 */
export async function revokeServiceCredential(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { credentialId, challengeId }: { readonly credentialId: string; readonly challengeId: string | null },
): Promise<Result<Challenged<{ readonly credentialId: string }>>> {
  const { accountId, kind } = current.user;
  if (kind !== 'PRIMARY') return refused({ code: 'FORBIDDEN' });
  const { state: account } = await load(app, accountDecider, accountId);
  const credentials = account.status === 'REGISTERED' ? account.serviceCredentials : {};
  if (credentialNamed(credentials, credentialId) === undefined) return refused({ code: 'NOT_FOUND' });
  const call = { operation: 'REVOKE_SERVICE_CREDENTIAL', arguments: { credentialId }, challengeId } as const;
  return doGuarded({ app, request, acting: actingAsPrimary(current) }, call, async (acting) => {
    const revoked = await executeAs(app, request, acting, {
      ...{ decider: accountDecider, id: accountId },
      command: (): RevokeServiceCredential => ({ type: 'RevokeServiceCredential', accountId, credentialId }),
    });
    return revoked.accepted ? done({ credentialId }) : refused(revoked.rejection);
  });
}
