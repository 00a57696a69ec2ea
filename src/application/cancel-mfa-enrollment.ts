import type { CancelMfaEnrollment } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { ownerOf } from './owned-id.js';
import { ENROLLING, executeAs } from './execute-as.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf } from './subject.js';

/** Gives up a pending enrollment of oneself, or of a user whom one manages. */
export async function cancelMfaEnrollment(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { enrollmentId: deviceId }: { readonly enrollmentId: string },
): Promise<Result<{ readonly userId: string }>> {
  const subject = await subjectOf(app, current, ownerOf(deviceId), ENROLLING);
  if ('code' in subject) return refused({ code: 'NOT_FOUND' });
  const { accountId, userId } = subject.user;
  const cancelled = await executeAs(app, request, subject.acting, {
    decider: mfaDecider,
    id: userId,
    command: ({ now }): CancelMfaEnrollment => ({ type: 'CancelMfaEnrollment', accountId, userId, deviceId, now }),
  });
  return cancelled.accepted ? done({ userId }) : refused(cancelled.rejection);
}
