import type { RevokeAuditToken } from '../domain/account/audit-tokens.js';
import { accountDecider } from '../domain/account/decider.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** Makes an audit token void at once, on every node: by the primary. One that is void already stays so. */
export async function revokeAuditToken(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { tokenId }: { readonly tokenId: string },
): Promise<Result<{ readonly tokenId: string }>> {
  const { accountId, kind } = current.user;
  if (kind !== 'PRIMARY') return refused({ code: 'FORBIDDEN' });
  const revoked = await execute(app, request, {
    ...{ decider: accountDecider, id: accountId, by: bySelf(current) },
    command: (): RevokeAuditToken => ({ type: 'RevokeAuditToken', accountId, tokenId }),
  });
  return revoked.accepted ? done({ tokenId }) : refused(revoked.rejection);
}
