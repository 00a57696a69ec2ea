import { limitsOf } from '../domain/account/policy.js';
import type { RaiseSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import { standingOf } from '../domain/session/standing.js';
import type { SecondFactor } from '../domain/session/events.js';
import type { MfaState } from '../domain/mfa/state.js';
import { callOffAtSignIn } from './account-recovery.js';
import type { Application, Loaded } from './application.js';
import { bySelf } from './authorship.js';
import { execute } from './execute.js';
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
  { state: mfa, version: mfaVersion, factor = 'VIRTUAL_MFA' }: Proven,
): Promise<Result<IssuedSession>> {
  const { sessionId, user, policy } = current;
  await callOffAtSignIn(app, request, current);
  const secret = newSessionSecret(app);
  const raised = await execute(app, request, {
    decider: sessionDecider,
    id: sessionId,
    by: bySelf(current),
    command: (): RaiseSession => ({
      type: 'RaiseSession',
      sessionId,
      sessionsEnded: mfa.sessionsEnded,
      factors: ['PASSWORD', factor],
      userVersion: user.version,
      mfaVersion,
      secretDigest: secretDigestOf(secret),
      limits: limitsOf(policy),
      now: app.now(),
    }),
  });
  if (!raised.accepted) return refused(raised.rejection);
  const { state: session } = raised;
  const stage = standingOf({ sessionId, session, user, mfa, policy }, app.now());
  if (session.status !== 'OPEN' || stage === 'ENDED') return refused({ code: 'SESSION_ENDED' });
  return done({
    current: { sessionId, user, mfa, policy, session, stage },
    token: formatToken({ sessionId, secret }),
  });
}
