import type { Database, Statement } from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import { describe } from '../../audit/description.js';
import { trailOf } from '../../audit/record.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { Intake, Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE audit_events_3 (
    account_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    category TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    occurred_at TEXT NOT NULL,
    latest_at TEXT NOT NULL,
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
  CREATE INDEX audit_events_3_by_type ON audit_events_3 (account_id, type, seq);
  CREATE INDEX audit_events_3_by_actor ON audit_events_3 (account_id, actor_id, type, seq);
  CREATE INDEX audit_events_3_by_subject ON audit_events_3 (account_id, subject_id, type, seq);
  CREATE INDEX audit_events_3_by_time ON audit_events_3 (account_id, latest_at, seq);
  CREATE TABLE audit_trails_3 (
    account_id TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    latest_at TEXT NOT NULL,
    lag INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE audit_names_3 (id TEXT PRIMARY KEY, name TEXT) STRICT, WITHOUT ROWID;
`;

/** Names by the id of their user or device, as they are at this point of the log. */
interface Names {
  learn(event: LoggedEvent): void;
  of(id: string | null): string | null;
  forget(): void;
}

const NAMES_KEPT = 5_000;

function namesIn(database: Database): Names {
  const set = database.prepare('INSERT OR REPLACE INTO audit_names_3 (id, name) VALUES (?, ?)');
  const get: Statement<[string], { name: string | null }> = database.prepare(
    'SELECT name FROM audit_names_3 WHERE id = ?',
  );
  // Nameless ones too.
  const known = new LRUCache<string, { readonly name: string | null }>({ max: NAMES_KEPT });

  function keep(id: string, name: string | null): void {
    set.run(id, name);
    known.set(id, { name });
  }

  function find(id: string): string | null {
    const { name } = known.get(id) ?? get.get(id) ?? { name: null };
    known.set(id, { name });
    return name;
  }

  return {
    learn(event) {
      if (event.type === 'UserCreated' || event.type === 'UserRenamed')
        keep(event.data.userId, event.personal?.username ?? null);
      if (event.type === 'MfaEnrollmentStarted') keep(event.data.deviceId, event.personal?.deviceName ?? null);
    },
    of: (id) => (id === null ? null : find(id)),
    forget: () => known.clear(),
  };
}

/** An account's trail: how long it is, the latest moment in it, and the most that an event was ever behind that, in milliseconds. */
interface Trail {
  readonly size: number;
  readonly latestAt: string;
  readonly lag: number;
}

/** The trails that a batch goes on with, written together. */
function trailsIn(database: Database) {
  const get: Statement<[string], Trail> = database.prepare(
    'SELECT size, latest_at AS latestAt, lag FROM audit_trails_3 WHERE account_id = ?',
  );
  const set = database.prepare<[string, number, string, number]>(
    'INSERT OR REPLACE INTO audit_trails_3 (account_id, size, latest_at, lag) VALUES (?, ?, ?, ?)',
  );
  const trails = new Map<string, Trail>();
  return {
    /** The place of an event, and the latest moment up to it. */
    next(accountId: string, occurredAt: string) {
      const { size, latestAt, lag } = trails.get(accountId) ?? get.get(accountId) ?? { size: 0, latestAt: '', lag: 0 };
      const latest = occurredAt < latestAt ? latestAt : occurredAt;
      const behind = latest === occurredAt ? 0 : Date.parse(latest) - Date.parse(occurredAt);
      trails.set(accountId, { size: size + 1, latestAt: latest, lag: Math.max(lag, behind) });
      return { seq: size, latestAt: latest };
    },
    write(): void {
      for (const [accountId, { size, latestAt, lag }] of trails) set.run(accountId, size, latestAt, lag);
      trails.clear();
    },
    forget: () => trails.clear(),
  };
}

function deviceOf({ data }: LoggedEvent): string | null {
  if ('newDeviceId' in data) return data.newDeviceId;
  return 'deviceId' in data ? data.deviceId : null;
}

const INSERT = `
  INSERT INTO audit_events_3 (account_id, seq, event_id, type, category, outcome, reason, occurred_at, latest_at,
    actor_kind, actor_id, actor_name, subject_id, subject_name, device_id, device_name, session_id, request_id, ip,
    user_agent)
  VALUES (${Array.from({ length: 20 }, () => '?').join(', ')})`;

/** Actor, subject, device, and where it came from, in the order of their columns. */
function peopleOf({ data, metadata, request }: LoggedEvent, deviceId: string | null, names: Names) {
  const { actor, sessionId, requestId } = metadata;
  const subjectId = 'userId' in data ? data.userId : null;
  return [
    ...[actor.kind, actor.id, names.of(actor.id), subjectId, names.of(subjectId), deviceId, names.of(deviceId)],
    ...[sessionId, requestId, request?.ip ?? null, request?.userAgent ?? null],
  ];
}

function open(database: Database): Intake {
  const names = namesIn(database);
  const trails = trailsIn(database);
  const insert = database.prepare(INSERT);
  return {
    take(event): undefined {
      const accountId = trailOf(event);
      const described = describe(event);
      if (accountId === null || described === null) return;
      names.learn(event);
      const { id, type, metadata } = event;
      const { seq, latestAt } = trails.next(accountId, metadata.occurredAt);
      const { category, outcome, reason } = described;
      const people = peopleOf(event, deviceOf(event), names);
      insert.run(accountId, seq, id, type, category, outcome, reason, metadata.occurredAt, latestAt, ...people);
    },
    write(): undefined {
      trails.write();
    },
    forget(): undefined {
      names.forget();
      trails.forget();
    },
  };
}

/** The index on the audit trail: each account's events with their place in it, and the names that things had then. */
export const auditProjection: Projection = {
  name: 'audit',
  version: 3,
  tables: ['audit_events_3', 'audit_trails_3', 'audit_names_3'],
  schema: SCHEMA,
  open,
};
