import type { EndSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import type { Application } from './application.js';
import { executeAs, type Acting } from './execute-as.js';
import { load } from './execute.js';
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
  const end = async (acting: Acting): Promise<Result<{ readonly sessionId: string }>> => {
    const ended = await executeAs(app, request, acting, {
      ...{ decider: sessionDecider, id: sessionId },
      command: (): EndSession => ({ type: 'EndSession', reason: 'REVOKED' }),
    });
    return ended.accepted ? done({ sessionId }) : refused(ended.rejection);
  };
  const { acting } = subject;
  if (sessionId === current.sessionId) {
    const ended = await end(acting);
    return ended.ok ? done({ challenge: null, ...ended.value }) : ended;
  }
  const call = { operation: 'REVOKE_SESSION', arguments: { sessionId }, challengeId } as const;
  return doGuarded({ app, request, acting }, call, end);
}
