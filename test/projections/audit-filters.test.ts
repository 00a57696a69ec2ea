import { describe, expect, it } from '@jest/globals';
import { addressRange } from '../../src/audit/address-range.js';
import { TRAIL_EVENT_TYPES, typesWithCategory, typesWithOutcome } from '../../src/audit/description.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';
import { auditProjection } from '../../src/projections/audit/audit-projection.js';
import { createAuditQueries, type AuditQueries } from '../../src/projections/audit/audit-queries.js';
import type { AuditEventView } from '../../src/projections/audit/audit-view.js';
import type { TrailOrder } from '../../src/projections/audit/lookups.js';
import { ROWS_LOOKED_AT } from '../../src/projections/audit/reading.js';
import type { PageRequest } from '../../src/projections/page.js';
import { ACME, event, later, times } from '../support/builders.js';
import { given, logged } from './given.js';

const ALL: PageRequest = { limit: 100, after: null, before: null, fromEnd: false };
const PEOPLE = 60;
const EVENTS = 2_500;

/** A number from 0 on, below another, that looks drawn and is the same each time. */
function drawn(seed: number, below: number): number {
  const mixed = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d);
  const again = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return Math.floor((((again ^ (again >>> 15)) >>> 0) / 2 ** 32) * below);
}

function ipOf(person: number, seed: number): string | null {
  const host = drawn(seed + 5e5, 4);
  return [`192.0.2.${person}`, `::ffff:198.51.100.${person}`, `2001:db8::${host}`, null][host] ?? null;
}

/** Whatever happens to many people in one account: every type, by themselves, by Ada, by strangers and by the service. */
function happening(position: number): LoggedEvent {
  const type = TRAIL_EVENT_TYPES[drawn(position, TRAIL_EVENT_TYPES.length)] ?? 'MfaEnabled';
  const person = Math.floor(drawn(position + 1e5, PEOPLE) ** 2 / PEOPLE);
  const userId = `user-${person}`;
  const { data, personal, ...rest } = event(type === 'UserErased' ? 'MfaEnabled' : type);
  const named = personal && Object.fromEntries(Object.keys(personal).map((name) => [name, `${name} ${person % 7} ß`]));
  const actors = [
    { kind: 'USER', id: userId },
    { kind: 'USER', id: 'ada' },
    { kind: 'ANONYMOUS', id: null },
  ] as const;
  const place = {
    position,
    metadata: {
      occurredAt: later(position * 1_000 - drawn(position + 2e5, 5_000)),
      actor: actors[drawn(position + 3e5, 5)] ?? actors[0],
      sessionId: position % 11 === 0 ? null : `session-${Math.floor(position / 9)}`,
      requestId: `request-${Math.floor(position / 3)}`,
    },
    request: { ip: ipOf(person, position), userAgent: 'a browser' },
  };
  const whose = {
    ...data,
    ...('userId' in data && { userId }),
    ...('deviceId' in data && { deviceId: `device-${person}` }),
  };
  return logged({ ...rest, data: whose, personal: named } as unknown as LoggedEvent, place);
}

const queries: AuditQueries = createAuditQueries(given(auditProjection, ...times(EVENTS, happening)));
const everything: readonly AuditEventView[] = queries.following(ACME, {}, -1, EVENTS);

function has(name: string | null, search: string): boolean {
  return name?.toUpperCase().includes(search.toUpperCase()) ?? false;
}

/** Both ends of a range of addresses, so that they compare as texts. */
const ends = memoized((range: string): readonly string[] => {
  const found = addressRange(range);
  return found === null ? [] : [found.from, found.to].map((bytes) => Buffer.from(bytes).toString('hex'));
});

function memoized<T>(work: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const result = known.get(text) ?? work(text);
    known.set(text, result);
    return result;
  };
}

function isWithin(ip: string | null, range: string): boolean {
  const [[from = '', to = ''], [own]] = [ends(range), ip === null ? [] : ends(ip)];
  return own !== undefined && own >= from && own <= to;
}

type Holds = {
  readonly [F in keyof AuditFilter]-?: (view: AuditEventView, asked: NonNullable<AuditFilter[F]>) => boolean;
};

