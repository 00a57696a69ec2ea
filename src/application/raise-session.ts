import { limitsOf } from '../domain/account/policy.js';
import type { RaiseSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import type { SecondFactor } from '../domain/session/events.js';
import type { MfaState } from '../domain/mfa/state.js';
import { callOffAtSignIn } from './account-recovery.js';
import type { Application, Loaded } from './application.js';
import { actingOnSelf, executeAs, OPEN, sessionOf } from './execute-as.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import type { IssuedSession } from './sign-in.js';
import { formatToken, newSessionSecret, secretDigestOf } from './session-token.js';

/** What was proven, by the device if nothing else is said, and the MFA by which it was. */
type Proven = Loaded<MfaState> & { readonly factor?: SecondFactor };

/**
 * Raises a session whose user has proven the device, or given a recovery code in its place, and gives it a new secret; what
 * would take that device off is called off.
 */
export async function raiseSession(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { version: mfaVersion, factor = 'VIRTUAL_MFA' }: Proven,
): Promise<Result<IssuedSession>> {
  const { sessionId } = current;
  await callOffAtSignIn(app, request, current);
  const secret = newSessionSecret(app);
  const raised = await executeAs(app, request, actingOnSelf(current, OPEN), {
    decider: sessionDecider,
    id: sessionId,
    command: ({ now }, { user, policy, mfa }): RaiseSession => ({
      type: 'RaiseSession',
      sessionId,
      sessionsEnded: mfa.sessionsEnded,
      factors: ['PASSWORD', factor],
      userVersion: user.version,
      mfaVersion,
      secretDigest: secretDigestOf(secret),
      limits: limitsOf(policy),
      now,
    }),
  });
  if (!raised.accepted) return refused(raised.rejection);
  const { state: session, actor } = raised;
  const risen = actor && sessionOf({ ...actor, session }, app.now());
  if (risen === null) return refused({ code: 'SESSION_ENDED' });
  return done({ current: risen, token: formatToken({ sessionId, secret }) });
}
