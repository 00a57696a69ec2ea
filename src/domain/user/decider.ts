import { accept, reject, type Decider, type Decision } from '../decider.js';
import type {
  CreateUser,
  DisableOperationProtection,
  EnableOperationProtection,
  UserChange,
  UserCommand,
} from './commands.js';
import type { UserEvent } from './events.js';
import { evolveUser, isResetByOperator, type ActiveUser, type UserState } from './state.js';

function create(command: CreateUser, state: UserState): Decision<UserEvent> {
  if (state.status !== 'NONE') return reject({ code: 'REGISTRATION_ABANDONED' });
  const { accountId, userId, kind, role, credentialId, personId, username, displayName, email } = command;
  return accept({
    type: 'UserCreated',
    data: { accountId, userId, kind, role, credentialId, personId },
    personal: { username, displayName, email },
  });
}

function setPassword(
  type: 'PasswordChanged' | 'PasswordReset',
  credentialId: string,
  { accountId, userId, credentialId: oldCredentialId }: ActiveUser,
): Decision<UserEvent> {
  return accept({ type, data: { accountId, userId, credentialId, oldCredentialId }, personal: null });
}

function setProtection(
  command: EnableOperationProtection | DisableOperationProtection,
  { accountId, userId, operationProtection }: ActiveUser,
): Decision<UserEvent> {
  const subject = { accountId, userId };
  if (command.type === 'EnableOperationProtection') {
    if (operationProtection) return accept();
    return accept({ type: 'OperationProtectionEnabled', data: subject, personal: null });
  }
  if (!operationProtection) return accept();
  const { challengeId } = command;
  return accept({ type: 'OperationProtectionDisabled', data: { ...subject, challengeId }, personal: null });
}

function change(command: UserChange, user: ActiveUser): Decision<UserEvent> {
  const { accountId, userId, credentialId: oldCredentialId } = user;
  const subject = { accountId, userId };
  switch (command.type) {
    case 'RenameUser': {
      const { username, displayName } = command;
      if (username === user.username && displayName === user.displayName) return accept();
      return accept({ type: 'UserRenamed', data: subject, personal: { username, displayName } });
    }
    case 'AbandonRename':
      return accept({ type: 'UserRenameAbandoned', data: subject, personal: null });
    case 'AssignRole': {
      const { role } = command;
      return role === user.role
        ? accept()
        : accept({ type: 'RoleAssigned', data: { ...subject, role }, personal: null });
    }
    case 'ChangePassword':
      // A reset ends the session that this came in, and is not undone by it.
      if (command.oldCredentialId !== oldCredentialId) return reject({ code: 'SESSION_ENDED' });
      return setPassword('PasswordChanged', command.credentialId, user);
    case 'ResetPassword':
      if (command.onceSince !== null && isResetByOperator(user, command.onceSince)) return accept();
      return setPassword('PasswordReset', command.credentialId, user);
    case 'EnableOperationProtection':
    case 'DisableOperationProtection':
      return setProtection(command, user);
    case 'DeleteUser':
      return accept({ type: 'UserDeleted', data: subject, personal: null });
  }
}

function erase(state: UserState): Decision<UserEvent> {
  if (state.status === 'ACTIVE') return reject({ code: 'USER_NOT_DELETED' });
  if (state.status !== 'DELETED') return reject({ code: 'NOT_FOUND' });
  const { accountId, userId, personId, erased } = state;
  return erased ? accept() : accept({ type: 'UserErased', data: { accountId, userId, personId }, personal: null });
}

function decide(command: UserCommand, state: UserState): Decision<UserEvent> {
  if (command.type === 'CreateUser') return create(command, state);
  if (command.type === 'AbandonRegistration') {
    const { accountId, userId } = command;
    if (state.status !== 'NONE') return accept();
    return accept({ type: 'RegistrationAbandoned', data: { accountId, userId }, personal: null });
  }
  if (command.type === 'EraseUser') return erase(state);
  if (state.status === 'ACTIVE') return change(command, state);
  return command.type === 'DeleteUser' && state.status === 'DELETED' ? accept() : reject({ code: 'NOT_FOUND' });
}

/** The rules of a user: it comes about once, changes while it is there, and is gone for good. */
export const userDecider: Decider<UserState, UserCommand, UserEvent> = {
  category: 'user',
  initial: { status: 'NONE' },
  decide,
  evolve: evolveUser,
};
