import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { currentSession } from '../../application/authenticate.js';
import { changePassword } from '../../application/change-password.js';
import { Access } from '../access.js';
import { answerChallenged, readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { ChangePasswordInput } from '../types/inputs.js';
import { ChangePasswordPayload } from '../types/payloads.js';
import { current } from './current.js';
import { standingOutcome } from './outcome.js';

@Resolver()
export class PasswordResolver {
  @Access({ stages: ['PASSWORD_CHANGE', 'FULL'], roles: 'ANY' })
  @Mutation(() => ChangePasswordPayload, {
    description:
      'Gives oneself a new password; other sessions end. Asks for a verification first, except at a sign-in that demands a new password.',
  })
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'The password.' }) input: ChangePasswordInput,
    @Ctx() context: GraphqlContext,
  ): Promise<ChangePasswordPayload> {
    const { app, request } = context;
    const before = current(context);
    const { newPassword, challengeId = null } = input;
    const changed = await changePassword(app, request, before, { newPassword, challengeId });
    // The same session goes on; where it stands now depends on what else it owes.
    if (changed.ok && changed.value.challenge === null) context.session = await currentSession(app, before.sessionId);
    const after = context.session;
    const payload = () => ({
      user: after?.stage === 'FULL' ? readUser(context, after.user.accountId, after.user.userId) : null,
      outcome: before.stage === 'FULL' || after === null ? null : standingOutcome(context, after, null),
    });
    return answerChallenged(context, changed, payload, { password: 'newPassword' });
  }
}
