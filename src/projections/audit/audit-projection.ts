import type { Database } from 'better-sqlite3';
import { describe } from '../../audit/description.js';
import { trailOf } from '../../audit/record.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { Intake, Projection } from '../projection.js';
import { openTerms, TERMS_SCHEMA, type Terms } from './terms.js';
import { openTrails, TRAILS_SCHEMA } from './trails.js';

// Numbers of terms stand for accounts, types, users and devices: rows and indexes are a third of what they would be. Of an
// event's id the end will do in an index, which need not be unique: whoever looks compares the id.
const EVENTS_SCHEMA = `
  CREATE TABLE audit_events_4 (
    trail INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type INTEGER NOT NULL,
    reason TEXT,
    occurred_at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor INTEGER,
    actor_name TEXT,
    subject INTEGER,
    subject_name TEXT,
    device INTEGER,
    device_name TEXT,
    session_id TEXT,
    request_id TEXT NOT NULL,
    ip TEXT,
    user_agent TEXT,
    PRIMARY KEY (trail, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_events_4_by_type ON audit_events_4 (trail, type, seq);
  CREATE INDEX audit_events_4_by_actor ON audit_events_4 (trail, actor, type, seq) WHERE actor IS NOT NULL;
  CREATE INDEX audit_events_4_by_subject ON audit_events_4 (trail, subject, type, seq) WHERE subject IS NOT NULL;
  CREATE INDEX audit_events_4_by_id ON audit_events_4 (trail, substr(event_id, -8));
`;

function deviceOf({ data }: LoggedEvent): string | null {
  if ('newDeviceId' in data) return data.newDeviceId;
  return 'deviceId' in data ? data.deviceId : null;
}

const INSERT = `
  INSERT INTO audit_events_4 (trail, seq, event_id, type, reason, occurred_at, actor_kind, actor, actor_name, subject,
    subject_name, device, device_name, session_id, request_id, ip, user_agent)
  VALUES (${Array.from({ length: 17 }, () => '?').join(', ')})`;

/** Actor, subject, device, and where it came from, in the order of their columns. */
function peopleOf(event: LoggedEvent, terms: Terms) {
  const { data, metadata, request } = event;
  const actor = terms.of(metadata.actor.id);
  const subject = terms.of('userId' in data ? data.userId : null);
  const device = terms.of(deviceOf(event));
  return [
    ...[metadata.actor.kind, actor.term, actor.name, subject.term, subject.name, device.term, device.name],
    ...[metadata.sessionId, metadata.requestId, request?.ip ?? null, request?.userAgent ?? null],
  ];
}

function open(database: Database): Intake {
  const terms = openTerms(database);
  const trails = openTrails(database);
  const insert = database.prepare(INSERT);
  return {
    take(event): undefined {
      const accountId = trailOf(event);
      const described = describe(event);
      if (accountId === null || described === null) return;
      terms.learn(event);
      const { occurredAt } = event.metadata;
      const trail = terms.numberOf(accountId);
      const seq = trails.next(trail, occurredAt);
      const type = terms.numberOf(event.type);
      insert.run(trail, seq, event.id, type, described.reason, occurredAt, ...peopleOf(event, terms));
    },
    write(): undefined {
      trails.write();
    },
    forget(): undefined {
      terms.forget();
      trails.forget();
    },
  };
}

/** The index on the audit trail: each account's events with their place in it, and the names that things had then. */
export const auditProjection: Projection = {
  name: 'audit',
  version: 4,
  tables: ['audit_events_4', 'audit_trails_4', 'audit_moments_4', 'audit_terms_4'],
  schema: EVENTS_SCHEMA + TRAILS_SCHEMA + TERMS_SCHEMA,
  open,
};