/** What each filter means, the plain way. */
const holds: Holds = {
  types: ({ type }, asked) => asked.includes(type),
  categories: ({ type }, asked) => asked.flatMap(typesWithCategory).includes(type),
  outcome: ({ type }, asked) => typesWithOutcome(asked).includes(type),
  actorId: ({ actorId }, asked) => actorId === asked,
  subjectId: ({ subjectId }, asked) => subjectId === asked,
  deviceId: ({ deviceId }, asked) => deviceId === asked,
  sessionId: ({ sessionId }, asked) => sessionId === asked,
  requestId: ({ requestId }, asked) => requestId === asked,
  ip: ({ ip }, asked) => isWithin(ip, asked),
  search: ({ actorName, subjectName, deviceName }, asked) =>
    [actorName, subjectName, deviceName].some((name) => has(name, asked)),
  since: ({ occurredAt }, asked) => occurredAt >= asked,
  until: ({ occurredAt }, asked) => occurredAt < asked,
};

function matches(view: AuditEventView, filter: AuditFilter): boolean {
  return Object.entries(filter).every(([name, asked]) => {
    const check = holds[name as keyof AuditFilter] as (view: AuditEventView, asked: unknown) => boolean;
    return check(view, asked);
  });
}

/** All places that a filter finds, page by page; and the most rows that were asked for and not given on a page with more to come. */
function walk(filter: AuditFilter, order: TrailOrder, fromEnd: boolean, limit: number): number[] {
  const found: number[] = [];
  let cursor: number | null = null;
  for (let pages = 0; pages < 2_000; pages += 1) {
    const place: Partial<PageRequest> = fromEnd ? { before: cursor } : { after: cursor };
    const page = queries.page(ACME, filter, { ...ALL, limit, fromEnd, ...place }, order);
    const seqs = page.rows.map(({ seq }) => seq);
    found.push(...(fromEnd ? seqs.reverse() : seqs));
    const more: boolean = fromEnd ? page.hasPreviousPage : page.hasNextPage;
    if (!more) return found;
    const end = fromEnd ? (page.startsAt ?? seqs.at(-1)) : (page.endsAt ?? seqs.at(-1));
    expect(end).not.toBe(cursor);
    cursor = Number(end);
  }
  throw new Error('the pages never end');
}

const single: readonly AuditFilter[] = [
  {},
  { types: ['MfaCodeRejected'] },
  { categories: ['PASSWORD', 'AUDIT'] },
  { outcome: 'FAILURE' },
  { actorId: 'user-3' },
  { actorId: 'ada' },
  { subjectId: 'user-3' },
  { deviceId: 'device-3' },
  { sessionId: 'session-100' },
  { requestId: 'request-500' },
  { ip: '192.0.2.3' },
  { ip: '198.51.100.0/26' },
  { ip: '::ffff:192.0.2.0/123' },
  { ip: '2001:db8::/32' },
  { ip: '0.0.0.0/0' },
  { search: 'username 3' },
  { search: 'devicename 4 SS' },
  { search: 'E' },
  { search: 'nobody' },
  { since: later(2_000_000), until: later(2_500_000) },
];

const combined: readonly AuditFilter[] = [
  { actorId: 'ada', subjectId: 'user-0' },
  { actorId: 'user-0', outcome: 'FAILURE', categories: ['MFA'] },
  { subjectId: 'user-1', ip: '192.0.2.0/24', types: ['SessionStarted', 'MfaCodeRejected'] },
  { deviceId: 'device-0', actorId: 'ada' },
  { search: 'username 0', outcome: 'FAILURE' },
  { search: 'E', ip: '2001:db8::1', categories: ['SESSION'] },
  { search: 'devicename', types: ['MfaUnlocked'] },
  { sessionId: 'session-200', search: 'username' },
  { requestId: 'request-700', types: ['MfaEnabled'] },
  { ip: '192.0.2.1', until: later(1_000_000) },
  { actorId: 'ada', since: later(2_000_000), until: later(2_100_000), search: '3' },
];

