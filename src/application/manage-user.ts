import { checkDemand } from '../domain/authority.js';
import { streamName } from '../domain/stream.js';
import type { AssignRole, DeleteUser, ResetPassword } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import type { Role } from '../domain/user/events.js';
import type { Application } from './application.js';
import { demanding, executeAs } from './execute-as.js';
import { load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import { releaseName, usernameIn } from './names.js';
import { checkPassword, storePassword } from './new-credentials.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { takeOfAccount } from './request-limits.js';
import { done, refused, type Result } from './result.js';
import { managedSubject } from './subject.js';
import { writerOf } from './write-budgets.js';

type Managed = Promise<Result<Challenged<{ readonly userId: string }>>>;

/** Whom it is done to, and the challenge that was answered for it, if one was asked for. */
interface Managing {
  readonly userId: string;
  readonly challengeId: string | null;
}

/** Gives a sub-user another role; only the primary makes an `ADMIN`. It counts from the next request on. */
export async function assignRole(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: Managing & { readonly role: Role },
): Managed {
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { role, challengeId } = input;
  const acting = demanding(subject.acting, { assigns: role });
  const refusal = checkDemand(acting.demand, current, subject.user);
  if (refusal !== null) return refused(refusal);
  const { userId } = subject.user;
  const call = { operation: 'ASSIGN_ROLE', arguments: { userId, role }, challengeId } as const;
  return doGuarded({ app, request, acting }, call, async (verified) => {
    const assigned = await executeAs(app, request, verified, {
      ...{ decider: userDecider, id: userId },
      command: (): AssignRole => ({ type: 'AssignRole', role }),
    });
    return assigned.accepted ? done({ userId }) : refused(assigned.rejection);
  });
}

/**
 * Gives a sub-user a new password, which it must change at its next sign-in; its sessions end.
 * @throws {RateLimitedError} where the account gives its sub-users too many passwords at once
 */
export async function resetSubUserPassword(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: Managing & { readonly newPassword: string },
): Managed {
  const invalid = await checkPassword(app, input.newPassword);
  if (invalid !== null) return refused(invalid);
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  await takeOfAccount(app.limits, 'SUB_USER_PASSWORDS_OF_ACCOUNT', writerOf(current));
  const { userId } = subject.user;
  const { challengeId } = input;
  const call = { operation: 'RESET_SUB_USER_PASSWORD', arguments: { userId }, challengeId } as const;
  return doGuarded({ app, request, acting: subject.acting }, call, async (acting) => {
    const credentialId = await storePassword(app, userId, input.newPassword);
    const reset = await executeAs(app, request, acting, {
      ...{ decider: userDecider, id: userId },
      command: (): ResetPassword => ({ type: 'ResetPassword', credentialId, onceSince: null }),
    });
    return reset.accepted ? done({ userId }) : refused(reset.rejection);
  });
}

/** Deletes a sub-user: its sessions end at once, its name is free, its secrets are destroyed soon after. */
export async function deleteSubUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: Managing,
): Managed {
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) {
    if (subject.code !== 'NOT_FOUND') return refused(subject);
    const finished = await finishDeletion(app, request, current, input.userId);
    return finished.ok ? done({ challenge: null, ...finished.value }) : finished;
  }
  const { userId } = subject.user;
  const call = { operation: 'DELETE_SUB_USER', arguments: { userId }, challengeId: input.challengeId } as const;
  return doGuarded({ app, request, acting: subject.acting }, call, async (acting) => {
    const deleted = await executeAs(app, request, acting, {
      ...{ decider: userDecider, id: userId },
      command: (): DeleteUser => ({ type: 'DeleteUser' }),
    });
    // The name is given back also if somebody else has deleted the user meanwhile.
    if (!deleted.accepted && deleted.rejection.code !== 'NOT_FOUND') return refused(deleted.rejection);
    return finishDeletion(app, request, current, userId);
  });
}

/** Gives the name of a deleted user back, also where a crash kept an earlier request from it. */
async function finishDeletion(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  userId: string,
): Promise<Result<{ readonly userId: string }>> {
  const { state: user } = await load(app, userDecider, userId);
  const { accountId } = current.user;
  if (user.status !== 'DELETED' || user.accountId !== accountId || user.username === null) {
    return refused({ code: 'NOT_FOUND' });
  }
  await releaseName(app, request, usernameIn(accountId, user.username), streamName('user', userId));
  return done({ userId });
}
