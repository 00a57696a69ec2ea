import type { EndSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import type { Application } from './application.js';
import { execute, load } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { subjectOf } from './subject.js';

/** Ends a session of oneself, or of a user whom one manages. One that is over already stays as it is. */
export async function revokeSession(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { sessionId }: { readonly sessionId: string },
): Promise<Result<{ readonly sessionId: string }>> {
  const { state: session } = await load(app, sessionDecider, sessionId);
  if (session.status === 'NONE') return refused({ code: 'NOT_FOUND' });
  const subject = await subjectOf(app, current, session.userId);
  if ('code' in subject) return refused({ code: 'NOT_FOUND' });
  await execute(app, request, {
    ...{ decider: sessionDecider, id: sessionId, by: subject.by },
    command: (): EndSession => ({ type: 'EndSession', reason: 'REVOKED' }),
  });
  return done({ sessionId });
}
