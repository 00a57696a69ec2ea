import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { TRAIL_EVENT_TYPES, typesWithOutcome } from '../../src/audit/description.js';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';
import { createAuditQueries } from '../../src/projections/audit/audit-queries.js';
import type { PageRequest } from '../../src/projections/page.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';
import { ACME, event, later } from '../support/builders.js';
import { inLog, openFold } from './given.js';

let place: Workplace;
let database: Database;
let asked: string[];

beforeAll(() => {
  place = workplace();
  const path = join(place.folder, 'read-models.db');
  const file = openReadModelFile(path);
  // What no trail has ever said is not looked for.
  const fold = openFold(file.connection, auditProjection);
  expect(fold.apply(inLog(...TRAIL_EVENT_TYPES.map((type) => event(type))), 100n)).toBeNull();
  file.close();
  asked = [];
  // A connection that tells which statements are run on it, with their parameters filled in.
  database = new Sqlite(path, { verbose: (sql) => asked.push(String(sql)) });
});

afterAll(async () => {
  database.close();
  await place.dispose();
});

/** How SQLite goes about the statements that a query runs, each of them. */
function allPlansOf(query: () => unknown): readonly (readonly string[])[] {
  asked.length = 0;
  query();
  return [...asked].map((sql) =>
    database
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail),
  );
}

/** The steps that read the trail and the moments noted of it, of each statement that does. */
function plansOf(query: () => unknown): readonly (readonly string[])[] {
  return allPlansOf(query)
    .map((plan) => plan.filter((step) => /audit_(?:events|moments)_4/.test(step)))
    .filter((plan) => plan.length > 0);
}

const BY_TYPE = 'COVERING INDEX audit_events_4_by_type (trail=? AND type=? AND seq>? AND seq<?)';
const BY_TYPE_AND_TIME = BY_TYPE.replace('COVERING ', '');
const BY_ACTOR = 'COVERING INDEX audit_events_4_by_actor (trail=? AND actor=? AND type=? AND seq>? AND seq<?)';
const BY_SUBJECT = BY_ACTOR.replaceAll('actor', 'subject');
const PLACES = 'PRIMARY KEY (trail=? AND seq>? AND seq<?)';

/** Filters with the index that finds the places of a page, and how often it is entered. */
const FILTERS: readonly (readonly [string, AuditFilter, string, number])[] = [
  ['nothing', {}, PLACES, 1],
  ['types', { types: ['MfaEnabled', 'MfaLocked'] }, BY_TYPE, 2],
  ['types, one of them twice', { types: ['MfaEnabled', 'MfaEnabled'] }, BY_TYPE, 1],
  ['the actor', { actorId: 'ada' }, BY_ACTOR, TRAIL_EVENT_TYPES.length],
  ['the subject', { subjectId: 'sam' }, BY_SUBJECT, TRAIL_EVENT_TYPES.length],
  ['the actor and a type', { actorId: 'ada', types: ['MfaEnabled'] }, BY_ACTOR, 1],
  ['the outcome', { outcome: 'FAILURE' }, BY_TYPE, typesWithOutcome('FAILURE').length],
  ['outcome and types', { outcome: 'FAILURE', types: ['MfaEnabled', 'MfaCodeRejected'] }, BY_TYPE, 1],
  ['a beginning', { since: later(0) }, PLACES, 1],
  ['an end', { until: later(0) }, PLACES, 1],
  ['a span', { since: later(0), until: later(1) }, PLACES, 1],
  ['a type in a span', { types: ['MfaEnabled'], since: later(0), until: later(1) }, BY_TYPE_AND_TIME, 1],
  [
    'all of it',
    { types: ['MfaEnabled'], actorId: 'ada', subjectId: 'sam', outcome: 'SUCCESS', since: later(0), until: later(1) },
    BY_ACTOR.replace('COVERING ', ''),
    1,
  ],
];

const FIRST: PageRequest = { limit: 50, after: null, before: null, fromEnd: false };
const PAGES = [FIRST, { ...FIRST, after: 100 }, { ...FIRST, fromEnd: true }, { ...FIRST, fromEnd: true, before: 100 }];
/** How many edges of a span of time are looked up. */
function edgesOf({ since, until }: AuditFilter): number {
  return [since, until].filter((edge) => edge !== undefined).length;
}

describe('A query of the audit trail', () => {
  it.each(FILTERS)(
    'that is narrowed by %s finds its places in the index that is there for it',
    (_, filter, index, times) => {
      for (const page of PAGES) {
        const queries = createAuditQueries(database);
        const plans = plansOf(() => queries.page(ACME, filter, page));
        const [main = []] = plans.slice(-1);
        expect(main.filter((step) => step === `SEARCH audit_events_4 USING ${index}`)).toHaveLength(times);
      }
    },
  );

  it.each(FILTERS)('that is narrowed by %s never reads more than it enters by a key', (_, filter) => {
    const queries = createAuditQueries(database);
    const steps = plansOf(() => queries.page(ACME, filter, FIRST)).flat();
    for (const step of steps) expect(step).toMatch(/^SEARCH audit_(?:events|moments)_4 USING .*\(trail=\? AND /);
    const edges = steps.filter((step) => /^SEARCH audit_moments_4 .*\(trail=\? AND latest_at[<>]\?\)$/.test(step));
    expect(edges).toHaveLength(edgesOf(filter));
  });

  it.each(FILTERS)('that is narrowed by %s goes through no table from its beginning', (_, filter) => {
    const queries = createAuditQueries(database);
    const steps = allPlansOf(() => queries.page(ACME, filter, FIRST)).flat();
    expect(steps.filter((step) => /^SCAN (?!\(subquery|\d|CONSTANT)/.test(step))).toEqual([]);
  });

  it('of which nothing can be is answered without a look', () => {
    const queries = createAuditQueries(database);
    expect(plansOf(() => queries.page(ACME, { outcome: 'FAILURE', types: ['MfaEnabled'] }, FIRST))).toEqual([]);
  });

  it('for one event uses an index', () => {
    const queries = createAuditQueries(database);
    const [[detail] = []] = plansOf(() => queries.byId(ACME, 'event'));
    expect(detail).toMatch(/^SEARCH audit_events_4 USING INDEX audit_events_4_by_id \(trail=\? AND <expr>=\?\)$/);
  });
});
