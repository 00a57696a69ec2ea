import { describe, expect, it } from '@jest/globals';
import { TRAIL_EVENT_TYPES } from '../../src/audit/description.js';
import type { DomainEvent } from '../../src/domain/catalogue.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';
import { createAuditQueries } from '../../src/projections/audit/audit-queries.js';
import type { AuditEventView } from '../../src/projections/audit/audit-view.js';
import { openSpans } from '../../src/projections/audit/trails.js';
import type { PageRequest } from '../../src/projections/page.js';
import { ACME, ADA, CHALLENGE, event, later, PHONE, SAM, TABLET, times } from '../support/builders.js';
import { given, inLog, logged, NOW, openFold, rowsOf } from './given.js';

const ALL: PageRequest = { limit: 100, after: null, before: null, fromEnd: false };

function trail(events: readonly LoggedEvent[], filter: AuditFilter = {}, accountId = ACME): readonly AuditEventView[] {
  return createAuditQueries(given(auditProjection, ...events)).page(accountId, filter, ALL).rows;
}

const created = event('UserCreated');
const started = event('MfaEnrollmentStarted');

describe('The index on the audit trail', () => {
  it('has an event with who did what to whom, when, from where and in which request', () => {
    const request = { ip: '192.0.2.1', userAgent: 'a browser' };
    const actor = { kind: 'USER', id: SAM } as const;
    const metadata = { actor, occurredAt: later(1_000), sessionId: 'her session', requestId: 'her request' };
    const rejected = logged(event('MfaCodeRejected', { reason: 'STALE' }), { position: 7, metadata, request });
    expect(trail([...inLog(created, started), rejected])[0]).toEqual({
      ...{ seq: 2, eventId: 'event-7', type: 'MfaCodeRejected', category: 'MFA', outcome: 'FAILURE', reason: 'STALE' },
      ...{ occurredAt: later(1_000), sessionId: 'her session', requestId: 'her request', ...request },
      ...{ actorKind: 'USER', actorId: SAM, actorName: 'sam' },
      ...{ subjectId: SAM, subjectName: 'sam', deviceId: PHONE, deviceName: 'Phone' },
      details: {
        ...{ purpose: 'SIGN_IN', challengeId: CHALLENGE, reason: 'STALE', attemptsLeft: 4, consecutiveFailures: 1 },
        ...{ clockOffsetSeconds: null, timeStep: null },
      },
    });
  });

  it('counts the events of each account from 0 on, without gaps, in the order of the log', () => {
    const other = event('MfaUnlocked', { accountId: 'other' });
    const events = inLog(created, other, started, event('NameReserved'), other, event('MfaEnabled'));
    const numbered = (accountId: string) => trail(events, {}, accountId).map(({ seq, eventId }) => [seq, eventId]);
    expect(numbered(ACME)).toEqual([
      [2, 'event-6'],
      [1, 'event-3'],
      [0, 'event-1'],
    ]);
    expect(numbered('other')).toEqual([
      [1, 'event-5'],
      [0, 'event-2'],
    ]);
  });

  it('does not have what happened in streams of names', () => {
    const at = (position: number) => ({ position, stream: 'name-digest' });
    expect(trail([logged(event('NameReserved'), at(1)), logged(event('NameReleased'), at(2))])).toEqual([]);
  });

  it('takes in an event of every type', () => {
    const events = TRAIL_EVENT_TYPES.map((type) => event(type));
    expect(trail(inLog(...events)).map(({ type }) => type)).toEqual([...TRAIL_EVENT_TYPES].reverse());
  });

  it('keeps the names that things had then, and none of a person who was erased', () => {
    const renamed = { ...event('UserCreated', { userId: ADA }), personal: null };
    const [second, first] = trail(inLog(created, renamed));
    expect([first?.subjectName, second?.subjectName]).toEqual(['sam', null]);
  });

  it('names the new device where one took the place of another', () => {
    const tablet = { ...event('MfaEnrollmentStarted', { deviceId: TABLET }), personal: { deviceName: 'Tablet' } };
    const [replaced] = trail(inLog(created, started, tablet, event('MfaDeviceReplaced')));
    expect(replaced).toMatchObject({ deviceId: TABLET, deviceName: 'Tablet' });
  });

  const story = inLog(created, started, event('NameReserved'), event('MfaEnabled'), event('MfaLocked'));

  it('is the same when it is given events twice', () => {
    const database = given(auditProjection, ...story);
    const before = rowsOf(database, auditProjection);
    const fold = openFold(database, auditProjection);
    for (const end of [2, 5, 5]) expect(fold.apply(story.slice(0, end), BigInt(end))).toBeNull();
    expect(rowsOf(database, auditProjection)).toEqual(before);
  });

  it('is the same when it is built anew, in whatever batches', () => {
    const database = given(auditProjection);
    const fold = openFold(database, auditProjection);
    for (const one of story) expect(fold.apply([one], one.position)).toBeNull();
    expect(rowsOf(database, auditProjection)).toEqual(rowsOf(given(auditProjection, ...story), auditProjection));
  });

  it('finds what is in a span of time where clocks of nodes differ', () => {
    // Every second, now and then from a node whose clock is up to 7 seconds behind.
    const seconds = Array.from({ length: 300 }, (_, seq) => Math.max(0, seq - (seq % 5 === 0 ? seq % 8 : 0)) * 1_000);
    const events = seconds.map((time, index) =>
      logged(event('MfaEnabled'), { position: index + 1, metadata: { occurredAt: later(time) } }),
    );
    const queries = createAuditQueries(given(auditProjection, ...events));
    const edges = [0, 1, 63, 64, 65, 128, 192, 255, 299, 400];
    for (const [from, to] of edges.flatMap((one) => edges.map((other) => [one * 1_000, other * 1_000] as const))) {
      const filters = { since: later(from), until: later(to) };
      const wanted = seconds.flatMap((time, seq) => (time >= from && time < to ? [seq] : [])).reverse();
      for (const types of [{}, { types: ['MfaEnabled'] }, { subjectId: SAM }]) {
        const { rows } = queries.page(ACME, { ...filters, ...types }, { ...ALL, limit: 300 });
        expect(rows.map(({ seq }) => seq)).toEqual(wanted);
      }
    }
  });

  it('knows nearly where a span of time begins and ends, however long the trail is', () => {
    const events = times(1_000, (position) =>
      logged(event('MfaEnabled'), { position, metadata: { occurredAt: later((position - 1) * 1_000) } }),
    );
    const database = given(auditProjection, ...events);
    const trail = Number(database.prepareValues('SELECT trail FROM audit_trails_5').get());
    const spanOf = openSpans(database);
    for (const [from, to] of [
      [0, 1],
      [63, 64],
      [64, 65],
      [500, 700],
      [960, 999],
    ] as const) {
      const { above, below } = spanOf(trail, { since: later(from * 1_000), until: later(to * 1_000) });
      expect([from - above, Math.min(below, 1_000) - to].every((more) => more >= 0 && more <= 64)).toBe(true);
      expect(above).toBeLessThan(from);
    }
    expect(spanOf(trail, {})).toEqual({ above: -1, below: Number.MAX_SAFE_INTEGER });
  });

  it('has an event as often as it stands in the log: ids are chosen by whoever appends, the place is what counts', () => {
    const again = { ...logged(created, { position: 2 }), id: 'event-1' };
    const database = given(auditProjection, ...inLog(created), again);
    const queries = createAuditQueries(database);
    expect(queries.page(ACME, {}, ALL).rows.map(({ seq, eventId }) => [seq, eventId])).toEqual([
      [1, 'event-1'],
      [0, 'event-1'],
    ]);
    expect(queries.byId(ACME, 'event-1')?.seq).toBe(0);
  });

  it('tells events apart whose ids end alike', () => {
    const ids = ['one-12345678', 'two-12345678', '12345678', '345678'];
    const events = ids.map((id, index) => ({ ...logged(created, { position: index + 1 }), id }));
    const queries = createAuditQueries(given(auditProjection, ...events));
    expect(ids.map((id) => queries.byId(ACME, id)?.seq)).toEqual([0, 1, 2, 3]);
    expect(queries.byId(ACME, 'three-12345678')).toBeNull();
  });
});

