import type { RevokeTrustedDevices } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Application } from './application.js';
import { executeAs } from './execute-as.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf } from './subject.js';

export interface RevokeTrustedDevicesInput {
  /** Null: oneself. */
  readonly userId: string | null;
  readonly challengeId: string | null;
}

/**
 * Revokes the trust in every browser of oneself, or of a user whom one manages: at the next sign-in a code is asked for, and sessions
 * that began without one owe it now. Needs a verification where the actor's operation protection is on.
 */
export async function revokeTrustedDevices(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: RevokeTrustedDevicesInput,
): Promise<Result<Challenged<{ readonly userId: string }>>> {
  const subject = await subjectOf(app, current, input.userId);
  if ('code' in subject) return refused(subject);
  const { accountId, userId } = subject.user;
  const call = { operation: 'REVOKE_TRUSTED_DEVICES', arguments: { userId }, challengeId: input.challengeId } as const;
  return doGuarded({ app, request, acting: subject.acting }, call, async (acting) => {
    const revoked = await executeAs(app, request, acting, {
      ...{ decider: mfaDecider, id: userId },
      command: ({ now }): RevokeTrustedDevices => ({
        type: 'RevokeTrustedDevices',
        ...{ accountId, userId, by: subject.self ? 'SELF' : 'ADMINISTRATOR', now },
      }),
    });
    return revoked.accepted ? done({ userId }) : refused(revoked.rejection);
  });
}
