import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../canonical/canonical-json.js';
import type { Actor } from '../../../domain/event.js';
import { leafHash } from '../../merkle/hashing.js';
import { recordText } from '../../leaf.js';
import { base64Of } from '../../notes/base64.js';
import type { AuditRecord } from '../../record.js';
import { sentenceNamesOf, sentenceOf } from '../../sentence.js';
import type { ReadableEvent } from '../readable.js';
import { activityIn, type Activity, type OcsfVersion } from './activities.js';
import { mappedOf, type Mapped, type Severity, type TrailEvent } from './mapping.js';
import { known, type OcsfObject } from './parts.js';

/** An event of a trail in the three ways in which it is known. */
export interface OcsfSource {
  readonly record: AuditRecord;
  /** The same event, brought up to the current revision of its type. */
  readonly event: TrailEvent;
  readonly readable: ReadableEvent;
}

const CATEGORY = 3;
const PRODUCT: OcsfObject = { name: 'Virtual MFA', uid: 'virtual-mfa', vendor_name: 'Virtual MFA' };
const SEVERITIES: Readonly<Record<Severity, string>> = { 1: 'Informational', 2: 'Low', 3: 'Medium' };

function classification({ class: { uid, name }, ...activity }: Activity): OcsfObject {
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: CATEGORY,
    category_name: 'Identity & Access Management',
    class_uid: uid,
    class_name: name,
    type_uid: uid * 100 + activity.id,
    // The type's caption has that of the activity, which for all others is "Other".
    type_name: `${name}: ${activity.id === 99 ? 'Other' : activity.name}`,
  };
}

function statusOf({ outcome, reason }: ReadableEvent, { statusCode, statusDetail }: Mapped): OcsfObject {
  const isDone = outcome === 'SUCCESS';
  const status = isDone ? { status_id: 1, status: 'Success' } : { status_id: 2, status: 'Failure' };
  return known({ ...status, status_code: statusCode ?? reason, status_detail: statusDetail });
}

function metadataOf({ id, type, seq, data, metadata }: AuditRecord, version: OcsfVersion): OcsfObject {
  return known({
    ...{ version, product: PRODUCT, uid: id, original_event_uid: id, event_code: type, sequence: seq },
    tenant_uid: data.accountId,
    correlation_uid: metadata.correlationId,
    original_time: metadata.occurredAt,
    ...{ log_name: 'mfa-audit', log_version: '1', log_provider: 'Virtual MFA' },
  });
}

/** Who acted: for what is not a user a name of the application that did it. */
function actorIn({ kind, id }: Actor, name: string | null): OcsfObject | null {
  switch (kind) {
    case 'USER':
      return { user: known({ uid: id, name }) };
    case 'AUDIT_TOKEN':
      return known({ app_name: name ?? 'Audit token', app_uid: id });
    case 'SERVICE_CREDENTIAL':
      return known({ app_name: name ?? 'Service credential', app_uid: id });
    case 'SYSTEM':
      return known({ app_name: 'Virtual MFA', app_uid: id });
    case 'ANONYMOUS':
      return null;
  }
}

function sessionIn({ sessionId }: AuditRecord['metadata']): OcsfObject | null {
  return sessionId === null ? null : { uid: sessionId };
}

function actorOf({ metadata }: AuditRecord, { actorName }: ReadableEvent): OcsfObject | null {
  const [actor, session] = [actorIn(metadata.actor, actorName), sessionIn(metadata)];
  return actor === null && session === null ? null : known({ ...actor, session });
}

function userOf({ data }: AuditRecord, { subjectId, subjectName }: ReadableEvent, { user }: Mapped): OcsfObject {
  return known({ uid: subjectId, name: subjectName, account: { uid: data.accountId }, ...user });
}

/** What each class asks for beside what its activity brings along. */
function subjectOf({ record, readable }: OcsfSource, activity: Activity, mapped: Mapped): OcsfObject {
  if (activity.class.uid === 3004) return {};
  const user = userOf(record, readable, mapped);
  if (activity.class.uid !== 3002) return { user };
  return known({ user, service: { name: 'Virtual MFA', uid: 'virtual-mfa' }, session: sessionIn(record.metadata) });
}

function integrityOf(record: AuditRecord): OcsfObject {
  const text = recordText(record);
  const value = createHash('sha256').update(text).digest('hex');
  return {
    raw_data: text,
    raw_data_hash: { algorithm_id: 3, algorithm: 'SHA-256', value },
    unmapped: { seq: record.seq, leaf_hash: base64Of(leafHash(text)) },
  };
}

/**
 * An event of a trail as an event of OCSF. It holds the text of its record, that text's SHA-256, and the hash by which the record
 * stands in the tree of its account, so that it can be tied to a native export and to checkpoints.
 */
export function ocsfEvent(source: OcsfSource, version: OcsfVersion): OcsfObject {
  const { record, event, readable } = source;
  const mapped = mappedOf(event, readable);
  const activity = activityIn(version, mapped.deed);
  const { ip, userAgent } = readable;
  return known({
    ...classification(activity),
    ...{ time: Date.parse(record.metadata.occurredAt), timezone_offset: 0 },
    ...{ severity_id: mapped.severity, severity: SEVERITIES[mapped.severity] },
    ...statusOf(readable, mapped),
    message: sentenceOf(record.type, sentenceNamesOf(readable)),
    metadata: metadataOf(record, version),
    actor: actorOf(record, readable),
    src_endpoint: ip === null ? null : { ip },
    http_request: known({ uid: record.metadata.requestId, user_agent: userAgent }),
    ...subjectOf(source, activity, mapped),
    ...mapped.attributes,
    ...integrityOf(record),
  });
}

/** An event of a trail as a line of an export, without its newline. */
export function ocsfLine(source: OcsfSource, version: OcsfVersion): string {
  return canonicalJson(ocsfEvent(source, version));
}
