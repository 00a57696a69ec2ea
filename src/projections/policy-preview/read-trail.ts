import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AuditFilter } from '../audit/audit-filter.js';
import type { AuditQueries } from '../audit/audit-queries.js';
import type { AuditEventView } from '../audit/audit-view.js';

/** Events that are read at once: between portions others have their turn. */
const PORTION = 500;

/** Reads all events of an account's trail that a filter finds, oldest first, in portions: by index, and no others. */
export async function readTrail(
  audit: Pick<AuditQueries, 'follow' | 'lastSeq'>,
  accountId: string,
  filter: AuditFilter,
  each: (event: AuditEventView) => void,
): Promise<void> {
  // What happens meanwhile is left out, so that it ends.
  const last = audit.lastSeq(accountId);
  for (let seen = -1; seen < last;) {
    const followed = audit.follow(accountId, filter, seen, PORTION);
    followed.views.forEach(each);
    seen = followed.seen;
    await nextTurn();
  }
}
