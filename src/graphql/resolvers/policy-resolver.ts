import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { setAccountPolicy } from '../../application/set-account-policy.js';
import { Access } from '../access.js';
import { answerChallenged } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { accountPolicyOf, AccountPolicyType, policyChangesOf, SetAccountPolicyInput } from '../types/account-policy.js';
import { SetAccountPolicyPayload } from '../types/payloads.js';
import { Account } from '../types/user.js';
import { current } from './current.js';
import { READERS, readerOf } from './readers.js';
import { fixed } from '../costs/weights.js';

@Resolver(() => Account)
export class PolicyResolver {
  @Access({ stages: ['FULL'], roles: READERS })
  @FieldResolver(() => AccountPolicyType, {
    nullable: true,
    complexity: fixed(0.1),
    description: 'What the primary has laid down for all users: for those who read the account.',
  })
  policy(@Root() account: Account, @Ctx() context: GraphqlContext): AccountPolicyType | null {
    const { accountId } = readerOf(context);
    return account.id === accountId ? accountPolicyOf(context.readModels.sessions.policyOf(accountId)) : null;
  }

  @Access({ stages: ['FULL'], roles: ['PRIMARY'] })
  @Mutation(() => SetAccountPolicyPayload, {
    description:
      'Lays down what holds for all users of the account; what is left out stays. Open sessions are held to it from their next request on. `accountPolicyPreview` tells beforehand whom it would concern.',
  })
  async setAccountPolicy(
    @Arg('input', () => SetAccountPolicyInput, { description: 'The policy.' }) input: SetAccountPolicyInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SetAccountPolicyPayload> {
    const { challengeId = null } = input;
    const set = await setAccountPolicy(context.app, context.request, current(context), {
      ...{ changes: policyChangesOf(input), challengeId },
    });
    return answerChallenged(context, set, ({ policy }) => ({ policy: accountPolicyOf(policy) }));
  }
}
