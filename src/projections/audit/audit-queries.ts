import type { Database } from 'better-sqlite3';
import type { AuditCategory, AuditOutcome } from '../../audit/description.js';
import type { Actor } from '../../domain/event.js';
import { pageClause, pageOf, type Condition, type Page, type PageRequest } from '../page.js';

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

const CONDITIONS = {
  actorId: 'actor_id = ?',
  subjectId: 'subject_id = ?',
  types: 'type IN (SELECT value FROM json_each(?))',
  outcome: 'outcome = ?',
  since: 'occurred_at >= ?',
  until: 'occurred_at < ?',
} as const;

/** The index that serves a filter, the narrowest first: untold, SQLite reads the account's whole trail for a rare value. */
const INDEXES: readonly (readonly [keyof AuditFilter, string])[] = [
  ['actorId', 'audit_events_2_by_actor'],
  ['subjectId', 'audit_events_2_by_subject'],
  ['types', 'audit_events_2_by_type'],
  ['outcome', 'audit_events_2_by_outcome'],
];

function sourceOf(filter: AuditFilter): string {
  const index = INDEXES.find(([name]) => filter[name] !== undefined)?.[1];
  return index === undefined ? 'audit_events_2' : `audit_events_2 INDEXED BY ${index}`;
}

function conditionOf(filter: AuditFilter): Condition {
  const names = Object.keys(CONDITIONS) as (keyof AuditFilter)[];
  const set = names.flatMap((name) => {
    const value = filter[name];
    if (value === undefined) return [];
    return [{ sql: ` AND ${CONDITIONS[name]}`, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  });
  return { sql: set.map(({ sql }) => sql).join(''), parameters: set.map(({ value }) => value) };
}

/** A span of time as one of places in the trail, which is the order that is read; the key of another page is an edge by itself. */
function spanOf(accountId: string, { since, until }: AuditFilter, { after, before }: PageRequest): Condition {
  if (since === undefined && until === undefined) return { sql: '', parameters: [] };
  const within = conditionOf({ ...(since !== undefined && { since }), ...(until !== undefined && { until }) });
  const edge = (of: 'min' | 'max') =>
    `(SELECT ${of}(seq) FROM audit_events_2 INDEXED BY audit_events_2_by_time WHERE account_id = ?${within.sql})`;
  const edges = [
    ...(before === null ? [` AND seq >= ${edge('min')}`] : []),
    ...(after === null ? [` AND seq <= ${edge('max')}`] : []),
  ];
  return { sql: edges.join(''), parameters: edges.flatMap(() => [accountId, ...within.parameters]) };
}

/** Prepares the queries of the trail on the read models' file. */
export function createAuditQueries(database: Database): AuditQueries {
  const byId = database.prepare<[string, string], AuditEventView>(
    `SELECT ${COLUMNS} FROM audit_events_2 WHERE account_id = ? AND event_id = ?`,
  );
  const size = database.prepare<[string], { size: number }>('SELECT size FROM audit_trails_2 WHERE account_id = ?');
  return {
    following(accountId, filter, after, limit) {
      const where = conditionOf(filter);
      return database
        .prepare<unknown[], AuditEventView>(
          `SELECT ${COLUMNS} FROM audit_events_2 WHERE account_id = ?${where.sql} AND seq > ? ORDER BY seq LIMIT ?`,
        )
        .all(accountId, ...where.parameters, after, limit);
    },
    lastSeq: (accountId) => (size.get(accountId)?.size ?? 0) - 1,
    page(accountId, filter, page) {
      const keys = pageClause('seq', page, 'descending');
      const conditions = [conditionOf(filter), spanOf(accountId, filter, page), keys];
      const where = ['account_id = ?', ...conditions.map(({ sql }) => sql)].join('');
      const rows = database
        .prepare<unknown[], AuditEventView>(`SELECT ${COLUMNS} FROM ${sourceOf(filter)} WHERE ${where}${keys.tail}`)
        .all(accountId, ...conditions.flatMap(({ parameters }) => parameters));
      return pageOf(rows, page);
    },
    byId: (accountId, eventId) => byId.get(accountId, eventId) ?? null,
  };
}
