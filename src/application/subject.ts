import { checkDemand } from '../domain/authority.js';
import type { Rejection } from '../domain/rejection.js';
import type { SessionStage } from '../domain/session/standing.js';
import { userDecider } from '../domain/user/decider.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { actingOn, actingOnSelf, type Acting } from './execute-as.js';
import { load } from './execute.js';
import type { CurrentSession } from './request-context.js';

/** Whom a command is about, where the actor may do it as far as is known at its arrival. */
export interface Subject {
  readonly user: ActiveUser;
  readonly self: boolean;
  readonly acting: Acting;
}

/** Another user whom the actor manages (rule 9), or why not. */
export async function managedSubject(
  app: Application,
  current: CurrentSession,
  userId: string,
): Promise<Subject | Rejection> {
  const { state: user } = await load(app, userDecider, userId);
  const acting = actingOn(current, { userId, personId: user.status === 'ACTIVE' ? user.personId : '' });
  const refusal = checkDemand(acting.demand, current, user);
  if (refusal !== null) return refusal;
  return user.status === 'ACTIVE' ? { user, self: false, acting } : { code: 'NOT_FOUND' };
}

/** Oneself, where nobody or oneself is named, at these stages; else another user whom the actor manages. */
export async function subjectOf(
  app: Application,
  current: CurrentSession,
  userId: string | null,
  stages?: readonly SessionStage[],
): Promise<Subject | Rejection> {
  if (userId !== null && userId !== current.user.userId) return managedSubject(app, current, userId);
  return { user: current.user, self: true, acting: actingOnSelf(current, stages) };
}
