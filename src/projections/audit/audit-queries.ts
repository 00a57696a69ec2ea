import type { Database, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import {
  classify,
  TRAIL_EVENT_TYPES,
  typesWithOutcome,
  type AuditOutcome,
  type Classified,
  type TrailEventType,
} from '../../audit/description.js';
import type { Actor } from '../../domain/event.js';
import { pageClause, pageOf, type Condition, type Key, type Page, type PageRequest } from '../page.js';
import { openTermReader, type TermReader } from './terms.js';
import { openSpans, type Bounds, type Span } from './trails.js';

/** An event of the trail with the names that things had then. */
export interface AuditEventView extends Classified {
  readonly seq: number;
  readonly eventId: string;
  readonly type: TrailEventType;
  readonly reason: string | null;
  readonly occurredAt: string;
  readonly actorKind: Actor['kind'];
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly subjectId: string | null;
  readonly subjectName: string | null;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Which events, of which span of time; what is left out does not narrow. */
export interface AuditFilter extends Span {
  readonly types?: readonly string[];
  readonly actorId?: string;
  readonly subjectId?: string;
  readonly outcome?: AuditOutcome;
}

/** Reads the trail, always of one account. */
export interface AuditQueries {
  /** A page of an account's trail, newest first. */
  page(accountId: string, filter: AuditFilter, page: PageRequest): Page<AuditEventView>;
  /** Events of an account's trail after a place, oldest first. */
  following(accountId: string, filter: AuditFilter, after: number, limit: number): readonly AuditEventView[];
  /** The last place in an account's trail; -1 where there is nothing yet. */
  lastSeq(accountId: string): number;
  /** One event of an account's trail. */
  byId(accountId: string, eventId: string): AuditEventView | null;
}

/** A row, with numbers where a view has texts. */
interface Row extends Omit<AuditEventView, keyof Classified | 'type' | 'actorId' | 'subjectId' | 'deviceId'> {
  readonly type: number;
  readonly actor: number | null;
  readonly subject: number | null;
  readonly device: number | null;
}

const COLUMNS = `
  seq, event_id AS eventId, type, reason, occurred_at AS occurredAt, actor_kind AS actorKind, actor,
  actor_name AS actorName, subject, subject_name AS subjectName, device, device_name AS deviceName,
  session_id AS sessionId, request_id AS requestId, ip, user_agent AS userAgent`;

function viewOf(row: Row, { textOf }: TermReader): AuditEventView {
  const said = (term: number | null): string | null => (term === null ? null : textOf(term));
  const type = textOf(row.type) as TrailEventType;
  const { category, outcome } = classify(type);
  // Field by field: spreads would cost a good part of what a page of fifty rows does.
  return {
    seq: row.seq,
    eventId: row.eventId,
    type,
    category,
    outcome,
    reason: row.reason,
    occurredAt: row.occurredAt,
    actorKind: row.actorKind,
    actorId: said(row.actor),
    actorName: row.actorName,
    subjectId: said(row.subject),
    subjectName: row.subjectName,
    deviceId: said(row.device),
    deviceName: row.deviceName,
    sessionId: row.sessionId,
    requestId: row.requestId,
    ip: row.ip,
    userAgent: row.userAgent,
  };
}

/** What narrows a query beside the place: conditions that each have one parameter, and event types, null for all. */
interface Narrowing {
  /** The index whose leading columns the conditions of `keys` are; null for the trail in its own order. */
  readonly index: string | null;
  readonly keys: readonly Condition[];
  readonly rest: readonly Condition[];
  readonly types: readonly number[] | null;
}

type Find = TermReader['numberOf'];

/** A condition that nothing fulfils where the id is one that the trails have never said: no term has the number 0. */
function equal(column: string, id: string | undefined, find: Find): readonly Condition[] {
  return id === undefined ? [] : [{ sql: ` AND ${column} = ?`, parameters: [find(id) ?? 0] }];
}

/** The types that are left; null for all. An outcome is one of types: each has its own. */
function typesOf({ types, outcome }: AuditFilter): readonly string[] | null {
  if (types === undefined && outcome === undefined) return null;
  const wanted = outcome === undefined ? null : new Set<string>(typesWithOutcome(outcome));
  return [...new Set(types ?? TRAIL_EVENT_TYPES)].filter((type) => wanted === null || wanted.has(type));
}

function timeOf({ since, until }: AuditFilter): readonly Condition[] {
  return [
    ...(since === undefined ? [] : [{ sql: ' AND occurred_at >= ?', parameters: [since] }]),
    ...(until === undefined ? [] : [{ sql: ' AND occurred_at < ?', parameters: [until] }]),
  ];
}

/** The index that serves a filter, the narrowest first. The people's indexes have the type before the place, so ask for types. */
function narrowingOf(filter: AuditFilter, find: Find): Narrowing {
  const [actor, subject] = [equal('actor', filter.actorId, find), equal('subject', filter.subjectId, find)];
  const [named, time] = [typesOf(filter), timeOf(filter)];
  // A type that has no number stands in no trail.
  const numbersOf = (types: readonly string[]): number[] => types.flatMap((type) => find(type) ?? []);
  const types = named === null ? null : numbersOf(named);
  const every = types ?? numbersOf(TRAIL_EVENT_TYPES);
  if (actor.length > 0)
    return { index: 'audit_events_4_by_actor', keys: actor, rest: [...subject, ...time], types: every };
  if (subject.length > 0) return { index: 'audit_events_4_by_subject', keys: subject, rest: time, types: every };
  return { index: types === null ? null : 'audit_events_4_by_type', keys: [], rest: time, types };
}

/** A stretch of one account's trail, from one of its ends. */
interface Reading extends Bounds {
  readonly trail: number;
  /** Order and limit. */
  readonly tail: string;
}

const PLACE = ' AND seq > ? AND seq < ?';

function parametersOf(conditions: readonly Condition[]): readonly (string | number)[] {
  return conditions.flatMap(({ parameters }) => parameters);
}

function sqlOf(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => sql).join('');
}

/**
 * Reads a page in one index. Of each type the first few places are looked up, and the first of all of them are the page: so
 * its cost depends on how many types are asked for, never on how many events there are.
 */
function statementOf({ trail, above, below, tail }: Reading, narrowing: Narrowing): Condition {
  const { index, keys, rest, types } = narrowing;
  const source = index === null ? 'audit_events_4' : `audit_events_4 INDEXED BY ${index}`;
  if (types === null) {
    const sql = `SELECT ${COLUMNS} FROM ${source} WHERE trail = ?${PLACE}${sqlOf(rest)}${tail}`;
    return { sql, parameters: [trail, above, below, ...parametersOf(rest)] };
  }
  const conditions = [...keys, { sql: ' AND type = ?', parameters: [] }];
  const places = `SELECT seq FROM (SELECT seq FROM ${source} WHERE trail = ?${sqlOf(conditions)}${PLACE}${sqlOf(rest)}${tail})`;
  const sql = `SELECT ${COLUMNS} FROM audit_events_4 WHERE trail = ? AND seq IN (${types.map(() => places).join(' UNION ALL ')})${tail}`;
  const each = types.flatMap((type) => [trail, ...parametersOf(keys), type, above, below, ...parametersOf(rest)]);
  return { sql, parameters: [trail, ...each] };
}

function keyOf(key: Key | null, otherwise: number): number {
  return key === null ? otherwise : Number(key);
}

const STATEMENTS_KEPT = 100;

type Read = (reading: Reading, narrowing: Narrowing) => AuditEventView[];

/** Reads by statements that are kept: the same few are asked again and again. */
function openRead(database: Database, terms: TermReader): Read {
  const statements = new LRUCache<string, Statement<unknown[], Row>>({ max: STATEMENTS_KEPT });
  return (reading, narrowing) => {
    if (narrowing.types?.length === 0) return [];
    const { sql, parameters } = statementOf(reading, narrowing);
    const statement = statements.get(sql) ?? database.prepare<unknown[], Row>(sql);
    statements.set(sql, statement);
    return statement.all(...parameters).map((row) => viewOf(row, terms));
  };
}

const BY_ID = `
  SELECT ${COLUMNS} FROM audit_events_4 INDEXED BY audit_events_4_by_id
  WHERE trail = ? AND substr(event_id, -8) = substr(?, -8) AND event_id = ? ORDER BY seq LIMIT 1`;

/** Prepares the queries of the trail on the read models' file. */
export function createAuditQueries(database: Database): AuditQueries {
  const byId = database.prepare<[number, string, string], Row>(BY_ID);
  const size = database.prepare<[number], number>('SELECT size FROM audit_trails_4 WHERE trail = ?').pluck();
  const terms = openTermReader(database);
  const [find, spanOf, read] = [terms.numberOf, openSpans(database), openRead(database, terms)];

  /** The number of an account's trail; 0, which none has, where nothing has happened in it. */
  const trailOf = (accountId: string): number => find(accountId) ?? 0;

  return {
    following(accountId, filter, place, limit) {
      const bounds = { above: place, below: Number.MAX_SAFE_INTEGER };
      const tail = ` ORDER BY seq ASC LIMIT ${limit}`;
      return read({ trail: trailOf(accountId), ...bounds, tail }, narrowingOf(filter, find));
    },
    lastSeq: (accountId) => (size.get(trailOf(accountId)) ?? 0) - 1,
    page(accountId, filter, page) {
      const trail = trailOf(accountId);
      const span = spanOf(trail, filter);
      const bounds = {
        above: Math.max(span.above, keyOf(page.before, -1)),
        below: Math.min(span.below, keyOf(page.after, Number.MAX_SAFE_INTEGER)),
      };
      const { tail } = pageClause('seq', page, 'descending');
      return pageOf(read({ trail, ...bounds, tail }, narrowingOf(filter, find)), page);
    },
    byId(accountId, eventId) {
      const row = byId.get(trailOf(accountId), eventId, eventId);
      return row === undefined ? null : viewOf(row, terms);
    },
  };
}
