import type { EndSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import type { Application } from './application.js';
import { execute, load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf } from './subject.js';

/**
 * Ends a session of oneself, or of a user whom one manages. One that is over already stays as it is. The session that asks is
 * signed out by it, which needs no verification.
 */
export async function revokeSession(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { sessionId, challengeId }: { readonly sessionId: string; readonly challengeId: string | null },
): Promise<Result<Challenged<{ readonly sessionId: string }>>> {
  const { state: session } = await load(app, sessionDecider, sessionId);
  if (session.status === 'NONE') return refused({ code: 'NOT_FOUND' });
  const subject = await subjectOf(app, current, session.userId);
  if ('code' in subject) return refused({ code: 'NOT_FOUND' });
  const end = async (): Promise<{ readonly sessionId: string }> => {
    await execute(app, request, {
      ...{ decider: sessionDecider, id: sessionId, by: subject.by },
      command: (): EndSession => ({ type: 'EndSession', reason: 'REVOKED' }),
    });
    return { sessionId };
  };
  if (sessionId === current.sessionId) return done({ challenge: null, ...(await end()) });
  const call = { operation: 'REVOKE_SESSION', arguments: { sessionId }, challengeId } as const;
  return doGuarded({ app, request, current }, call, async () => done(await end()));
}
