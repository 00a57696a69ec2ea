import { Field, Float, Int, ObjectType } from 'type-graphql';
import { User } from './user.js';

@ObjectType('MfaCoverage', { description: 'How much of the account is protected by virtual MFA.' })
export class MfaCoverage {
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
    description: 'Who has to have a device and has none, the oldest first, at most 100; `users` has them all.',
  })
  overdueUsers!: User[];
}