describe('Queries of the audit trail', () => {
  const by = (id: string, position: number, of: DomainEvent): LoggedEvent =>
    logged(of, { position, metadata: { actor: { kind: 'USER', id }, occurredAt: later((position - 1) * 1_000) } });
  const events = [
    by(ADA, 1, event('UserCreated', { userId: ADA })),
    by(ADA, 2, created),
    by(SAM, 3, started),
    by(SAM, 4, event('MfaEnrollmentCodeRejected')),
    by(SAM, 5, event('MfaEnabled')),
    by(ADA, 6, event('PasswordRejected', { userId: ADA })),
    by(ADA, 7, event('UserCreated', { accountId: 'other' })),
  ];
  const found = (filter: AuditFilter): readonly number[] => trail(events, filter).map(({ seq }) => seq);

  it.each<readonly [string, AuditFilter, readonly number[]]>([
    ['nothing', {}, [5, 4, 3, 2, 1, 0]],
    ['one type', { types: ['UserCreated'] }, [1, 0]],
    ['several types', { types: ['UserCreated', 'MfaEnabled'] }, [4, 1, 0]],
    ['no type', { types: [] }, []],
    ['the actor', { actorId: SAM }, [4, 3, 2]],
    ['the subject', { subjectId: ADA }, [5, 0]],
    ['the outcome', { outcome: 'FAILURE' }, [5, 3]],
    ['a beginning, which is included', { since: later(3_000) }, [5, 4, 3]],
    ['an end, which is not', { until: later(3_000) }, [2, 1, 0]],
    ['beginning and end', { since: later(1_000), until: later(4_000) }, [3, 2, 1]],
    ['a beginning in the future', { since: later(60_000) }, []],
    ['an end before everything', { until: NOW }, []],
    ['everything', { types: ['MfaEnabled'], actorId: SAM, subjectId: SAM, outcome: 'SUCCESS', since: NOW }, [4]],
    ['a stranger', { subjectId: 'nobody' }, []],
  ])('are narrowed by %s', (_, filter, seqs) => {
    expect(found(filter)).toEqual(seqs);
  });

  it('go by when things happened, also where the log has them in another order', () => {
    const moments = [5_000, 1_000, 4_000, 2_000, 3_000].map((milliseconds, index) =>
      logged(created, { position: index + 1, metadata: { occurredAt: later(milliseconds) } }),
    );
    const span = { since: later(2_000), until: later(4_001) };
    expect(trail(moments, span).map(({ occurredAt }) => occurredAt)).toEqual([
      later(3_000),
      later(2_000),
      later(4_000),
    ]);
  });

  it('take every filter as a value, never as SQL', () => {
    expect(found({ actorId: "' OR 1 = 1 --", types: ["') OR 1 = 1 --"] })).toEqual([]);
  });

  it('give pages, forwards and backwards, newest first, with and without a filter', () => {
    const queries = createAuditQueries(given(auditProjection, ...events));
    const page = (filter: AuditFilter, request: Partial<PageRequest>): unknown => {
      const { rows, hasNextPage, hasPreviousPage } = queries.page(ACME, filter, { ...ALL, limit: 2, ...request });
      return [rows.map(({ seq }) => seq), hasPreviousPage, hasNextPage];
    };
    expect(page({}, {})).toEqual([[5, 4], false, true]);
    expect(page({}, { after: 4 })).toEqual([[3, 2], true, true]);
    expect(page({}, { fromEnd: true })).toEqual([[1, 0], true, false]);
    expect(page({}, { fromEnd: true, before: 1 })).toEqual([[3, 2], true, true]);
    expect(page({ actorId: ADA }, {})).toEqual([[5, 1], false, true]);
    expect(page({ actorId: ADA }, { after: 1 })).toEqual([[0], true, false]);
    expect(page({ actorId: ADA }, { fromEnd: true, before: 1 })).toEqual([[5], false, true]);
    const span = { since: later(1_000), until: later(5_000) };
    expect(page(span, {})).toEqual([[4, 3], false, true]);
    expect(page(span, { after: 3 })).toEqual([[2, 1], true, false]);
    expect(page(span, { fromEnd: true })).toEqual([[2, 1], true, false]);
    expect(page(span, { fromEnd: true, before: 2 })).toEqual([[4, 3], false, true]);
  });

  it('find one event by its id, within its account only', () => {
    const queries = createAuditQueries(given(auditProjection, ...events));
    expect(queries.byId(ACME, 'event-5')).toMatchObject({ seq: 4, type: 'MfaEnabled' });
    expect(queries.byId('other', 'event-5')).toBeNull();
    expect(queries.byId(ACME, 'event-70')).toBeNull();
  });
});
