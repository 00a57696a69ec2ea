import type { UnlockMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import { passwordDecider, type ClearPasswordBackOff } from '../domain/password/decider.js';
import type { Application } from './application.js';
import { executeAs } from './execute-as.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { managedSubject } from './subject.js';

/** Sets back the wrong codes and wrong passwords of another user of the account, with whatever lock they led to. */
export async function unlockUser(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: { readonly userId: string; readonly challengeId: string | null },
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { accountId, userId } = subject.user;
  const call = { operation: 'UNLOCK_USER', arguments: { userId }, challengeId: input.challengeId } as const;
  return doGuarded({ app, request, acting: subject.acting }, call, async (acting) => {
    const unlocked = await executeAs(app, request, acting, {
      ...{ decider: mfaDecider, id: userId },
      command: ({ now }): UnlockMfa => ({ type: 'UnlockMfa', accountId, userId, now }),
    });
    if (!unlocked.accepted) return refused(unlocked.rejection);
    const cleared = await executeAs(app, request, acting, {
      ...{ decider: passwordDecider, id: userId },
      command: (): ClearPasswordBackOff => ({ type: 'ClearPasswordBackOff', accountId, userId }),
    });
    return cleared.accepted ? done({ userId }) : refused(cleared.rejection);
  });
}
