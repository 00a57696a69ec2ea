import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import { createAuditQueries, type AuditFilter } from '../../src/projections/audit/audit-queries.js';
import { openFold } from '../../src/projections/fold.js';
import type { PageRequest } from '../../src/projections/page.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';
import { later } from '../support/builders.js';

let place: Workplace;
let database: Database;
let asked: string[];

beforeAll(() => {
  place = workplace();
  const path = join(place.folder, 'read-models.db');
  const file = openReadModelFile(path);
  openFold(file.connection, auditProjection);
  file.close();
  asked = [];
  // A connection that tells which statements are run on it, with their parameters filled in.
  database = new Sqlite(path, { verbose: (sql) => asked.push(String(sql)) });
});

afterAll(async () => {
  database.close();
  await place.dispose();
});

/** How SQLite goes about the statement that a query runs. */
function planOf(query: () => unknown): readonly string[] {
  asked.length = 0;
  query();
  const [sql = ''] = asked;
  return database
    .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all()
    .map(({ detail }) => detail)
    .filter((detail) => detail.includes('audit_events_2'));
}

const TIME = 'SEARCH audit_events_2 USING COVERING INDEX audit_events_2_by_time';

const FILTERS: readonly (readonly [string, AuditFilter, string])[] = [
  ['nothing', {}, 'PRIMARY KEY (account_id=?'],
  ['types', { types: ['MfaEnabled', 'MfaLocked'] }, 'INDEX audit_events_2_by_type (account_id=? AND type=?'],
  ['the actor', { actorId: 'ada' }, 'INDEX audit_events_2_by_actor (account_id=? AND actor_id=?'],
  ['the subject', { subjectId: 'sam' }, 'INDEX audit_events_2_by_subject (account_id=? AND subject_id=?'],
  ['the outcome', { outcome: 'FAILURE' }, 'INDEX audit_events_2_by_outcome (account_id=? AND outcome=?'],
  ['a beginning', { since: later(0) }, 'PRIMARY KEY (account_id=? AND seq>?'],
  ['an end', { until: later(0) }, 'PRIMARY KEY (account_id=? AND seq>? AND seq<?'],
  ['a span', { since: later(0), until: later(1) }, 'PRIMARY KEY (account_id=? AND seq>? AND seq<?'],
  [
    'all of it',
    { types: ['MfaEnabled'], actorId: 'ada', subjectId: 'sam', outcome: 'SUCCESS', since: later(0), until: later(1) },
    'INDEX audit_events_2_by_actor (account_id=? AND actor_id=? AND seq>? AND seq<?',
  ],
];

const FIRST: PageRequest = { limit: 50, after: null, before: null, fromEnd: false };

describe('A query of the audit trail', () => {
  it.each(FILTERS)('that is narrowed by %s uses the index that is there for it', (_, filter, index) => {
    const queries = createAuditQueries(database);
    const [main, ...spans] = planOf(() => queries.page('acme', filter, FIRST));
    expect(main).toContain(`SEARCH audit_events_2 USING ${index}`);
    expect(spans.every((span) => span.startsWith(TIME))).toBe(true);
    expect(spans).toHaveLength('since' in filter || 'until' in filter ? 2 : 0);
  });

  it.each(FILTERS)(
    'that is narrowed by %s never reads the whole table, and goes on from the key of a page',
    (_, filter) => {
      const queries = createAuditQueries(database);
      for (const [page, key] of [
        [{ ...FIRST, after: 100 }, 'seq<?'],
        [{ ...FIRST, fromEnd: true, before: 100 }, 'seq>?'],
      ] as const) {
        const plan = planOf(() => queries.page('acme', filter, page));
        for (const detail of plan) expect(detail).toMatch(/^SEARCH audit_events_2 USING .*\(account_id=\?/);
        expect(plan[0]).toContain(key);
        // Where the key of a page is one edge, a span needs the other only.
        expect(plan).toHaveLength('since' in filter || 'until' in filter ? 2 : 1);
      }
    },
  );

  it('for one event uses an index', () => {
    const queries = createAuditQueries(database);
    const [detail] = planOf(() => queries.byId('acme', 'event'));
    expect(detail).toMatch(/^SEARCH audit_events_2 USING (PRIMARY KEY|INDEX \w+) \(event_id=\?/);
  });
});
