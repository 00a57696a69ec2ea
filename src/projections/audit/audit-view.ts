import { classify, reasonOf, type Classified, type TrailEventType } from '../../audit/description.js';
import type { Details } from '../../audit/details.js';
import type { ReadableEvent } from '../../audit/export/readable.js';
import type { EventNamed } from '../../domain/catalogue.js';
import { nameThen } from './names.js';
import type { TermReader } from './terms.js';

/** An event of the trail with the names that things had then; null where a person was erased. */
export interface AuditEventView extends ReadableEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly sessionId: string | null;
  readonly requestId: string;
  /** The fields of its type that are shown; null where it has none. */
  readonly details: Details | null;
}

type Derived = keyof Classified | 'type' | 'reason' | 'actorId' | 'subjectId' | 'deviceId' | 'sessionId' | 'details';

/** A row, with numbers where a view has texts. */
export interface Row extends Omit<AuditEventView, Derived> {
  readonly type: number;
  readonly actor: number | null;
  readonly subject: number | null;
  readonly device: number | null;
  readonly session: number | null;
  /** JSON. */
  readonly details: string | null;
}

/** Rows of the trail, which are called `e`, with names as they were then, and where requests came from, as `o`. */
export const SELECT_ROWS = `
  SELECT e.seq, e.event_id AS eventId, e.type, e.occurred_at AS occurredAt, e.actor_kind AS actorKind, e.actor,
    ${nameThen('actor')} AS actorName, e.subject, ${nameThen('subject')} AS subjectName, e.device,
    ${nameThen('device')} AS deviceName, e.session, e.request_id AS requestId, o.ip, o.user_agent AS userAgent, e.details
  FROM audit_events_5 AS e LEFT JOIN audit_origins_5 AS o ON o.origin = e.origin`;

type Data = EventNamed<TrailEventType>['data'];

/** Of types that show nothing no reason is taken from the data. */
const NO_DETAILS = '{}';

/** The view of a row. */
export function viewOf(row: Row, { textOf }: TermReader): AuditEventView {
  const said = (term: number | null): string | null => (term === null ? null : textOf(term));
  const type = textOf(row.type) as TrailEventType;
  const { category, outcome } = classify(type);
  const data = JSON.parse(row.details ?? NO_DETAILS) as Details & Data;
  // Field by field: spreads would cost a good part of what a page of fifty rows does.
  return {
    seq: row.seq,
    eventId: row.eventId,
    type,
    category,
    outcome,
    reason: reasonOf<TrailEventType>(type, data),
    occurredAt: row.occurredAt,
    actorKind: row.actorKind,
    actorId: said(row.actor),
    actorName: row.actorName,
    subjectId: said(row.subject),
    subjectName: row.subjectName,
    deviceId: said(row.device),
    deviceName: row.deviceName,
    sessionId: said(row.session),
    requestId: row.requestId,
    ip: row.ip,
    userAgent: row.userAgent,
    details: row.details === null ? null : data,
  };
}
