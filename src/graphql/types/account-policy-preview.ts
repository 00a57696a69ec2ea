import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { AccountPolicyType } from './account-policy.js';
import { User } from './user.js';
import { listOf } from '../costs/weights.js';

@ObjectType('AccountPolicyEffectOnUser', { description: 'How often a policy would concern one user.' })
export class AccountPolicyEffectOnUser {
  @Field(() => ID, { description: 'The user.' })
  userId!: string;

  @Field(() => User, { nullable: true, description: 'The user as it is now; null where it was deleted.' })
  user!: User | null;

  @Field(() => Int, { description: 'How often.' })
  count!: number;
}

@ObjectType('AccountPolicyEffect', { description: 'How often something would happen by a policy, and to whom.' })
export class AccountPolicyEffect {
  @Field(() => Int, { description: 'How often, over all users.' })
  count!: number;

  @Field(() => Int, { description: 'How many users it concerns.' })
  userCount!: number;

  @Field(() => [AccountPolicyEffectOnUser], {
    complexity: listOf(100),
    description: 'Affected users, most affected first; at most 100.',
  })
  users!: AccountPolicyEffectOnUser[];
}

@ObjectType('AccountPolicyPreview', {
  description: 'Whom a policy would concern, from what happened in the last days. Nothing is changed by asking.',
})
export class AccountPolicyPreview {
  @Field(() => AccountPolicyType, { description: 'The policy that was tried, all of it.' })
  policy!: AccountPolicyType;

  @Field(() => GraphQLDateTime, { description: 'From when on the days are counted.' })
  since!: Date;

  @Field(() => GraphQLDateTime, { description: 'Up to when: now.' })
  until!: Date;

  @Field(() => AccountPolicyEffect, {
    description:
      'Sub-users created in these days, and still there, of whom no device was required at their creation and would have been.',
  })
  newSubUsersForced!: AccountPolicyEffect;

  @Field(() => AccountPolicyEffect, { description: 'Those of them who have no device today.' })
  newSubUsersWithoutDevice!: AccountPolicyEffect;

  @Field(() => AccountPolicyEffect, { description: 'Sessions that are open now and would end at once.' })
  openSessionsEnding!: AccountPolicyEffect;

  @Field(() => AccountPolicyEffect, {
    description: 'Sessions that are open now and would owe a code before they can go on.',
  })
  openSessionsChallenged!: AccountPolicyEffect;

  @Field(() => AccountPolicyEffect, {
    description:
      'Sessions begun in these days that were used after they would have ended: their users would have had to sign in again. Use is recorded at most every 5 minutes, so one that went on for less than that may be missed.',
  })
  pastSessionsCutShort!: AccountPolicyEffect;

  @Field(() => AccountPolicyEffect, {
    description:
      'Sign-ins of these days that a trusted browser let in and that would have been asked for a code. Where a user has trusted several browsers, the one trusted last counts.',
  })
  pastSignInsChallenged!: AccountPolicyEffect;
}
