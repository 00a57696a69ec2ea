import type { CancelMfaEnrollment } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** Gives up one's own pending enrollment. */
export async function cancelMfaEnrollment(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { enrollmentId: deviceId }: { readonly enrollmentId: string },
): Promise<Result<{ readonly userId: string }>> {
  const { accountId, userId } = current.user;
  const cancelled = await execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: bySelf(current),
    command: (): CancelMfaEnrollment => ({ type: 'CancelMfaEnrollment', accountId, userId, deviceId, now: app.now() }),
  });
  return cancelled.accepted ? done({ userId }) : refused(cancelled.rejection);
}
