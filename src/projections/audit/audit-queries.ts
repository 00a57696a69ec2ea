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

const SELECT = `
  SELECT seq, event_id AS eventId, type, category, outcome, reason, occurred_at AS occurredAt, actor_kind AS actorKind,
    actor_id AS actorId, actor_name AS actorName, subject_id AS subjectId, subject_name AS subjectName,
    device_id AS deviceId, device_name AS deviceName, session_id AS sessionId, request_id AS requestId, ip,
    user_agent AS userAgent
  FROM audit_events_2 WHERE account_id = ?`;

const CONDITIONS: Readonly<Record<Exclude<keyof AuditFilter, 'types'>, string>> = {
  actorId: 'actor_id = ?',
  subjectId: 'subject_id = ?',
  outcome: 'outcome = ?',
  since: 'occurred_at >= ?',
  until: 'occurred_at < ?',
};

function conditionOf({ types, ...filter }: AuditFilter): Condition {
  const entries = Object.entries(CONDITIONS).flatMap(([name, sql]) => {
    const value = filter[name as keyof typeof filter];
    return value === undefined ? [] : [{ sql, value }];
  });
  const list =
    types === undefined ? [] : [{ sql: 'type IN (SELECT value FROM json_each(?))', value: JSON.stringify(types) }];
  const all = [...entries, ...list];
  return { sql: all.map(({ sql }) => ` AND ${sql}`).join(''), parameters: all.map(({ value }) => value) };
}

/** Prepares the queries of the trail on the read models' file. */
export function createAuditQueries(database: Database): AuditQueries {
  const byId = database.prepare<[string, string], AuditEventView>(`${SELECT} AND event_id = ?`);
  const size = database.prepare<[string], { size: number }>('SELECT size FROM audit_trails_2 WHERE account_id = ?');
  return {
    following(accountId, filter, after, limit) {
      const where = conditionOf(filter);
      return database
        .prepare<unknown[], AuditEventView>(`${SELECT}${where.sql} AND seq > ? ORDER BY seq LIMIT ?`)
        .all(accountId, ...where.parameters, after, limit);
    },
    lastSeq: (accountId) => (size.get(accountId)?.size ?? 0) - 1,
    page(accountId, filter, page) {
      const where = conditionOf(filter);
      const keys = pageClause('seq', page, 'descending');
      const rows = database
        .prepare<unknown[], AuditEventView>(`${SELECT}${where.sql}${keys.sql}${keys.tail}`)
        .all(accountId, ...where.parameters, ...keys.parameters);
      return pageOf(rows, page);
    },
    byId: (accountId, eventId) => byId.get(accountId, eventId) ?? null,
  };
}
