import { tokenNamed, type RevokeAuditToken } from '../domain/account/audit-tokens.js';
import { accountDecider } from '../domain/account/decider.js';
import type { Application } from './application.js';
import { actingAsPrimary, executeAs } from './execute-as.js';
import { load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** Makes an audit token void at once, on every node: by the primary. One that is void already stays so. */
export async function revokeAuditToken(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { tokenId, challengeId }: { readonly tokenId: string; readonly challengeId: string | null },
): Promise<Result<Challenged<{ readonly tokenId: string }>>> {
  const { accountId, kind } = current.user;
  if (kind !== 'PRIMARY') return refused({ code: 'FORBIDDEN' });
  const { state: account } = await load(app, accountDecider, accountId);
  const token = account.status === 'REGISTERED' ? tokenNamed(account.auditTokens, tokenId) : undefined;
  if (token === undefined) return refused({ code: 'NOT_FOUND' });
  const call = { operation: 'REVOKE_AUDIT_TOKEN', arguments: { tokenId }, challengeId } as const;
  return doGuarded({ app, request, acting: actingAsPrimary(current) }, call, async (acting) => {
    const revoked = await executeAs(app, request, acting, {
      ...{ decider: accountDecider, id: accountId },
      command: (): RevokeAuditToken => ({ type: 'RevokeAuditToken', accountId, tokenId }),
    });
    return revoked.accepted ? done({ tokenId }) : refused(revoked.rejection);
  });
}
