import { mayManage } from '../domain/access.js';
import type { RejectionCode } from '../domain/rejection.js';
import { userDecider } from '../domain/user/decider.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { bySelf, byUser } from './authorship.js';
import { load, type Authorship } from './execute.js';
import type { CurrentSession } from './request-context.js';

/** Whom a command is about, once it is known that the actor may. */
export interface Subject {
  readonly user: ActiveUser;
  readonly self: boolean;
  readonly by: Authorship;
}

export type SubjectRefusal = {
  readonly code: Extract<RejectionCode, 'NOT_FOUND' | 'FORBIDDEN' | 'MFA_ENROLLMENT_REQUIRED'>;
};

/** Another user whom the actor manages (rule 9), or why not. */
export async function managedSubject(
  app: Application,
  current: CurrentSession,
  userId: string,
): Promise<Subject | SubjectRefusal> {
  if (current.stage !== 'FULL') return { code: 'MFA_ENROLLMENT_REQUIRED' };
  const { state: user } = await load(app, userDecider, userId);
  const subject = user.status === 'ACTIVE' ? user : null;
  const access = mayManage(current.user, subject);
  if (access !== 'ALLOWED') return { code: access };
  return subject === null
    ? { code: 'NOT_FOUND' }
    : { user: subject, self: false, by: byUser(current, subject.personId) };
}

/** Oneself, where nobody or oneself is named; else another user whom the actor manages. */
export async function subjectOf(
  app: Application,
  current: CurrentSession,
  userId: string | null,
): Promise<Subject | SubjectRefusal> {
  if (userId !== null && userId !== current.user.userId) return managedSubject(app, current, userId);
  return { user: current.user, self: true, by: bySelf(current) };
}
