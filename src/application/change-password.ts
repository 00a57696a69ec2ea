import type { ChangePassword } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import type { Application } from './application.js';
import { matchesPassword } from './check-password.js';
import { actingOnSelf, executeAs } from './execute-as.js';
import { guard, notVerified, type Challenged } from './guard.js';
import { checkPassword, storePassword } from './new-credentials.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

export interface ChangePasswordInput {
  readonly newPassword: string;
  readonly challengeId: string | null;
}

/**
 * Gives oneself a new password, after a verification; one that somebody else has set, at the sign-in that asks for it, without.
 * One's other sessions end.
 * @throws {RateLimitedError} where the user has given too many passwords
 */
export async function changePassword(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: ChangePasswordInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  await app.limits.take('PASSWORDS_OF_USER', current.user.userId);
  const invalid = await checkPassword(app, input.newPassword);
  if (invalid !== null) return refused(invalid);
  // A session that has to choose a password needs no verification for it, and none that does not may choose without.
  const acting = actingOnSelf(current, [current.stage]);
  if (current.stage === 'FULL') {
    const call = { operation: 'CHANGE_PASSWORD', arguments: {} } as const;
    const guarded = await guard(app, request, acting, { ...call, challengeId: input.challengeId });
    if (!guarded.verified) return notVerified(guarded);
  }
  if (await matchesPassword(app, current.user, input.newPassword)) return refused({ code: 'PASSWORD_UNCHANGED' });
  const { userId, credentialId: oldCredentialId } = current.user;
  const credentialId = await storePassword(app, userId, input.newPassword);
  const changed = await executeAs(app, request, acting, {
    ...{ decider: userDecider, id: userId },
    command: (): ChangePassword => ({ type: 'ChangePassword', credentialId, oldCredentialId }),
  });
  return changed.accepted ? done({ challenge: null, userId }) : refused(changed.rejection);
}
