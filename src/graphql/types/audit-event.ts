import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Field, ID, Int, ObjectType } from 'type-graphql';
import type { AuditCategory, AuditOutcome } from '../../audit/description.js';
import { refusalOf } from '../../audit/refusal.js';
import { sentenceNamesOf, sentenceOf, type SentenceNames, type SummaryLanguage } from '../../audit/sentence.js';
import type { Actor } from '../../domain/event.js';
import type { AuditEventView } from '../../projections/audit/audit-view.js';
import { Access } from '../access.js';
import { fixed } from '../costs/weights.js';
import { AUDIT_LIST, cursorOf } from '../cursor.js';
import { TRAIL_READERS } from '../resolvers/readers.js';
import { typedDetails, type TypedDetails } from './audit-details.js';
import { AuditRefusal, auditRefusalOf } from './audit-refusal.js';
import {
  ActorKindEnum,
  AuditCategoryEnum,
  AuditEventTypeEnum,
  AuditOutcomeEnum,
  SummaryLanguageEnum,
} from './enums.js';
import { Node } from './node.js';

@ObjectType('AuditActor', { description: 'Who made an event happen.' })
export class AuditActor {
  @Field(() => ActorKindEnum, { description: 'What kind of actor.' })
  kind!: Actor['kind'];

  @Field(() => ID, { nullable: true, description: "The user's or token's id; null where nobody was signed in." })
  id!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The user's or token's name at that time; null where it was erased.",
  })
  name!: string | null;
}

@ObjectType('AuditSubject', { description: 'The user whom an event is about.' })
export class AuditSubject {
  @Field(() => ID, { description: "The user's id." })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The user name at that time; null where it was erased.' })
  name!: string | null;
}

@ObjectType('AuditDevice', { description: 'The virtual MFA device that an event is about.' })
export class AuditDevice {
  @Field(() => ID, { description: "The device's id." })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What it was called; null where that was erased.' })
  name!: string | null;
}

@ObjectType('AuditEvent', { implements: Node, description: "An event of the account's audit trail." })
export class AuditEvent extends Node {
  @Field(() => String, {
    description: 'Its cursor in `auditEvents`, and for going on after it in `auditEventRecorded`; opaque.',
  })
  cursor!: string;

  @Field(() => Int, { description: "Place in the account's trail: 0, 1, 2 … without gaps." })
  seq!: number;

  @Field(() => AuditEventTypeEnum, { description: 'What happened.' })
  type!: string;

  @Field(() => AuditCategoryEnum, { description: 'What it is about.' })
  category!: AuditCategory;

  @Field(() => GraphQLDateTime, { description: 'When it happened, to the millisecond.' })
  occurredAt!: Date;

  @Field(() => AuditActor, { description: 'Who made it happen.' })
  actor!: AuditActor;

  @Field(() => AuditSubject, { nullable: true, description: 'The user whom it is about.' })
  subject!: AuditSubject | null;

  @Field(() => AuditDevice, { nullable: true, description: 'The virtual MFA device that it is about.' })
  device!: AuditDevice | null;

  @Field(() => AuditOutcomeEnum, { description: 'Whether what was tried was done.' })
  outcome!: AuditOutcome;

  @Field(() => String, { nullable: true, description: 'A word that narrows the outcome, such as why it was refused.' })
  reason!: string | null;

  @Field(() => ID, { nullable: true, description: 'The session in which it happened.' })
  sessionId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The IP address that the request came from; null where it was erased.',
  })
  ip!: string | null;

  @Field(() => String, { nullable: true, description: 'What the client called itself; null where it was erased.' })
  userAgent!: string | null;

  @Field(() => String, { description: 'The request that caused it; errors and log lines bear the same id.' })
  requestId!: string;

  @Field(() => AuditRefusal, {
    nullable: true,
    description:
      'Why it was refused: the rule, the policy and what was counted. Of a lock or a back-off: why everything is refused from then on. Null for everything else.',
  })
  refusal!: AuditRefusal | null;

  /** Of the union of the details of all types, which is put into the schema from the catalogue. */
  details!: TypedDetails | null;

  /** The names that the summary mentions. */
  names!: SentenceNames;

  @Access({ stages: ['FULL'], roles: TRAIL_READERS })
  @Field(() => String, {
    complexity: fixed(0.05),
    description: 'What happened, as a sentence, with the names that things had then.',
  })
  summary(
    @Arg('language', () => SummaryLanguageEnum, { defaultValue: 'EN', description: 'The language of the sentence.' })
    language: SummaryLanguage,
  ): string {
    return sentenceOf(this.type, this.names, language);
  }
}

/** An event of the trail as the API shows it. */
export function auditEventOf(view: AuditEventView): AuditEvent {
  const refusal = refusalOf(view.type, view.reason, view.details);
  const { eventId: id, seq, type, category, outcome, reason, sessionId, ip, userAgent, requestId } = view;
  return Object.assign(new AuditEvent(), {
    ...{ id, seq, type, category, outcome, reason, sessionId, ip, userAgent, requestId },
    cursor: cursorOf(AUDIT_LIST, seq),
    occurredAt: new Date(view.occurredAt),
    actor: { kind: view.actorKind, id: view.actorId, name: view.actorName },
    subject: view.subjectId === null ? null : { id: view.subjectId, name: view.subjectName },
    device: view.deviceId === null ? null : { id: view.deviceId, name: view.deviceName },
    refusal: refusal && auditRefusalOf(refusal),
    details: typedDetails(type, view.details),
    names: sentenceNamesOf(view),
  });
}
