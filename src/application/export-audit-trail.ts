import { accountDecider } from '../domain/account/decider.js';
import type { ExportFormat } from '../domain/account/events.js';
import type { ExportAuditTrail } from '../domain/account/export-audit-trail.js';
import type { Instant } from '../domain/instant.js';
import type { Application } from './application.js';
import { actingOnSelf, demanding, executeAs, type Acting } from './execute-as.js';
import { execute, type Authorship } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** What is about to be handed out. */
export interface ExportedPart {
  readonly accountId: string;
  readonly format: ExportFormat;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
}

/** Who exports: the user of a session, a program by an audit token, or the operator. */
export type Exporter = Acting | { readonly by: Authorship; readonly tokenId: string | null };

/** The user of a session exports the trail of its account. */
export function actingAsReader(current: CurrentSession): Acting {
  return demanding(actingOnSelf(current), { right: 'READ_TRAIL' });
}

/** Records an export of the audit trail, before its first byte; answers how far the log is then. */
export async function exportAuditTrail(
  app: Application,
  request: RequestContext,
  by: Exporter,
  part: ExportedPart,
): Promise<Result<{ readonly exportId: string; readonly position: bigint }>> {
  const exportId = app.newId();
  const target = { decider: accountDecider, id: part.accountId };
  const tokenId = 'tokenId' in by ? by.tokenId : null;
  const command = ({ now }: { readonly now: Instant }): ExportAuditTrail => ({
    ...{ type: 'ExportAuditTrail', exportId, tokenId, now, ...part },
  });
  const executed =
    'demand' in by
      ? await executeAs(app, request, by, { ...target, command })
      : await execute(app, request, { ...target, by: by.by, command });
  return executed.accepted ? done({ exportId, position: executed.position }) : refused(executed.rejection);
}

/** The operator exports from the command line: nobody who is signed in. */
export const byOperator: Exporter = {
  by: { actor: { kind: 'SYSTEM', id: 'operator' }, sessionId: null, subjectPersonId: null, requestPersonId: null },
  tokenId: null,
};
