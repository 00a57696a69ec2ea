import type { AbandonRegistration } from '../account/decider.js';
import type { Instant } from '../instant.js';
import type { Role, UserKind } from './events.js';

export interface CreateUser {
  readonly type: 'CreateUser';
  readonly accountId: string;
  readonly userId: string;
  readonly kind: UserKind;
  readonly role: Role | null;
  readonly credentialId: string;
  readonly personId: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
}

/** Gives a user another name, which is set aside for it already, or another display name. */
export interface RenameUser {
  readonly type: 'RenameUser';
  readonly username: string;
  readonly displayName: string;
}

/** Has a rename that is under way lose its race, so that the name can be given to somebody else. */
export interface AbandonRename {
  readonly type: 'AbandonRename';
}

export interface AssignRole {
  readonly type: 'AssignRole';
  readonly role: Role;
}

/** The new password's hash is in the vault, under a fresh id. */
export interface ChangePassword {
  readonly type: 'ChangePassword';
  /** The hash that the user had when it was decided; another one by now means that somebody else was faster. */
  readonly oldCredentialId: string;
  readonly credentialId: string;
}

export interface ResetPassword {
  readonly type: 'ResetPassword';
  readonly credentialId: string;
  /** Where an operator does it once for a recovery: when that was completed, and nothing changes where it was reset since. Null otherwise. */
  readonly onceSince: Instant | null;
}

export interface DeleteUser {
  readonly type: 'DeleteUser';
}

/** Has sensitive operations of a user verified from now on. */
export interface EnableOperationProtection {
  readonly type: 'EnableOperationProtection';
}

/** Leaves sensitive operations without a verification again, but for those that always need one. */
export interface DisableOperationProtection {
  readonly type: 'DisableOperationProtection';
  /** The verification that was used. */
  readonly challengeId: string;
}

/** Has the personal values of a user who is gone forgotten. */
export interface EraseUser {
  readonly type: 'EraseUser';
}

/** What is done to a user who is there. */
export type UserChange =
  | RenameUser
  | AbandonRename
  | AssignRole
  | ChangePassword
  | ResetPassword
  | EnableOperationProtection
  | DisableOperationProtection
  | DeleteUser;

export type UserCommand = CreateUser | AbandonRegistration | UserChange | EraseUser;
