import type { ActiveUser } from './user/state.js';

/** Whether an actor may act on a subject; what it must not know of does not exist. */
export type Access = 'ALLOWED' | 'FORBIDDEN' | 'NOT_FOUND';

type Party = Pick<ActiveUser, 'accountId' | 'userId' | 'kind' | 'role'>;

function isBeyondAdmins({ kind, role }: Party): boolean {
  return kind === 'PRIMARY' || role === 'ADMIN';
}

/**
 * Whether one user may manage another (rule 9): the primary any of its account; an `ADMIN` the sub-users that are not
 * `ADMIN`; nobody across accounts, nobody oneself.
 */
export function mayManage(actor: Party, subject: Party | null): Access {
  const isPrimary = actor.kind === 'PRIMARY';
  if (!isPrimary && actor.role !== 'ADMIN') return 'FORBIDDEN';
  if (subject?.accountId !== actor.accountId) return 'NOT_FOUND';
  if (subject.userId === actor.userId) return 'FORBIDDEN';
  return isBeyondAdmins(subject) && !isPrimary ? 'FORBIDDEN' : 'ALLOWED';
}

/** Whether one user may create a sub-user of a role: only the primary makes an `ADMIN`. */
export function mayAssign(actor: Party, role: ActiveUser['role']): Access {
  if (actor.kind === 'PRIMARY') return 'ALLOWED';
  return actor.role === 'ADMIN' && role !== 'ADMIN' ? 'ALLOWED' : 'FORBIDDEN';
}