describe('A filter of the audit trail', () => {
  it.each([...single, ...combined].map((filter) => [JSON.stringify(filter), filter] as const))(
    '%s finds what it says, all of it and nothing else, in both orders and from both ends',
    (_, filter) => {
      const wanted = everything.filter((view) => matches(view, filter)).map(({ seq }) => seq);
      const newest = [...wanted].reverse();
      expect(walk(filter, 'ascending', false, 97)).toEqual(wanted);
      expect(walk(filter, 'ascending', true, 97)).toEqual(newest);
      expect(walk(filter, 'descending', false, 60)).toEqual(newest);
      expect(walk(filter, 'descending', true, 60)).toEqual(wanted);
      expect(queries.following(ACME, filter, -1, EVENTS).map(({ seq }) => seq)).toEqual(wanted);
    },
  );

  it('finds something by each of these filters but one', () => {
    const vain = single.filter((filter) => !everything.some((view) => matches(view, filter)));
    expect(vain).toEqual([{ search: 'nobody' }]);
  });

  it('follows the trail without a gap, and says how far that is', () => {
    const filter: AuditFilter = { search: 'username 2', outcome: 'FAILURE' };
    const wanted = everything.filter((view) => matches(view, filter)).map(({ seq }) => seq);
    const found: number[] = [];
    let seen = -1;
    while (seen < EVENTS - 1) {
      const followed = queries.follow(ACME, filter, seen, 10);
      expect(followed.seen).toBeGreaterThan(seen);
      found.push(...followed.views.map(({ seq }) => seq));
      seen = followed.seen;
    }
    expect(found).toEqual(wanted);
  });

  it('takes a cursor of the other order', () => {
    const newest = queries.page(ACME, {}, { ...ALL, limit: 3 });
    const oldest = queries.page(ACME, {}, { ...ALL, limit: 3, after: newest.rows[2]?.seq ?? 0 }, 'ascending');
    expect(oldest.rows.map(({ seq }) => seq)).toEqual([EVENTS - 2, EVENTS - 1]);
  });
});

describe('A filter that no index answers as a whole', () => {
  const busy = (position: number): LoggedEvent => {
    const [actor, userId] =
      position === 1 ? ['ada', 'sam'] : position % 2 === 0 ? ['ada', 'others'] : ['others', 'sam'];
    const metadata = { actor: { kind: 'USER', id: actor } as const, occurredAt: later(position) };
    return logged(event('UserRenamed', { userId }), { position, metadata });
  };
  const count = 2 * ROWS_LOOKED_AT + 1_001;
  const queries = createAuditQueries(given(auditProjection, ...times(count, busy)));
  const filter = { actorId: 'ada', subjectId: 'sam' };

  it('looks at so many events a page, finds what is among them, and is gone on with from where that stopped', () => {
    const first = queries.page(ACME, filter, { ...ALL, limit: 10 });
    expect(first).toMatchObject({ rows: [], hasNextPage: true, hasPreviousPage: false });
    // Of those by Ada the newest is at an odd place, and every second is.
    expect(first.endsAt).toBe(count - 2 - 2 * (ROWS_LOOKED_AT - 1));
    const second = queries.page(ACME, filter, { ...ALL, limit: 10, after: first.endsAt ?? null });
    expect(second).toMatchObject({ rows: [{ seq: 0 }], hasNextPage: false, hasPreviousPage: true });
    expect(second.endsAt).toBeUndefined();
  });

  it('does so backwards, too', () => {
    const from = { ...ALL, limit: 10, fromEnd: true };
    const first = queries.page(ACME, filter, from, 'ascending');
    expect(first).toMatchObject({ rows: [], hasPreviousPage: true, hasNextPage: false });
    const second = queries.page(ACME, filter, { ...from, before: first.startsAt ?? null }, 'ascending');
    expect(second).toMatchObject({ rows: [{ seq: 0 }], hasPreviousPage: false, hasNextPage: true });
  });

  it('stops along the trail as well, where more people have such a name than a page looks up', () => {
    const quiet = 60;
    const named = (position: number): LoggedEvent => {
      const userId = position <= quiet ? `quiet-${position}` : 'busy';
      const place = { position, metadata: { actor: { kind: 'USER', id: userId } as const } };
      if (position > quiet) return logged(event('SessionRefreshed', { userId }), place);
      return logged({ ...event('UserRenamed', { userId }), personal: { username: userId, displayName: null } }, place);
    };
    const queries = createAuditQueries(given(auditProjection, ...times(quiet + ROWS_LOOKED_AT + 100, named)));
    const first = queries.page(ACME, { search: 'QUIET' }, { ...ALL, limit: 10 });
    expect(first).toMatchObject({ rows: [], hasNextPage: true, endsAt: quiet + 100 });
    const second = queries.page(ACME, { search: 'QUIET' }, { ...ALL, limit: 10, after: first.endsAt ?? null });
    expect(second.rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, index) => quiet - 1 - index));
    expect(queries.follow(ACME, { search: 'QUIET' }, quiet, 10).seen).toBe(quiet + ROWS_LOOKED_AT);
  });
});
