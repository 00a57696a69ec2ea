import type { DisableMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { executeAs } from './execute-as.js';
import { load } from './execute.js';
import { guard, notVerified, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf } from './subject.js';

export interface DisableMfaInput {
  /** Null: oneself. */
  readonly userId: string | null;
  readonly challengeId: string | null;
}

/**
 * Disables a device: one's own by a proof of it, a managed user's by the actor's own verification (rule 8). Its codes are dead with
 * the answer; its seed is destroyed soon after.
 */
export async function disableMfa(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: DisableMfaInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const subject = await subjectOf(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { accountId, userId } = subject.user;
  const { state: mfa } = await load(app, mfaDecider, userId);
  if (mfa.device === null) return refused({ code: 'MFA_NOT_ENABLED' });
  const call = { operation: 'DISABLE_MFA', arguments: { userId } } as const;
  const guarded = await guard(app, request, subject.acting, { ...call, challengeId: input.challengeId });
  if (!guarded.verified) return notVerified(guarded);
  const { method: verifiedBy, challengeId } = guarded;
  const disabled = await executeAs(app, request, subject.acting, {
    decider: mfaDecider,
    id: userId,
    command: ({ now }): DisableMfa => ({
      type: 'DisableMfa',
      by: subject.self ? 'SELF' : 'ADMINISTRATOR',
      ...{ accountId, userId, challengeId, recoveredAt: null, verifiedBy, now },
    }),
  });
  return disabled.accepted ? done({ challenge: null, userId }) : refused(disabled.rejection);
}
