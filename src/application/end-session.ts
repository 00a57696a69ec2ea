import type { EndSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import type { SessionEnding } from '../domain/session/events.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';

/** Ends the session that a request came in; one that is over already stays as it is. */
export async function endSession(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  reason: SessionEnding,
): Promise<void> {
  await execute(app, request, {
    decider: sessionDecider,
    id: current.sessionId,
    by: bySelf(current),
    command: (): EndSession => ({ type: 'EndSession', reason }),
  });
}
