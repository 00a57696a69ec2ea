import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openConnection, type SqliteConnection } from '../../src/sqlite/connection.js';
import { TRAIL_EVENT_TYPES } from '../../src/audit/description.js';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';
import { createAuditQueries } from '../../src/projections/audit/audit-queries.js';
import type { PageRequest } from '../../src/projections/page.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';
import { ACME, event, later } from '../support/builders.js';
import { recordQueries, type RecordedQueries } from '../support/recorded-queries.js';
import { logged, openFold } from './given.js';

let place: Workplace;
let database: SqliteConnection;
let recorded: RecordedQueries;

beforeAll(() => {
  place = workplace();
  const path = join(place.folder, 'read-models.db');
  const file = openReadModelFile(path);
  // What no trail has ever said is not looked for.
  const fold = openFold(file.connection, auditProjection);
  const from = { ip: '192.0.2.1', userAgent: 'a browser' };
  const told = TRAIL_EVENT_TYPES.filter((type) => type !== 'UserErased').map((type, index) =>
    logged(event(type), { position: index + 2, request: from }),
  );
  const ada = {
    ...event('UserCreated', { userId: 'ada' }),
    personal: { username: 'ada', displayName: 'Ada', email: null },
  };
  expect(fold.apply([logged(ada, { position: 1 }), ...told], 100n)).toBeNull();
  file.close();
  recorded = recordQueries(openConnection(path));
  database = recorded.connection;
});

afterAll(async () => {
  database.close();
  await place.dispose();
});

/** The steps that read the trail and what belongs to it, of each statement that does. */
function plansOf(query: () => unknown): readonly (readonly string[])[] {
  return recorded
    .plansOf(query)
    .map((plan) => plan.map((step) => step.replace(/ (?:LEFT-JOIN|LEFT JOIN)$/, '')))
    .filter((plan) => plan.some((step) => TABLES.test(step)));
}

const TABLES = /\b(?:audit_\w+_5|[emno])\b/;

/** How a look into an index of the trail reads in a plan. */
function look(index: string, keys: string): string {
  return `SEARCH audit_events_5 USING COVERING INDEX audit_events_5_by_${index} (trail=? AND ${keys} AND seq>? AND seq<?)`;
}

const ALONG = 'SEARCH e USING PRIMARY KEY (trail=? AND seq>? AND seq<?)';
const AT_PLACES = 'SEARCH e USING PRIMARY KEY (trail=? AND seq=?)';
const BY_TYPE = look('type', 'type=?');
const BY_ACTOR = look('actor', 'actor=? AND <expr>=?');
const BY_SUBJECT = look('subject', 'subject=? AND type=?');
const BY_DEVICE = look('device', 'device=?');
const BY_SESSION = look('session', 'session=?');
const BY_ORIGIN = look('origin', 'origin=?');
const BY_REQUEST = look('request', 'block=? AND <expr>=?');

/** Filters with the index that finds the places of a page; how the places are found where none does. */
const FILTERS: readonly (readonly [string, AuditFilter, string])[] = [
  ['nothing', {}, ALONG],
  ['types', { types: ['MfaEnabled', 'MfaLocked'] }, BY_TYPE],
  ['categories', { categories: ['PASSWORD'] }, BY_TYPE],
  ['the outcome', { outcome: 'FAILURE' }, BY_TYPE],
  ['the actor', { actorId: 'ada' }, BY_ACTOR],
  ['the actor and a type', { actorId: 'ada', types: ['MfaEnabled'] }, BY_ACTOR],
  ['the subject', { subjectId: 'sam' }, BY_SUBJECT],
  ['the subject and the outcome', { subjectId: 'sam', outcome: 'FAILURE' }, BY_SUBJECT],
  ['the device', { deviceId: 'phone' }, BY_DEVICE],
  ['the session', { sessionId: 'session' }, BY_SESSION],
  ['the request', { requestId: 'request' }, BY_REQUEST],
  ['an address', { ip: '192.0.2.1' }, BY_ORIGIN],
  ['a range of addresses', { ip: '192.0.0.0/16' }, BY_ORIGIN],
  ['a name', { search: 'ada' }, BY_ACTOR],
  ['a name of a device', { search: 'Phone' }, BY_DEVICE],
  ['a beginning', { since: later(0) }, ALONG],
  ['an end', { until: later(1) }, ALONG],
  ['a span', { since: later(0), until: later(1) }, ALONG],
  ['a type in a span', { types: ['MfaEnabled'], since: later(0), until: later(1) }, BY_TYPE],
  ['device and name', { deviceId: 'phone', search: 'sam' }, BY_DEVICE],
];

