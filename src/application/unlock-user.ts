import { mayManage } from '../domain/access.js';
import type { UnlockMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import { passwordDecider, type ClearPasswordBackOff } from '../domain/password/decider.js';
import { userDecider } from '../domain/user/decider.js';
import type { Application } from './application.js';
import { byUser } from './authorship.js';
import { execute, load } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** Sets back the wrong codes and wrong passwords of another user of the account, with whatever lock they led to. */
export async function unlockUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { userId }: { readonly userId: string },
): Promise<Result<{ readonly userId: string }>> {
  const { state: user } = await load(app, userDecider, userId);
  const subject = user.status === 'ACTIVE' ? user : null;
  const access = mayManage(current.user, subject);
  if (access !== 'ALLOWED' || subject === null) return refused({ code: access === 'FORBIDDEN' ? access : 'NOT_FOUND' });
  const { accountId, personId } = subject;
  const by = byUser(current, personId);
  const now = app.now();
  await execute(app, request, {
    ...{ decider: mfaDecider, id: userId, by },
    command: (): UnlockMfa => ({ type: 'UnlockMfa', accountId, userId, now }),
  });
  await execute(app, request, {
    ...{ decider: passwordDecider, id: userId, by },
    command: (): ClearPasswordBackOff => ({ type: 'ClearPasswordBackOff', accountId, userId }),
  });
  return done({ userId });
}
