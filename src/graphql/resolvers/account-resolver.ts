import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { cancelAccountRecovery } from '../../application/account-recovery.js';
import { createSubUser } from '../../application/create-sub-user.js';
import { registerPrimaryAccount } from '../../application/register-primary-account.js';
import { Access } from '../access.js';
import { answer, answerChallenged, readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { CreateSubUserInput, RegisterAccountInput } from '../types/inputs.js';
import { CancelAccountRecoveryPayload, CreateSubUserPayload, RegisterAccountPayload } from '../types/payloads.js';
import { current } from './current.js';

@Resolver()
export class AccountResolver {
  @Access({ stages: ['ANONYMOUS'], roles: 'ANY', budget: 'OF_ITS_OWN' })
  @Mutation(() => RegisterAccountPayload, {
    description: 'Registers a primary account with its user. It does not sign in.',
  })
  async registerAccount(
    @Arg('input', () => RegisterAccountInput, { description: 'The account.' }) input: RegisterAccountInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RegisterAccountPayload> {
    const registered = await registerPrimaryAccount(context.app, context.request, input);
    return answer(context, registered, ({ accountId }) => ({ account: { id: accountId, alias: input.alias } }));
  }

  @Access({ stages: ['FULL'], roles: ['PRIMARY'], budget: 'URGENT_WRITES' })
  @Mutation(() => CancelAccountRecoveryPayload, {
    description:
      'Calls off the recovery of the account that an operator has begun. Signing in with a right code or recovery code does the same by itself.',
  })
  async cancelAccountRecovery(@Ctx() context: GraphqlContext): Promise<CancelAccountRecoveryPayload> {
    const cancelled = await cancelAccountRecovery(context.app, context.request, current(context));
    return answer(context, cancelled, ({ recoveryId }) => ({ cancelledRecoveryId: recoveryId }));
  }

  @Access({ stages: ['FULL'], roles: ['PRIMARY', 'ADMIN'] })
  @Mutation(() => CreateSubUserPayload, {
    description: 'Creates a sub-user of the account. Only the primary creates administrators.',
  })
  async createSubUser(
    @Arg('input', () => CreateSubUserInput, { description: 'The sub-user.' }) input: CreateSubUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CreateSubUserPayload> {
    const session = current(context);
    const { username, displayName, email, password, role, requireMfa, challengeId } = input;
    const created = await createSubUser(context.app, context.request, session, {
      ...{ username, password, role, requireMfa },
      displayName: displayName ?? null,
      email: email ?? null,
      challengeId: challengeId ?? null,
    });
    return answerChallenged(context, created, ({ userId }) => ({
      user: readUser(context, session.user.accountId, userId),
    }));
  }
}