const FIRST: PageRequest = { limit: 50, after: null, before: null, fromEnd: false };
const PAGES = [FIRST, { ...FIRST, after: 40 }, { ...FIRST, fromEnd: true }, { ...FIRST, fromEnd: true, before: 40 }];
/** How many edges of a span of time are looked up. */
function edgesOf({ since, until }: AuditFilter): number {
  return [since, until].filter((edge) => edge !== undefined).length;
}

describe('A query of the audit trail', () => {
  it.each(FILTERS)('that is narrowed by %s finds its places by the index that is there for it', (_, filter, index) => {
    for (const page of PAGES) {
      const queries = createAuditQueries(database);
      const steps = plansOf(() => queries.page(ACME, filter, page)).flat();
      expect(steps).toContain(index);
      // What an index has found is read by its place.
      if (page === FIRST) expect(steps).toContain(index === ALONG ? ALONG : AT_PLACES);
    }
  });

  it.each(FILTERS)('that is narrowed by %s reads nothing but what it enters by a key of the account', (_, filter) => {
    const queries = createAuditQueries(database);
    const steps = plansOf(() => queries.page(ACME, filter, FIRST)).flat();
    const reads = steps.filter((step) => TABLES.test(step) && /^(?:SEARCH|SCAN) /.test(step));
    for (const step of reads) expect(step).toMatch(/^SEARCH .*\((?:trail=\?|term=\?|rowid=\?|text=\?)/);
    const edges = steps.filter((step) => /^SEARCH audit_moments_5 .*\(trail=\? AND latest_at[<>]\?\)$/.test(step));
    expect(edges).toHaveLength(edgesOf(filter));
  });

  it.each(FILTERS)('that is narrowed by %s goes through no table from its beginning', (_, filter) => {
    const queries = createAuditQueries(database);
    const steps = recorded.plansOf(() => queries.page(ACME, filter, FIRST)).flat();
    expect(steps.filter((step) => /^SCAN (?!\(subquery|\d|CONSTANT|json_each)/.test(step))).toEqual([]);
  });

  it('of which nothing can be is answered without a look', () => {
    const queries = createAuditQueries(database);
    const vain: readonly AuditFilter[] = [
      { outcome: 'FAILURE', types: ['MfaEnabled'] },
      { actorId: 'nobody' },
      { ip: 'nonsense' },
    ];
    for (const filter of vain) {
      const steps = plansOf(() => queries.page(ACME, filter, FIRST)).flat();
      expect(steps.filter((step) => step.includes('audit_events_5') || step.startsWith('SEARCH e '))).toEqual([]);
    }
  });

  it('for one event uses an index', () => {
    const queries = createAuditQueries(database);
    const steps = plansOf(() => queries.byId(ACME, 'event')).flat();
    expect(steps).toContain(BY_REQUEST.replace('by_request', 'by_id'));
  });

  it('has an index for each of its filters', () => {
    const named = new Set(FILTERS.flatMap(([, filter]) => Object.keys(filter)));
    const every = { types: 1, categories: 1, outcome: 1, actorId: 1, subjectId: 1, deviceId: 1, sessionId: 1 };
    const more = { requestId: 1, ip: 1, search: 1, since: 1, until: 1 };
    const all: Required<Record<keyof AuditFilter, number>> = { ...every, ...more };
    expect([...named].sort()).toEqual(Object.keys(all).sort());
  });
});
