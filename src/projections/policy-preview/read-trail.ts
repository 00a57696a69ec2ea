import type { AuditFilter } from '../audit/audit-filter.js';
import type { AuditQueries } from '../audit/audit-queries.js';
import type { AuditEventView } from '../audit/audit-view.js';

/** Called between portions of long work with what the last one cost, in points of 0.1 ms: others have their turn meanwhile. */
export type Pause = (points: number) => Promise<void>;

/** Where a trail is read, and what is called between portions. */
export interface Reading {
  readonly audit: Pick<AuditQueries, 'follow' | 'lastSeq'>;
  readonly accountId: string;
  readonly pause: Pause;
}

/** Events that are read at once: between portions others have their turn. */
const PORTION = 100;

/** What a portion costs, and each event of it. */
const COST = { portion: 5, event: 0.2 };

/** Reads all events of an account's trail that a filter finds, oldest first, in portions: by index, and no others. */
export async function readTrail(
  { audit, accountId, pause }: Reading,
  filter: AuditFilter,
  each: (event: AuditEventView) => void,
): Promise<void> {
  // What happens meanwhile is left out, so that it ends.
  const last = audit.lastSeq(accountId);
  for (let seen = -1; seen < last;) {
    const followed = audit.follow(accountId, filter, seen, PORTION);
    followed.views.forEach(each);
    seen = followed.seen;
    await pause(COST.portion + COST.event * followed.views.length);
  }
}
