import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { SECOND } from '../../domain/instant.js';
import type { ExposureView, TurnView } from '../../projections/coverage/exposure-queries.js';
import type { ExposureCause, ExposureEnding } from '../../projections/coverage/protection.js';
import { AuditActor, AuditSubject } from './audit-event.js';
import { AuditEventTypeEnum, ExposureCauseEnum, ExposureEndingEnum } from './enums.js';

@ObjectType('ExposureEvent', { description: 'The event that opened or ended an exposure.' })
export class ExposureEvent {
  @Field(() => ID, { description: 'Its id in the audit trail; `node` finds it.' })
  id!: string;

  @Field(() => AuditEventTypeEnum, { description: 'What happened.' })
  type!: string;

  @Field(() => AuditActor, { description: 'Who made it happen, with the name of then.' })
  actor!: AuditActor;
}

@ObjectType('Exposure', {
  description: 'An interval in which a user had to have a virtual MFA device and had none.',
})
export class Exposure {
  @Field(() => ID, { description: 'The id; opaque.' })
  id!: string;

  @Field(() => AuditSubject, { description: 'The user who was exposed, with the name of when it opened.' })
  user!: AuditSubject;

  @Field(() => ExposureCauseEnum, { description: 'How it came about.' })
  cause!: ExposureCause;

  @Field(() => GraphQLDateTime, {
    description:
      "When it opened: when its event happened, or the latest moment that the account's events before had come to, where a clock was behind. So moments never go back, and exposures agree with `mfaCoverage` at every moment.",
  })
  openedAt!: Date;

  @Field(() => ExposureEvent, { description: 'The event that opened it, and who made that happen.' })
  openedBy!: ExposureEvent;

  @Field(() => ExposureEndingEnum, { nullable: true, description: 'How it ended; null while it is open.' })
  ending!: ExposureEnding | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When it ended, by the same rule as `openedAt`; null while it is open.',
  })
  endedAt!: Date | null;

  @Field(() => ExposureEvent, {
    nullable: true,
    description: 'The event that ended it, and who made that happen; null while it is open.',
  })
  endedBy!: ExposureEvent | null;

  @Field(() => Int, { description: 'How long it lasted, in whole seconds; until now while it is open.' })
  seconds!: number;
}

@InputType('ExposureFilter', {
  description: 'Which exposures; what is left out does not narrow. All that is given must hold.',
})
export class ExposureFilter {
  @Field(() => ID, { nullable: true, description: 'Of this user, who may be deleted by now.' })
  userId?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether it is open still.' })
  open?: boolean | null;

  @Field(() => ExposureCauseEnum, { nullable: true, description: 'That came about in this way.' })
  cause?: ExposureCause | null;

  @Field(() => ExposureEndingEnum, { nullable: true, description: 'That ended in this way.' })
  ending?: ExposureEnding | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'That was not over by this moment.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'That was opened before this moment; with `since`: that overlaps the span between them.',
  })
  until?: Date | null;
}

function eventOf({ eventId: id, type, actorKind: kind, actorId, actorName: name }: TurnView): ExposureEvent {
  return { id, type, actor: { kind, id: actorId, name } };
}

function secondsOf({ openedAt, ended }: ExposureView, now: string): number {
  const lasted = Date.parse(ended?.at ?? now) - Date.parse(openedAt);
  return Math.max(0, Math.floor(lasted / SECOND));
}

/** An exposure as the API shows it at a moment. */
export function exposureOf(view: ExposureView, now: string): Exposure {
  const { userId, userName, cause, openedAt, opened, ended } = view;
  return {
    // One event may open several, of different users.
    id: `${opened.eventId}.${userId}`,
    user: { id: userId, name: userName },
    cause,
    openedAt: new Date(openedAt),
    openedBy: eventOf(opened),
    ending: ended?.ending ?? null,
    endedAt: ended && new Date(ended.at),
    endedBy: ended && eventOf(ended),
    seconds: secondsOf(view, now),
  };
}
