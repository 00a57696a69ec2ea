import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Int, ObjectType } from 'type-graphql';
import type { Refusal, RefusalRule } from '../../audit/refusal.js';
import { RefusalRuleEnum } from './enums.js';

@ObjectType('RefusalPolicy', { description: 'The numbers of a rule; null for those that it does not have.' })
export class RefusalPolicy {
  @Field(() => Int, { nullable: true, description: 'Codes that one challenge, or one set-up, takes.' })
  attempts!: number | null;

  @Field(() => Int, { nullable: true, description: 'Failures in a row that lock, or start a back-off.' })
  failuresInARow!: number | null;

  @Field(() => Int, { nullable: true, description: 'Failures in a row that lock until somebody unlocks.' })
  failuresUntilUnlocked!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds that the first lock or back-off lasts; each further one lasts twice as long.',
  })
  firstWaitSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'Seconds that a lock or back-off lasts at most.' })
  longestWaitSeconds!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Time steps either side of the current one whose codes are accepted.',
  })
  stepsEitherSide!: number | null;
}

@ObjectType('RefusalCounters', { description: 'What was counted, as the event says; null for what it does not say.' })
export class RefusalCounters {
  @Field(() => Int, { nullable: true, description: 'How many more codes the challenge, or the set-up, took.' })
  attemptsLeft!: number | null;

  @Field(() => Int, { nullable: true, description: 'Failures in a row, this one included.' })
  consecutiveFailures!: number | null;

  @Field(() => Int, { nullable: true, description: "How far the device's clock was ahead, in seconds." })
  clockOffsetSeconds!: number | null;

  @Field(() => Int, { nullable: true, description: 'The RFC 6238 time step that the code was right for.' })
  timeStep!: number | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When the lock or back-off that began here ends; null where none did, or only unlocking ends it.',
  })
  retryAt!: Date | null;
}

@ObjectType('AuditRefusal', { description: 'Why something was refused, from the event itself.' })
export class AuditRefusal {
  @Field(() => RefusalRuleEnum, { description: 'The rule that said no.' })
  rule!: RefusalRule;

  @Field(() => String, { description: 'The reason, in a word: the same as that of the event.' })
  reason!: string;

  @Field(() => RefusalPolicy, { description: 'The numbers of that rule.' })
  policy!: RefusalPolicy;

  @Field(() => RefusalCounters, { description: 'What was counted.' })
  counters!: RefusalCounters;
}

/** A refusal as the API shows it. */
export function auditRefusalOf({ rule, reason, policy, counters }: Refusal): AuditRefusal {
  const { retryAt } = counters;
  return { rule, reason, policy, counters: { ...counters, retryAt: retryAt === null ? null : new Date(retryAt) } };
}
