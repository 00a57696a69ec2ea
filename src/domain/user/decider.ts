import { accept, reject, type Decider, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import type { AbandonRegistration } from '../account/decider.js';
import type { Role, UserEvent, UserKind } from './events.js';

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
}

export type UserState = { readonly status: 'NONE' } | { readonly status: 'ABANDONED' } | ActiveUser;

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

export type UserCommand = CreateUser | AbandonRegistration;

function decide(command: UserCommand, state: UserState): Decision<UserEvent> {
  const { accountId, userId } = command;
  if (command.type === 'AbandonRegistration') {
    if (state.status !== 'NONE') return accept();
    return accept({ type: 'RegistrationAbandoned', data: { accountId, userId }, personal: null });
  }
  if (state.status !== 'NONE') return reject({ code: 'REGISTRATION_ABANDONED' });
  const { kind, role, credentialId, personId, username, displayName, email } = command;
  return accept({
    type: 'UserCreated',
    data: { accountId, userId, kind, role, credentialId, personId },
    personal: { username, displayName, email },
  });
}

function evolve(_: UserState, event: Recorded<UserEvent>): UserState {
  if (event.type === 'RegistrationAbandoned') return { status: 'ABANDONED' };
  return {
    status: 'ACTIVE',
    version: event.version,
    ...event.data,
    username: event.personal?.username ?? null,
  };
}

/** The rules of a user. */
export const userDecider: Decider<UserState, UserCommand, UserEvent> = {
  category: 'user',
  initial: { status: 'NONE' },
  decide,
  evolve,
};
