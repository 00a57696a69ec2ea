import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { createSubUser } from '../../application/create-sub-user.js';
import { registerPrimaryAccount } from '../../application/register-primary-account.js';
import { unlockUser } from '../../application/unlock-user.js';
import { Access } from '../access.js';
import { answer, readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { CreateSubUserInput, RegisterAccountInput, UnlockUserInput } from '../types/inputs.js';
import { CreateSubUserPayload, RegisterAccountPayload, UnlockUserPayload } from '../types/payloads.js';
import { current } from './current.js';

@Resolver()
export class AccountResolver {
  @Access({ stages: ['ANONYMOUS'], roles: 'ANY' })
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

  @Access({ stages: ['FULL'], roles: ['PRIMARY', 'ADMIN'] })
  @Mutation(() => CreateSubUserPayload, {
    description: 'Creates a sub-user of the account. Only the primary creates administrators.',
  })
  async createSubUser(
    @Arg('input', () => CreateSubUserInput, { description: 'The sub-user.' }) input: CreateSubUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<CreateSubUserPayload> {
    const session = current(context);
    const { username, displayName, email, password, role } = input;
    const created = await createSubUser(context.app, context.request, session, {
      ...{ username, password, role },
      displayName: displayName ?? null,
      email: email ?? null,
    });
    return answer(context, created, ({ userId }) => ({ user: readUser(context, session.user.accountId, userId) }));
  }

  @Access({ stages: ['FULL'], roles: ['PRIMARY', 'ADMIN'] })
  @Mutation(() => UnlockUserPayload, {
    description: 'Has codes and passwords of another user checked again at once, after too many wrong ones in a row.',
  })
  async unlockUser(
    @Arg('input', () => UnlockUserInput, { description: 'The user.' }) input: UnlockUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UnlockUserPayload> {
    const session = current(context);
    const unlocked = await unlockUser(context.app, context.request, session, input);
    return answer(context, unlocked, ({ userId }) => ({ user: readUser(context, session.user.accountId, userId) }));
  }
}
