import type { RequireSubUserMfa, WaiveSubUserMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { RequirementStart } from '../domain/mfa/events.js';
import { checkReason } from '../domain/user/names.js';
import type { Application } from './application.js';
import { executeAs } from './execute-as.js';
import { doGuarded, guard, notVerified, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { managedSubject } from './subject.js';

/** Has a sub-user enable a virtual MFA device before it can do anything else (rule 7). */
export async function requireSubUserMfa(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: { readonly userId: string; readonly effective: RequirementStart; readonly challengeId: string | null },
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { accountId, userId } = subject.user;
  const { effective, challengeId } = input;
  const call = { operation: 'REQUIRE_SUB_USER_MFA', arguments: { userId, effective }, challengeId } as const;
  return doGuarded({ app, request, acting: subject.acting }, call, async (acting) => {
    const required = await executeAs(app, request, acting, {
      ...{ decider: mfaDecider, id: userId },
      command: ({ now }): RequireSubUserMfa => ({ type: 'RequireSubUserMfa', accountId, userId, effective, now }),
    });
    return required.accepted ? done({ userId }) : refused(required.rejection);
  });
}

export interface WaiveSubUserMfaInput {
  readonly userId: string;
  readonly reason: string | null;
  readonly challengeId: string | null;
}

/** Takes the requirement back, after a verification of its own. */
export async function waiveSubUserMfa(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: WaiveSubUserMfaInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const reason = input.reason?.trim() ?? null;
  const invalid = reason === null ? null : checkReason(reason);
  if (invalid !== null) return refused(invalid);
  const subject = await managedSubject(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { accountId, userId } = subject.user;
  const call = { operation: 'WAIVE_SUB_USER_MFA', arguments: { userId, reason } } as const;
  const guarded = await guard(app, request, subject.acting, { ...call, challengeId: input.challengeId });
  if (!guarded.verified) return notVerified(guarded);
  const { challengeId } = guarded;
  const waived = await executeAs(app, request, subject.acting, {
    ...{ decider: mfaDecider, id: userId },
    command: ({ now }): WaiveSubUserMfa => ({
      type: 'WaiveSubUserMfa',
      ...{ accountId, userId, reason, challengeId, now },
    }),
  });
  return waived.accepted ? done({ challenge: null, userId }) : refused(waived.rejection);
}
