import type { Recorded } from '../event.js';
import { isReached, type Instant } from '../instant.js';
import type { Role, UserEvent, UserKind } from './events.js';

/** From this version on, sessions that were decided on less are over, but for one. */
export interface SessionsEnded {
  readonly atVersion: number;
  /** The session in which it was done; null if none goes on. */
  readonly except: string | null;
  /** That one goes on only if it was decided on this version or a later one: what had ended it before stays done. */
  readonly exceptFrom: number;
}

/** Ends sessions once more. A session that was over by then, and whose command was still on its way, does not come back. */
export function endSessions(before: SessionsEnded | null, atVersion: number, except: string | null): SessionsEnded {
  if (before === null) return { atVersion, except, exceptFrom: 0 };
  return { atVersion, except, exceptFrom: before.except === except ? before.exceptFrom : before.atVersion };
}

/** Whether a session that was decided on a version is over. */
export function isEndedBy(ended: SessionsEnded | null, sessionId: string, decidedOn: number): boolean {
  if (ended === null || ended.atVersion <= decidedOn) return false;
  return ended.except !== sessionId || decidedOn < ended.exceptFrom;
}

export interface ActiveUser {
  readonly status: 'ACTIVE';
  readonly version: number;
  readonly accountId: string;
  readonly userId: string;
  readonly kind: UserKind;
  /** Null for the primary. */
  readonly role: Role | null;
  readonly credentialId: string;
  readonly personId: string;
  /** Null where the person was erased. */
  readonly username: string | null;
  readonly displayName: string | null;
  /** Whether sensitive operations of this user need a verification of their own (rule 12). */
  readonly operationProtection: boolean;
  /** The password was set by somebody else. */
  readonly mustChangePassword: boolean;
  /** When an operator reset the password last, in a recovery of the account; null: never. */
  readonly resetByOperatorAt: Instant | null;
  /** When somebody else set it last; null if never. */
  readonly resetAt: Instant | null;
  readonly sessionsEnded: SessionsEnded | null;
}

/** A user that is gone, with what is left to be cleared away. */
export interface DeletedUser extends Omit<ActiveUser, 'status'> {
  readonly status: 'DELETED';
  /** Its personal values are forgotten, or about to be. */
  readonly erased: boolean;
}

export type UserState = { readonly status: 'NONE' } | { readonly status: 'ABANDONED' } | ActiveUser | DeletedUser;

type Created = Extract<UserEvent, { type: 'UserCreated' }>;

function create({ data, personal, version }: Recorded<Created>): ActiveUser {
  return {
    status: 'ACTIVE',
    version,
    ...data,
    username: personal?.username ?? null,
    displayName: personal?.displayName ?? null,
    operationProtection: false,
    mustChangePassword: false,
    resetByOperatorAt: null,
    resetAt: null,
    sessionsEnded: null,
  };
}

function evolveActive(user: ActiveUser, event: Recorded<UserEvent>): UserState {
  switch (event.type) {
    case 'UserRenamed':
      return { ...user, username: event.personal?.username ?? null, displayName: event.personal?.displayName ?? null };
    case 'RoleAssigned':
      return { ...user, role: event.data.role };
    case 'OperationProtectionEnabled':
      return { ...user, operationProtection: true };
    case 'OperationProtectionDisabled':
      return { ...user, operationProtection: false };
    case 'PasswordChanged': {
      const sessionsEnded = endSessions(user.sessionsEnded, event.version, event.metadata.sessionId);
      return { ...user, credentialId: event.data.credentialId, mustChangePassword: false, sessionsEnded };
    }
    case 'PasswordReset': {
      const { actor, occurredAt: resetAt } = event.metadata;
      return {
        ...{ ...user, credentialId: event.data.credentialId, mustChangePassword: true, resetAt },
        resetByOperatorAt: actor.kind === 'SYSTEM' ? resetAt : user.resetByOperatorAt,
        sessionsEnded: endSessions(user.sessionsEnded, event.version, null),
      };
    }
    case 'UserDeleted':
      return { ...user, status: 'DELETED', erased: false };
    default:
      return user;
  }
}

/** Whether an operator has reset the password since a moment. */
export function isResetByOperator({ resetByOperatorAt }: ActiveUser, since: Instant): boolean {
  return resetByOperatorAt !== null && isReached(since, resetByOperatorAt);
}

/** Whether a user is gone and its personal values are to be known to nobody any more. */
export function isErased(user: UserState): boolean {
  return user.status === 'DELETED' && user.erased;
}

/** Takes in what happened to a user. */
export function evolveUser(state: UserState, event: Recorded<UserEvent>): UserState {
  if (event.type === 'UserCreated') return create(event);
  if (event.type === 'RegistrationAbandoned') return { status: 'ABANDONED' };
  if (event.type === 'UserErased' && state.status === 'DELETED') {
    return { ...state, version: event.version, username: null, displayName: null, erased: true };
  }
  return state.status === 'ACTIVE' ? evolveActive({ ...state, version: event.version }, event) : state;
}
