import { mayAssign, mayManage } from './access.js';
import { reject, type Decider, type Decision } from './decider.js';
import type { EventShape } from './event.js';
import { needsVerification, type GuardedOperation } from './operation/guarded-operations.js';
import type { Rejection } from './rejection.js';
import type { SessionStage } from './session/standing.js';
import type { Role } from './user/events.js';
import type { ActiveUser, UserState } from './user/state.js';

/**
 * On whom or what a command acts: on the user of the session, on the account as its primary or as
 * a reader of its trail, or on another user.
 */
export type Right = 'OWN' | 'PRIMARY' | 'READ_TRAIL' | 'MANAGE' | 'ERASE';

/** What a command in a session needs. */
export interface Demand {
  readonly right: Right;
  /** The stages at which a session may do it. */
  readonly stages: readonly SessionStage[];
  /** The role that is given to a user; left out where none is. */
  readonly assigns?: Role;
  /** The operation, where it needs a verification while operation protection is on, and none was used. */
  readonly unverified?: GuardedOperation;
}

/** Who acts: the user of a session, at the stage where that stands. */
export interface ActingUser {
  readonly stage: SessionStage;
  readonly user: ActiveUser;
}

/** A demand, and the facts that it is checked by: gathered after all slow work, and again for each try. */
export interface Authority<A extends ActingUser> {
  readonly demand: Demand;
  /** Null where the session is over. */
  readonly actor: A | null;
  /** The user who is acted on; of a command on the user itself, or on the account, that is the user of the session. */
  readonly subject: UserState;
}

const STAGE_REFUSALS: Readonly<Record<SessionStage, Rejection>> = {
  MFA_CHALLENGE: { code: 'MFA_CHALLENGE_REQUIRED' },
  PASSWORD_CHANGE: { code: 'PASSWORD_CHANGE_REQUIRED' },
  MFA_ENROLLMENT: { code: 'MFA_ENROLLMENT_REQUIRED' },
  // The stage that the command belongs to is over.
  FULL: { code: 'FORBIDDEN' },
};

function checkManaging(right: 'MANAGE' | 'ERASE', actor: ActiveUser, subject: UserState): Rejection | null {
  const isThere = subject.status === 'ACTIVE' || (right === 'ERASE' && subject.status === 'DELETED');
  const access = mayManage(actor, isThere ? subject : null);
  return access === 'ALLOWED' ? null : { code: access };
}

function checkRight({ right }: Demand, actor: ActiveUser, subject: UserState): Rejection | null {
  if ((right === 'PRIMARY' || right === 'ERASE') && actor.kind !== 'PRIMARY') return { code: 'FORBIDDEN' };
  if (right === 'READ_TRAIL' && actor.role === 'MEMBER') return { code: 'FORBIDDEN' };
  return right === 'MANAGE' || right === 'ERASE' ? checkManaging(right, actor, subject) : null;
}

/** Whether what an actor may do is enough; the refusal where it is not. */
export function checkDemand(demand: Demand, { stage, user }: ActingUser, subject: UserState): Rejection | null {
  if (!demand.stages.includes(stage)) return STAGE_REFUSALS[stage];
  const refusal = checkRight(demand, user, subject);
  if (refusal !== null) return refusal;
  const { assigns, unverified } = demand;
  if (assigns !== undefined && mayAssign(user, assigns) !== 'ALLOWED') return { code: 'FORBIDDEN' };
  const isOwed = unverified !== undefined && needsVerification(unverified, user.operationProtection);
  return isOwed ? { code: 'VERIFICATION_REQUIRED' } : null;
}

/** Decides a command in a session: its authority first, then the rules of its stream. */
export function decideUnder<S, C, E extends EventShape<string, unknown, unknown>, A extends ActingUser>(
  { decide }: Pick<Decider<S, C, E>, 'decide'>,
  { demand, actor, subject }: Authority<A>,
  command: (actor: A) => C,
  state: S,
): Decision<E> {
  if (actor === null) return reject({ code: 'SESSION_ENDED' });
  const refusal = checkDemand(demand, actor, subject);
  return refusal === null ? decide(command(actor), state) : reject(refusal);
}
