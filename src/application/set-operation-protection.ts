import type { DisableOperationProtection, EnableOperationProtection } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import type { Application } from './application.js';
import { executeAs } from './execute-as.js';
import { guard, notVerified, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf, type Subject } from './subject.js';

export interface SetOperationProtectionInput {
  /** Null: oneself. */
  readonly userId: string | null;
  readonly enabled: boolean;
  /** The challenge that was answered, where one was asked for. */
  readonly challengeId: string | null;
}

async function change(
  app: Application,
  request: RequestContext,
  { user, acting }: Subject,
  command: EnableOperationProtection | DisableOperationProtection,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const { userId } = user;
  const changed = await executeAs(app, request, acting, { decider: userDecider, id: userId, command: () => command });
  return changed.accepted ? done({ challenge: null, userId }) : refused(changed.rejection);
}

/**
 * Switches operation protection on or off, for oneself or for a user whom one manages (rule 12). Switching it off always needs a
 * verification of whoever does it; where it is as it is to be, nothing is asked for and nothing is written.
 */
export async function setOperationProtection(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { userId, enabled, challengeId }: SetOperationProtectionInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const subject = await subjectOf(app, current, userId);
  if ('code' in subject) return refused(subject);
  if (enabled) return change(app, request, subject, { type: 'EnableOperationProtection' });
  const { user } = subject;
  if (!user.operationProtection) return done({ challenge: null, userId: user.userId });
  const call = { operation: 'DISABLE_OPERATION_PROTECTION', arguments: { userId: user.userId }, challengeId } as const;
  const guarded = await guard(app, request, subject.acting, call);
  if (!guarded.verified) return notVerified(guarded);
  return change(app, request, subject, { type: 'DisableOperationProtection', challengeId: guarded.challengeId });
}
