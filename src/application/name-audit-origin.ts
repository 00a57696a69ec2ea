import type { NameAuditOrigin } from '../domain/account/audit-origins.js';
import { accountDecider } from '../domain/account/decider.js';
import type { Application } from './application.js';
import { execute, type Authorship } from './execute.js';

const BY_CHECKPOINTS: Authorship = {
  actor: { kind: 'SYSTEM', id: 'checkpoints' },
  sessionId: null,
  subjectPersonId: null,
  requestPersonId: null,
};

/**
 * Makes the trail of an account name the origin under which this node signs its checkpoints; answers how far the log names it,
 * null where the account is not registered.
 */
export async function nameAuditOrigin(app: Application, accountId: string): Promise<bigint | null> {
  const request = {
    ...{ requestId: app.newId(), from: { ip: null, userAgent: null } },
    ...{ knownBrowser: null, current: null, wrote: () => undefined },
  };
  const auditOrigin = app.auditOriginOf(accountId);
  const executed = await execute(app, request, {
    ...{ decider: accountDecider, id: accountId, by: BY_CHECKPOINTS },
    command: (): NameAuditOrigin => ({ type: 'NameAuditOrigin', accountId, auditOrigin }),
  });
  return executed.accepted ? executed.position : null;
}
