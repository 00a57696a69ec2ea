import type { SqliteConnection } from '../../sqlite/connection.js';
import { isTrailEvent } from '../../audit/description.js';
import { detailsOf } from '../../audit/details.js';
import { trailOf } from '../../audit/record.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { Intake, Projection } from '../projection.js';
import { NAMES_SCHEMA, openNames } from './names.js';
import { openOrigins, ORIGINS_SCHEMA } from './origins.js';
import { openTerms, TERMS_SCHEMA, type Terms } from './terms.js';
import { blockOf, openTrails, TRAILS_SCHEMA } from './trails.js';

// Numbers stand for accounts, types, users, devices, sessions, and where requests came from: rows and indexes are a third of what
// they would be, and nothing personal is in them. Of ids of events and requests the end will do in an index, which need not be
// unique: whoever looks compares the id. What a person did is looked for by type, and all of it at once where names are searched.
const EVENTS_SCHEMA = `
  CREATE TABLE audit_events_5 (
    trail INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    type INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor INTEGER,
    subject INTEGER,
    device INTEGER,
    session INTEGER,
    origin INTEGER,
    request_id TEXT NOT NULL,
    details TEXT,
    block INTEGER NOT NULL,
    PRIMARY KEY (trail, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX audit_events_5_by_type ON audit_events_5 (trail, type, seq);
  CREATE INDEX audit_events_5_by_actor ON audit_events_5 (trail, actor, type * 2 + (actor IS subject), seq)
    WHERE actor IS NOT NULL;
  CREATE INDEX audit_events_5_by_subject ON audit_events_5 (trail, subject, type, seq, actor)
    WHERE subject IS NOT NULL AND actor IS NOT subject;
  CREATE INDEX audit_events_5_by_device ON audit_events_5 (trail, device, seq) WHERE device IS NOT NULL;
  CREATE INDEX audit_events_5_by_session ON audit_events_5 (trail, session, seq) WHERE session IS NOT NULL;
  CREATE INDEX audit_events_5_by_origin ON audit_events_5 (trail, origin, seq) WHERE origin IS NOT NULL;
  CREATE INDEX audit_events_5_by_request ON audit_events_5 (trail, block, substr(request_id, -8));
  CREATE INDEX audit_events_5_by_id ON audit_events_5 (trail, block, substr(event_id, -8));
`;

function deviceOf({ data }: LoggedEvent): string | null {
  if ('newDeviceId' in data) return data.newDeviceId;
  return 'deviceId' in data ? data.deviceId : null;
}

const INSERT = `
  INSERT INTO audit_events_5 (trail, seq, event_id, type, occurred_at, actor_kind, actor, subject, device, session, origin,
    request_id, details, block)
  VALUES (${Array.from({ length: 14 }, () => '?').join(', ')})`;

/** Kind of actor, actor, subject, device and session of an event, in the order of their columns. */
function peopleOf(event: LoggedEvent, terms: Terms) {
  const { data, metadata } = event;
  return [
    metadata.actor.kind,
    terms.numberOf(metadata.actor.id),
    terms.numberOf('userId' in data ? data.userId : null),
    terms.numberOf(deviceOf(event)),
    terms.numberOf(metadata.sessionId),
  ];
}

function open(database: SqliteConnection): Intake {
  const terms = openTerms(database);
  const trails = openTrails(database);
  const names = openNames(database, terms);
  const origins = openOrigins(database, terms);
  const insert = database.prepare(INSERT);

  function erase(trail: number, userId: string): void {
    terms.erase(userId);
    const person = terms.of(userId).term;
    names.forget(trail, person);
    origins.erase(trail, person);
  }

  return {
    take(event): undefined {
      const accountId = trailOf(event);
      if (accountId === null || !isTrailEvent(event)) return;
      const { occurredAt, requestId } = event.metadata;
      const trail = terms.of(accountId).term;
      const seq = trails.next(trail, occurredAt);
      names.learn(trail, seq, event);
      const details = detailsOf(event.type, event.data);
      const [type, origin] = [terms.of(event.type).term, origins.of(trail, accountId, event)];
      const what = [origin, requestId, details && JSON.stringify(details), blockOf(seq)];
      insert.run(trail, seq, event.id, type, occurredAt, ...peopleOf(event, terms), ...what);
      if (event.type === 'UserErased') erase(trail, event.data.userId);
    },
    write(): undefined {
      trails.write();
    },
    forget(): undefined {
      terms.forget();
      trails.forget();
      origins.forget();
    },
  };
}

/**
 * The index on the audit trail: each account's events with their place in it, and apart from them, so that they can be
 * forgotten, the names that things had then and where requests came from. Details are kept in the revision that their type
 * has: a new revision of a type is a new version of this read model.
 */
export const auditProjection: Projection = {
  name: 'audit',
  version: 5,
  tables: [
    ...['audit_events_5', 'audit_trails_5', 'audit_moments_5', 'audit_terms_5'],
    ...['audit_names_5', 'audit_origins_5'],
  ],
  schema: EVENTS_SCHEMA + TRAILS_SCHEMA + TERMS_SCHEMA + NAMES_SCHEMA + ORIGINS_SCHEMA,
  open,
};
