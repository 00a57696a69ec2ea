import { Arg, Args, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { assignRole, deleteSubUser, resetSubUserPassword } from '../../application/manage-user.js';
import { eraseUser } from '../../application/erase-user.js';
import type { Challenged } from '../../application/guard.js';
import { renameUser } from '../../application/rename-user.js';
import { requireSubUserMfa, waiveSubUserMfa } from '../../application/require-sub-user-mfa.js';
import type { Result } from '../../application/result.js';
import { setOperationProtection } from '../../application/set-operation-protection.js';
import { unlockUser } from '../../application/unlock-user.js';
import { Access, type AccessRule } from '../access.js';
import { answerChallenged, readUser } from '../answer.js';
import type { FieldNames } from '../error-table.js';
import type { GraphqlContext } from '../context.js';
import { connectionOf, PageArgs, pageRequestOf } from '../paging.js';
import { SessionConnection } from '../types/connections.js';
import {
  AssignRoleInput,
  DeleteSubUserInput,
  EraseUserInput,
  RenameUserInput,
  RequireSubUserMfaInput,
  ResetSubUserPasswordInput,
  SetOperationProtectionInput,
  UnlockUserInput,
  WaiveSubUserMfaInput,
} from '../types/inputs.js';
import {
  AssignRolePayload,
  DeleteSubUserPayload,
  EraseUserPayload,
  RenameUserPayload,
  RequireSubUserMfaPayload,
  ResetSubUserPasswordPayload,
  SetOperationProtectionPayload,
  UnlockUserPayload,
  WaiveSubUserMfaPayload,
} from '../types/payloads.js';
import { sessionOf } from '../types/session.js';
import { User } from '../types/user.js';
import { current } from './current.js';
import { guarded } from './guarded.js';
import { pageOf } from '../costs/weights.js';

const MANAGERS: AccessRule = { stages: ['FULL'], roles: ['PRIMARY', 'ADMIN'] };

function answered(
  context: GraphqlContext,
  result: Result<Challenged<{ readonly userId: string }>>,
  names?: FieldNames,
) {
  const { accountId } = current(context).user;
  return answerChallenged(context, result, ({ userId }) => ({ user: readUser(context, accountId, userId) }), names);
}

@Resolver(() => User)
export class UserResolver {
  @Access({ stages: ['FULL'], roles: 'ANY' })
  @FieldResolver(() => SessionConnection, {
    nullable: true,
    complexity: pageOf({ page: 4, entry: 0.15 }),
    description:
      'The sessions that are not over, newest first: for the user itself, and for those who manage it. A page looks at 500 sessions at most, so it may have fewer than were asked for. As long as `hasNextPage` is true, `endCursor` goes on where it stopped.',
  })
  sessions(
    @Root() user: User,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: GraphqlContext,
  ): SessionConnection | null {
    const { user: viewer, sessionId: own } = current(context);
    const manages = viewer.kind === 'PRIMARY' || viewer.role === 'ADMIN';
    if (user.id !== viewer.userId && !manages) return null;
    const { readModels, app } = context;
    const page = readModels.sessions.page(viewer.accountId, user.id, pageRequestOf('sessions', args), app.now());
    return connectionOf('sessions', page, {
      key: ({ position }) => position,
      node: (view) => sessionOf(view, view.sessionId === own),
    });
  }

  @Access(MANAGERS)
  @Mutation(() => RequireSubUserMfaPayload, {
    description: 'Has a sub-user enable a virtual MFA device before it can do anything else.',
  })
  async requireSubUserMfa(
    @Arg('input', () => RequireSubUserMfaInput, { description: 'Of whom.' }) input: RequireSubUserMfaInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RequireSubUserMfaPayload> {
    return answered(context, await requireSubUserMfa(context.app, context.request, current(context), guarded(input)));
  }

  @Access(MANAGERS)
  @Mutation(() => WaiveSubUserMfaPayload, {
    description: 'Requires no virtual MFA device of a sub-user any more. Asks for a verification first.',
  })
  async waiveSubUserMfa(
    @Arg('input', () => WaiveSubUserMfaInput, { description: 'Of whom.' }) input: WaiveSubUserMfaInput,
    @Ctx() context: GraphqlContext,
  ): Promise<WaiveSubUserMfaPayload> {
    const { userId, reason = null, challengeId = null } = input;
    const waived = await waiveSubUserMfa(context.app, context.request, current(context), {
      userId,
      reason,
      challengeId,
    });
    const { accountId } = current(context).user;
    return answerChallenged(context, waived, () => ({ user: readUser(context, accountId, userId) }));
  }

  @Access(MANAGERS)
  @Mutation(() => UnlockUserPayload, {
    description: 'Has codes and passwords of another user checked again at once, after too many wrong ones in a row.',
  })
  async unlockUser(
    @Arg('input', () => UnlockUserInput, { description: 'The user.' }) input: UnlockUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<UnlockUserPayload> {
    return answered(context, await unlockUser(context.app, context.request, current(context), guarded(input)));
  }

  @Access(MANAGERS)
  @Mutation(() => AssignRolePayload, {
    description:
      'Gives a sub-user another role; it counts from the next request on. Only the primary makes administrators.',
  })
  async assignRole(
    @Arg('input', () => AssignRoleInput, { description: 'The role.' }) input: AssignRoleInput,
    @Ctx() context: GraphqlContext,
  ): Promise<AssignRolePayload> {
    return answered(context, await assignRole(context.app, context.request, current(context), guarded(input)));
  }

  @Access(MANAGERS)
  @Mutation(() => ResetSubUserPasswordPayload, {
    description: 'Gives a sub-user a new password, which it must change at its next sign-in. Its sessions end.',
  })
  async resetSubUserPassword(
    @Arg('input', () => ResetSubUserPasswordInput, { description: 'The password.' }) input: ResetSubUserPasswordInput,
    @Ctx() context: GraphqlContext,
  ): Promise<ResetSubUserPasswordPayload> {
    const reset = await resetSubUserPassword(context.app, context.request, current(context), guarded(input));
    return answered(context, reset, { password: 'newPassword' });
  }

  @Access(MANAGERS)
  @Mutation(() => RenameUserPayload, {
    description:
      'Gives a sub-user another name to sign in by, or another one on screen. The name before is free again.',
  })
  async renameUser(
    @Arg('input', () => RenameUserInput, { description: 'The names.' }) input: RenameUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RenameUserPayload> {
    const { userId, username = null, displayName = null, challengeId = null } = input;
    const names = { userId, username, displayName, challengeId };
    return answered(context, await renameUser(context.app, context.request, current(context), names));
  }

  @Access({ ...MANAGERS, budget: 'URGENT_WRITES' })
  @Mutation(() => DeleteSubUserPayload, {
    description:
      'Deletes a sub-user: its sessions end, its name is free, its secrets are destroyed. The audit trail stays.',
  })
  async deleteSubUser(
    @Arg('input', () => DeleteSubUserInput, { description: 'The sub-user.' }) input: DeleteSubUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<DeleteSubUserPayload> {
    const deleted = await deleteSubUser(context.app, context.request, current(context), guarded(input));
    return answerChallenged(context, deleted, ({ userId }) => ({ deletedUserId: userId }));
  }

  @Access({ stages: ['FULL'], roles: ['PRIMARY'] })
  @Mutation(() => EraseUserPayload, {
    description:
      'Has what a deleted sub-user was called, and where it came from, forgotten for good: the key of these values is destroyed. The audit trail stays, without them, and so does every proof.',
  })
  async eraseUser(
    @Arg('input', () => EraseUserInput, { description: 'The sub-user.' }) input: EraseUserInput,
    @Ctx() context: GraphqlContext,
  ): Promise<EraseUserPayload> {
    const erased = await eraseUser(context.app, context.request, current(context), guarded(input));
    return answerChallenged(context, erased, ({ userId }) => ({ erasedUserId: userId }));
  }

  @Access({ stages: ['FULL'], roles: 'ANY' })
  @Mutation(() => SetOperationProtectionPayload, {
    description:
      'Switches operation protection on or off, for oneself or for a user whom one manages. While it is on, every sensitive operation of that user needs a verification of its own, for that operation with those arguments, once. Switching it off asks for a verification first.',
  })
  async setOperationProtection(
    @Arg('input', () => SetOperationProtectionInput, { description: 'Whose, and whether.' })
    input: SetOperationProtectionInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SetOperationProtectionPayload> {
    const { userId = null, enabled, challengeId = null } = input;
    const wanted = { userId, enabled, challengeId };
    return answered(context, await setOperationProtection(context.app, context.request, current(context), wanted));
  }
}
