import type { SqliteConnection } from '../../../src/sqlite/connection.js';
import { recordHash } from '../../../src/audit/leaf.js';
import { recordOf, trailOf } from '../../../src/audit/record.js';
import type { LoggedEvent } from '../../../src/eventstore/event-codec.js';
import { createAuditTrees, type AuditTrees } from '../../../src/projections/audit-tree/audit-trees.js';
import { ACME, event, times } from '../../support/builders.js';
import { logged } from '../given.js';

/** An account that is not `ACME`. */
export const OTHER = 'other';

/** So many events, of which every third is another account's and every fifth is in no trail. */
export function mixed(count: number): readonly LoggedEvent[] {
  return times(count, (position) => {
    if (position % 5 === 0) return logged(event('NameReserved'), { position, stream: 'name-digest' });
    return logged(event('MfaEnabled', { accountId: position % 3 === 0 ? OTHER : ACME }), { position });
  });
}

/** The events of an account's trail, in the order of the log. */
export function trailIn(events: readonly LoggedEvent[], accountId = ACME): readonly LoggedEvent[] {
  return events.filter(({ stored }) => trailOf(stored) === accountId);
}

/** The hashes of an account's records, worked out from its events. */
export function leavesOf(events: readonly LoggedEvent[], accountId = ACME): Uint8Array[] {
  return trailIn(events, accountId).map(({ stored }, seq) => recordHash(recordOf(stored, seq)));
}

export function treesIn(database: SqliteConnection): AuditTrees {
  return createAuditTrees(database);
}
