import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Counts } from '../../projections/coverage/protection.js';
import { Exposure } from './exposure.js';
import { User } from './user.js';
import { listOf } from '../costs/weights.js';

@ObjectType('MfaCoverage', { description: 'How much of the account is protected by virtual MFA, now or at a moment.' })
export class MfaCoverage {
  @Field(() => GraphQLDateTime, {
    description: 'The moment that this is true of: the one that was asked for, or now where none was or it lies ahead.',
  })
  at!: Date;

  @Field(() => Int, { description: 'The users of the account, the primary included.' })
  users!: number;

  @Field(() => Int, { description: 'Those with an enabled device.' })
  enabled!: number;

  @Field(() => Int, { description: 'Those who have to have one.' })
  required!: number;

  @Field(() => Int, { description: 'Those who have to have one and have none.' })
  overdue!: number;

  @Field(() => Float, { description: 'The share of users with an enabled device, from 0 to 1.' })
  share!: number;

  @Field(() => [User], {
    complexity: listOf(100),
    description:
      'Who has to have a device and has none, the oldest first, at most 100; `users` has them all. Of a moment in the past: who had none then, as they are now, without those who were deleted since; `exposures` has these, too.',
  })
  overdueUsers!: User[];

  @Field(() => [Exposure], {
    complexity: listOf(100),
    description: 'The exposures that were open at that moment, the longest open first, at most 100.',
  })
  exposures!: Exposure[];
}

@ObjectType('MfaCoveragePoint', { description: 'How much of the account was protected at a moment, for plotting.' })
export class MfaCoveragePoint {
  @Field(() => GraphQLDateTime, { description: 'The moment.' })
  at!: Date;

  @Field(() => Int, { description: 'The users of the account, the primary included.' })
  users!: number;

  @Field(() => Int, { description: 'Those with an enabled device.' })
  enabled!: number;

  @Field(() => Int, { description: 'Those who had to have one.' })
  required!: number;

  @Field(() => Int, { description: 'Those who had to have one and had none.' })
  overdue!: number;

  @Field(() => Float, {
    description: 'The share of users with an enabled device, from 0 to 1; 0 where there was nobody.',
  })
  share!: number;
}

/** The share of users who are protected. */
export function shareOf({ users, enabled }: Counts): number {
  return users === 0 ? 0 : enabled / users;
}
