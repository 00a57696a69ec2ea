import { after, isReached } from '../domain/instant.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { RefreshSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import { REFRESH_INTERVAL, standingOf } from '../domain/session/standing.js';
import { userDecider } from '../domain/user/decider.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute, load } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { isSecretOf, parseToken } from './session-token.js';

/** The session as its streams have it now, or null where it is over. */
export async function currentSession(app: Application, sessionId: string): Promise<CurrentSession | null> {
  const { state: session } = await load(app, sessionDecider, sessionId);
  if (session.status !== 'OPEN') return null;
  const [{ state: user }, { state: mfa }] = await Promise.all([
    load(app, userDecider, session.userId),
    load(app, mfaDecider, session.userId),
  ]);
  const standing = standingOf({ sessionId, session, user, mfa }, app.now());
  if (standing === 'ENDED' || user.status !== 'ACTIVE') return null;
  return { sessionId, session, stage: standing, user, mfa };
}

async function refresh(app: Application, request: RequestContext, current: CurrentSession): Promise<void> {
  const now = app.now();
  if (!isReached(after(current.session.lastSeenAt, REFRESH_INTERVAL), now)) return;
  await execute(app, request, {
    decider: sessionDecider,
    id: current.sessionId,
    by: bySelf(current),
    // Somebody else may have refreshed it meanwhile; once more does no harm.
    command: (): RefreshSession => ({ type: 'RefreshSession', now }),
  });
}

/**
 * The session that a token belongs to, at the stage where it stands now; null where the token is none, or its
 * session is over. Notes that the session is in use, at most every 5 minutes.
 */
export async function authenticate(
  app: Application,
  request: RequestContext,
  token: string,
): Promise<CurrentSession | null> {
  const parsed = parseToken(token);
  if (parsed === null) return null;
  const current = await currentSession(app, parsed.sessionId);
  if (current === null || !isSecretOf(current.session.secretDigest, parsed.secret)) return null;
  await refresh(app, request, current);
  return current;
}
