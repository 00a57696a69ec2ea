import { accept, reject, type Decider, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import type { AccountEvent } from './events.js';
import { decideExport, type ExportAuditTrail } from './export-audit-trail.js';

export type AccountState =
  | { readonly status: 'NONE' }
  | { readonly status: 'ABANDONED' }
  | {
      readonly status: 'REGISTERED';
      readonly accountId: string;
      readonly primaryUserId: string;
    };

export interface RegisterPrimaryAccount {
  readonly type: 'RegisterPrimaryAccount';
  readonly accountId: string;
  readonly userId: string;
  readonly alias: string;
}

/** Closes a registration that was never finished; it changes nothing where it was. */
export interface AbandonRegistration {
  readonly type: 'AbandonRegistration';
  readonly accountId: string;
  readonly userId: string;
}

export type AccountCommand = RegisterPrimaryAccount | AbandonRegistration | ExportAuditTrail;

function decide(command: AccountCommand, state: AccountState): Decision<AccountEvent> {
  if (command.type === 'ExportAuditTrail') return decideExport(command, state.status === 'REGISTERED');
  const { accountId, userId } = command;
  if (command.type === 'AbandonRegistration') {
    if (state.status !== 'NONE') return accept();
    return accept({ type: 'RegistrationAbandoned', data: { accountId, userId }, personal: null });
  }
  if (state.status !== 'NONE') return reject({ code: 'REGISTRATION_ABANDONED' });
  return accept({
    type: 'PrimaryAccountRegistered',
    data: { accountId, userId },
    personal: { alias: command.alias },
  });
}

function evolve(state: AccountState, event: Recorded<AccountEvent>): AccountState {
  switch (event.type) {
    case 'RegistrationAbandoned':
      return { status: 'ABANDONED' };
    case 'PrimaryAccountRegistered':
      return { status: 'REGISTERED', accountId: event.data.accountId, primaryUserId: event.data.userId };
    default:
      return state;
  }
}

/** The rules of a primary account. */
export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent> = {
  category: 'account',
  initial: { status: 'NONE' },
  decide,
  evolve,
};
