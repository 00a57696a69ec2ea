import type { Database, Statement } from 'better-sqlite3';
import { describe } from '../../audit/description.js';
import { trailOf } from '../../audit/record.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { HandleAny, Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE audit_events_2 (
    account_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    category TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    occurred_at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT,
    subject_id TEXT,
    subject_name TEXT,
    device_id TEXT,
    device_name TEXT,
    session_id TEXT,
    request_id TEXT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    PRIMARY KEY (account_id, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_events_2_by_type ON audit_events_2 (account_id, type, seq);
  CREATE INDEX audit_events_2_by_actor ON audit_events_2 (account_id, actor_id, seq);
  CREATE INDEX audit_events_2_by_subject ON audit_events_2 (account_id, subject_id, seq);
  CREATE INDEX audit_events_2_by_outcome ON audit_events_2 (account_id, outcome, seq);
  CREATE INDEX audit_events_2_by_time ON audit_events_2 (account_id, occurred_at, seq);
  CREATE TABLE audit_trails_2 (account_id TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE audit_names_2 (id TEXT PRIMARY KEY, name TEXT) STRICT, WITHOUT ROWID;
`;

/** Names by the id of their user or device, as they are at this point of the log. */
interface Names {
  learn(event: LoggedEvent): void;
  of(id: string | null): string | null;
}

function namesIn(database: Database): Names {
  const set = database.prepare('INSERT OR REPLACE INTO audit_names_2 (id, name) VALUES (?, ?)');
  const get: Statement<[string], { name: string | null }> = database.prepare(
    'SELECT name FROM audit_names_2 WHERE id = ?',
  );
  return {
    learn(event) {
      if (event.type === 'UserCreated' || event.type === 'UserRenamed')
        set.run(event.data.userId, event.personal?.username ?? null);
      if (event.type === 'MfaEnrollmentStarted') set.run(event.data.deviceId, event.personal?.deviceName ?? null);
    },
    of: (id) => (id === null ? null : (get.get(id)?.name ?? null)),
  };
}

function deviceOf({ data }: LoggedEvent): string | null {
  if ('newDeviceId' in data) return data.newDeviceId;
  return 'deviceId' in data ? data.deviceId : null;
}

function rowOf(event: LoggedEvent, names: Names) {
  const { id: eventId, type, metadata, request } = event;
  const { actor, occurredAt, sessionId, requestId } = metadata;
  const subjectId = 'userId' in event.data ? event.data.userId : null;
  const deviceId = deviceOf(event);
  return {
    ...{ eventId, type, occurredAt, sessionId, requestId, subjectId, deviceId },
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: names.of(actor.id),
    subjectName: names.of(subjectId),
    deviceName: names.of(deviceId),
    ip: request?.ip ?? null,
    userAgent: request?.userAgent ?? null,
  };
}

function open(database: Database): HandleAny {
  const names = namesIn(database);
  const next: Statement<[string], { seq: number }> = database.prepare(`
    INSERT INTO audit_trails_2 (account_id, size) VALUES (?, 1)
    ON CONFLICT (account_id) DO UPDATE SET size = size + 1 RETURNING size - 1 AS seq`);
  const insert = database.prepare(`
    INSERT INTO audit_events_2 (account_id, seq, event_id, type, category, outcome, reason, occurred_at, actor_kind,
      actor_id, actor_name, subject_id, subject_name, device_id, device_name, session_id, request_id, ip, user_agent)
    VALUES (@accountId, @seq, @eventId, @type, @category, @outcome, @reason, @occurredAt, @actorKind,
      @actorId, @actorName, @subjectId, @subjectName, @deviceId, @deviceName, @sessionId, @requestId, @ip, @userAgent)`);
  return (event) => {
    const accountId = trailOf(event);
    const described = describe(event);
    if (accountId === null || described === null) return undefined;
    names.learn(event);
    insert.run({ accountId, seq: next.get(accountId)?.seq, ...described, ...rowOf(event, names) });
    return undefined;
  };
}

/** The index on the audit trail: each account's events with their place in it, and the names that things had then. */
export const auditProjection: Projection = {
  name: 'audit',
  version: 2,
  tables: ['audit_events_2', 'audit_trails_2', 'audit_names_2'],
  schema: SCHEMA,
  open,
};
