import { accountDecider } from '../domain/account/decider.js';
import type { ExportFormat } from '../domain/account/events.js';
import type { ExportAuditTrail } from '../domain/account/export-audit-trail.js';
import type { Application } from './application.js';
import { execute, type Authorship } from './execute.js';
import type { RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** What is about to be handed out. */
export interface ExportedPart {
  readonly accountId: string;
  readonly format: ExportFormat;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** Records an export of the audit trail, before its first byte; answers how far the log is then. */
export async function exportAuditTrail(
  app: Application,
  request: RequestContext,
  by: Authorship,
  part: ExportedPart,
): Promise<Result<{ readonly exportId: string; readonly position: bigint }>> {
  const exportId = app.newId();
  const executed = await execute(app, request, {
    ...{ decider: accountDecider, id: part.accountId, by },
    command: (): ExportAuditTrail => ({ type: 'ExportAuditTrail', exportId, ...part }),
  });
  return executed.accepted ? done({ exportId, position: executed.position }) : refused(executed.rejection);
}

/** The operator exports from the command line: nobody who is signed in. */
export const byOperator: Authorship = {
  actor: { kind: 'SYSTEM', id: 'operator' },
  sessionId: null,
  subjectPersonId: null,
  requestPersonId: null,
};
