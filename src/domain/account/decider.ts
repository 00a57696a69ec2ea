import { accept, reject, type Decider, type Decision } from '../decider.js';
import type { Recorded } from '../event.js';
import { decideAuditOrigin, withOrigin, type AuditOrigins, type NameAuditOrigin } from './audit-origins.js';
import { decideAuditTokens, evolveAuditTokens, type AuditTokenCommand, type AuditTokens } from './audit-tokens.js';
import type { AccountEvent } from './events.js';
import { decideExport, type ExportAuditTrail } from './export-audit-trail.js';
import { decideRecovery, evolveRecovery, type Recoveries, type RecoveryCommand } from './recovery.js';
import {
  decideServiceCredentials,
  evolveServiceCredentials,
  type ServiceCredentialCommand,
  type ServiceCredentials,
} from './service-credentials.js';
import { DEFAULT_POLICY, policyAfter, type AccountPolicy } from './policy.js';
import { decidePolicy, type SetAccountPolicy } from './set-policy.js';

export type AccountState =
  | { readonly status: 'NONE' }
  | { readonly status: 'ABANDONED' }
  | ({
      readonly status: 'REGISTERED';
      readonly accountId: string;
      readonly primaryUserId: string;
      readonly auditOrigins: AuditOrigins;
      readonly auditTokens: AuditTokens;
      readonly serviceCredentials: ServiceCredentials;
      readonly policy: AccountPolicy;
    } & Recoveries);

export interface RegisterPrimaryAccount {
  readonly type: 'RegisterPrimaryAccount';
  readonly accountId: string;
  readonly userId: string;
  readonly alias: string;
  /** Under which checkpoints of its audit trail are signed. */
  readonly auditOrigin: string;
}

/** Closes a registration that was never finished; it changes nothing where it was. */
export interface AbandonRegistration {
  readonly type: 'AbandonRegistration';
  readonly accountId: string;
  readonly userId: string;
}

type RegistrationCommand = RegisterPrimaryAccount | AbandonRegistration;

export type AccountCommand =
  | RegistrationCommand
  | AuditTokenCommand
  | ServiceCredentialCommand
  | NameAuditOrigin
  | ExportAuditTrail
  | RecoveryCommand
  | SetAccountPolicy;

function decideRegistration(command: RegistrationCommand, state: AccountState): Decision<AccountEvent> {
  const { accountId, userId } = command;
  if (command.type === 'AbandonRegistration') {
    if (state.status !== 'NONE') return accept();
    return accept({ type: 'RegistrationAbandoned', data: { accountId, userId }, personal: null });
  }
  if (state.status !== 'NONE') return reject({ code: 'REGISTRATION_ABANDONED' });
  return accept({
    type: 'PrimaryAccountRegistered',
    data: { accountId, userId, auditOrigin: command.auditOrigin },
    personal: { alias: command.alias },
  });
}

function decide(command: AccountCommand, state: AccountState): Decision<AccountEvent> {
  switch (command.type) {
    case 'RegisterPrimaryAccount':
    case 'AbandonRegistration':
      return decideRegistration(command, state);
    case 'NameAuditOrigin':
      return decideAuditOrigin(command, state.status === 'REGISTERED' ? state.auditOrigins : null);
    case 'ExportAuditTrail':
      return state.status === 'REGISTERED' ? decideExport(command, state.auditTokens) : reject({ code: 'NOT_FOUND' });
    case 'RequestAccountRecovery':
    case 'CancelAccountRecovery':
    case 'CompleteAccountRecovery':
      return state.status === 'REGISTERED' ? decideRecovery(command, state) : reject({ code: 'NOT_FOUND' });
    case 'CreateServiceCredential':
    case 'RevokeServiceCredential':
      return state.status === 'REGISTERED'
        ? decideServiceCredentials(command, state.serviceCredentials)
        : reject({ code: 'NOT_FOUND' });
    case 'SetAccountPolicy':
      return state.status === 'REGISTERED' ? decidePolicy(command, state.policy) : reject({ code: 'NOT_FOUND' });
    default:
      return state.status === 'REGISTERED'
        ? decideAuditTokens(command, state.auditTokens)
        : reject({ code: 'NOT_FOUND' });
  }
}

function evolve(state: AccountState, event: Recorded<AccountEvent>): AccountState {
  switch (event.type) {
    case 'RegistrationAbandoned':
      return { status: 'ABANDONED' };
    case 'PrimaryAccountRegistered':
      return {
        status: 'REGISTERED',
        accountId: event.data.accountId,
        primaryUserId: event.data.userId,
        auditOrigins: event.data.auditOrigin === null ? [] : [event.data.auditOrigin],
        auditTokens: {},
        serviceCredentials: {},
        policy: DEFAULT_POLICY,
        recovery: null,
        recovered: null,
      };
    case 'AuditOriginChanged':
      return state.status === 'REGISTERED'
        ? { ...state, auditOrigins: withOrigin(state.auditOrigins, event.data.auditOrigin) }
        : state;
    case 'AccountPolicyChanged':
      return state.status === 'REGISTERED' ? { ...state, policy: policyAfter(state.policy, event) } : state;
    case 'AccountRecoveryRequested':
    case 'AccountRecoveryCancelled':
    case 'AccountRecovered':
      return state.status === 'REGISTERED' ? { ...state, ...evolveRecovery(state, event) } : state;
    case 'ServiceCredentialCreated':
    case 'ServiceCredentialRevoked':
      return state.status === 'REGISTERED'
        ? { ...state, serviceCredentials: evolveServiceCredentials(state.serviceCredentials, event) }
        : state;
    default:
      return state.status === 'REGISTERED'
        ? { ...state, auditTokens: evolveAuditTokens(state.auditTokens, event) }
        : state;
  }
}

/** The rules of a primary account. */
export const accountDecider: Decider<AccountState, AccountCommand, AccountEvent> = {
  category: 'account',
  initial: { status: 'NONE' },
  decide,
  evolve,
};

/** The policy of an account; the default where it was never set. */
export function policyIn(state: AccountState): AccountPolicy {
  return state.status === 'REGISTERED' ? state.policy : DEFAULT_POLICY;
}
