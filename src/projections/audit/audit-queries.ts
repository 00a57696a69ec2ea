import type { Database, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { TRAIL_EVENT_TYPES, typesWithOutcome, type AuditCategory, type AuditOutcome } from '../../audit/description.js';
import type { Actor } from '../../domain/event.js';
import { after } from '../../domain/instant.js';
import { pageClause, pageOf, type Condition, type Key, type Page, type PageRequest } from '../page.js';

/** An event of the trail with the names that things had then. */
export interface AuditEventView {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly category: AuditCategory;
  readonly outcome: AuditOutcome;
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

/** Which events; what is left out does not narrow. */
export interface AuditFilter {
  readonly types?: readonly string[];
  readonly actorId?: string;
  readonly subjectId?: string;
  readonly outcome?: AuditOutcome;
  /** From this moment on; ISO 8601, UTC. */
  readonly since?: string;
  /** Before this moment; ISO 8601, UTC. */
  readonly until?: string;
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

const COLUMNS = `
  seq, event_id AS eventId, type, category, outcome, reason, occurred_at AS occurredAt, actor_kind AS actorKind,
  actor_id AS actorId, actor_name AS actorName, subject_id AS subjectId, subject_name AS subjectName,
  device_id AS deviceId, device_name AS deviceName, session_id AS sessionId, request_id AS requestId, ip,
  user_agent AS userAgent`;

/** Where a page may lie: places in the trail, both excluded. */
interface Bounds {
  readonly above: number;
  readonly below: number;
}

/** What narrows a query beside the place: conditions that each have one parameter, and event types, null for all. */
interface Narrowing {
  /** The index whose leading columns the conditions of `keys` are; null for the trail in its own order. */
  readonly index: string | null;
  readonly keys: readonly Condition[];
  readonly rest: readonly Condition[];
  readonly types: readonly string[] | null;
}

function equal(column: string, value: string | undefined): readonly Condition[] {
  return value === undefined ? [] : [{ sql: ` AND ${column} = ?`, parameters: [value] }];
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
function narrowingOf(filter: AuditFilter): Narrowing {
  const [actor, subject] = [equal('actor_id', filter.actorId), equal('subject_id', filter.subjectId)];
  const [types, time] = [typesOf(filter), timeOf(filter)];
  const every = types ?? TRAIL_EVENT_TYPES;
  if (actor.length > 0)
    return { index: 'audit_events_3_by_actor', keys: actor, rest: [...subject, ...time], types: every };
  if (subject.length > 0) return { index: 'audit_events_3_by_subject', keys: subject, rest: time, types: every };
  return { index: types === null ? null : 'audit_events_3_by_type', keys: [], rest: time, types };
}

/** A stretch of one account's trail, from one of its ends. */
interface Reading extends Bounds {
  readonly accountId: string;
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
function statementOf({ accountId, above, below, tail }: Reading, narrowing: Narrowing): Condition {
  const { index, keys, rest, types } = narrowing;
  const source = index === null ? 'audit_events_3' : `audit_events_3 INDEXED BY ${index}`;
  if (types === null) {
    const sql = `SELECT ${COLUMNS} FROM ${source} WHERE account_id = ?${PLACE}${sqlOf(rest)}${tail}`;
    return { sql, parameters: [accountId, above, below, ...parametersOf(rest)] };
  }
  const conditions = [...keys, { sql: ' AND type = ?', parameters: [] }];
  const places = `SELECT seq FROM (SELECT seq FROM ${source} WHERE account_id = ?${sqlOf(conditions)}${PLACE}${sqlOf(rest)}${tail})`;
  const sql = `SELECT ${COLUMNS} FROM audit_events_3 WHERE account_id = ? AND seq IN (${types.map(() => places).join(' UNION ALL ')})${tail}`;
  const each = types.flatMap((type) => [accountId, ...parametersOf(keys), type, above, below, ...parametersOf(rest)]);
  return { sql, parameters: [accountId, ...each] };
}

function keyOf(key: Key | null, otherwise: number): number {
  return key === null ? otherwise : Number(key);
}

/** Finds the places between which everything of a span of time stands. */
function spansIn(database: Database): (accountId: string, filter: AuditFilter) => Bounds {
  const first = database
    .prepare<[string, string], number>(
      `SELECT seq FROM audit_events_3 INDEXED BY audit_events_3_by_time
       WHERE account_id = ? AND latest_at >= ? ORDER BY latest_at, seq LIMIT 1`,
    )
    .pluck();
  const lag = database.prepare<[string], number>('SELECT lag FROM audit_trails_3 WHERE account_id = ?').pluck();
  return (accountId, { since, until }) => ({
    // Nothing before that place is as late.
    above: since === undefined ? -1 : (first.get(accountId, since) ?? Number.MAX_SAFE_INTEGER) - 1,
    // Everything from that place on is later, also where a clock was behind by the most that one ever was.
    below:
      until === undefined
        ? Number.MAX_SAFE_INTEGER
        : (first.get(accountId, after(until, lag.get(accountId) ?? 0)) ?? Number.MAX_SAFE_INTEGER),
  });
}

const STATEMENTS_KEPT = 100;

/** Prepares the queries of the trail on the read models' file. */
export function createAuditQueries(database: Database): AuditQueries {
  const byId = database.prepare<[string, string], AuditEventView>(
    `SELECT ${COLUMNS} FROM audit_events_3 WHERE account_id = ? AND event_id = ?`,
  );
  const size = database.prepare<[string], number>('SELECT size FROM audit_trails_3 WHERE account_id = ?').pluck();
  const spanOf = spansIn(database);
  const statements = new LRUCache<string, Statement<unknown[], AuditEventView>>({ max: STATEMENTS_KEPT });

  function read(reading: Reading, narrowing: Narrowing): AuditEventView[] {
    if (narrowing.types?.length === 0) return [];
    const { sql, parameters } = statementOf(reading, narrowing);
    const statement = statements.get(sql) ?? database.prepare<unknown[], AuditEventView>(sql);
    statements.set(sql, statement);
    return statement.all(...parameters);
  }

  return {
    following: (accountId, filter, place, limit) =>
      read(
        { accountId, above: place, below: Number.MAX_SAFE_INTEGER, tail: ` ORDER BY seq ASC LIMIT ${limit}` },
        narrowingOf(filter),
      ),
    lastSeq: (accountId) => (size.get(accountId) ?? 0) - 1,
    page(accountId, filter, page) {
      const span = spanOf(accountId, filter);
      const bounds = {
        above: Math.max(span.above, keyOf(page.before, -1)),
        below: Math.min(span.below, keyOf(page.after, Number.MAX_SAFE_INTEGER)),
      };
      const { tail } = pageClause('seq', page, 'descending');
      return pageOf(read({ accountId, ...bounds, tail }, narrowingOf(filter)), page);
    },
    byId: (accountId, eventId) => byId.get(accountId, eventId) ?? null,
  };
}
