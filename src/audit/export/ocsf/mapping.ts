import type { DomainEvent, EventNamed } from '../../../domain/catalogue.js';
import { isSecondFactor, type Factor, type Owed } from '../../../domain/session/events.js';
import type { CodePurpose } from '../../../domain/mfa/events.js';
import type { TrailEventType } from '../../description.js';
import type { ReadableEvent } from '../readable.js';
import type { Deed } from './activities.js';
import {
  authFactors,
  mfaPolicy,
  otherEntity,
  protectionPolicy,
  rolePolicy,
  VIRTUAL_MFA,
  type OcsfObject,
} from './parts.js';

/** `1` informational, `2` low, `3` medium, as OCSF counts. */
export type Severity = 1 | 2 | 3;

/** What an event of ours is in OCSF, beside what all have. */
export interface Mapped {
  readonly deed: Deed;
  readonly severity: Severity;
  /** Attributes of the class. */
  readonly attributes?: OcsfObject;
  /** Attributes of the user that it is about. */
  readonly user?: OcsfObject;
  /** A code in place of the reason that we give. */
  readonly statusCode?: string;
  readonly statusDetail?: string;
}

type Mapping<T extends TrailEventType> = (data: EventNamed<T>['data'], readable: ReadableEvent) => Mapped;

const informs = (deed: Deed, more: Omit<Mapped, 'deed' | 'severity'> = {}): Mapped => ({ deed, severity: 1, ...more });
const warns = (deed: Deed, more: Omit<Mapped, 'deed' | 'severity'> = {}): Mapped => ({ deed, severity: 2, ...more });
const alerts = (deed: Deed, more: Omit<Mapped, 'deed' | 'severity'> = {}): Mapped => ({ deed, severity: 3, ...more });

const device = (deviceId: string, { deviceName }: ReadableEvent) => ({
  entity: otherEntity('Virtual MFA Device', deviceId, deviceName),
});

const auditLog = (accountId: string) => ({ entity: otherEntity('Audit Log', accountId) });
const entityOf = (type: string, uid: string) => ({ attributes: { entity: otherEntity(type, uid) } });
const byRecoveryCode = { auth_factors: authFactors(['RECOVERY_CODE']) };
const factor = { auth_factors: [VIRTUAL_MFA] };
const byPassword = { auth_factors: authFactors(['PASSWORD']) };

function refusedCode({ purpose }: { readonly purpose: CodePurpose }, statusCode: string): Mapped {
  return warns(purpose === 'SIGN_IN' ? 'LOGON' : 'STEP_UP', { attributes: factor, statusCode });
}

function provenBy(factors: readonly Factor[]) {
  return { attributes: { auth_factors: authFactors(factors), is_mfa: factors.some(isSecondFactor) } };
}

/** Whether a session still has to prove a second factor, or to enable one. */
function owesFactor(owes: readonly Owed[]): boolean {
  return owes.includes('MFA_CHALLENGE') || owes.includes('MFA_ENROLLMENT');
}

/** A right password is a logon where no factor is owed; else that is the event by which the last factor is proven. */
function signIn({ factors, owes }: EventNamed<'SessionStarted'>['data']): Mapped {
  const proven = provenBy(factors);
  if (owes === null) {
    const statusDetail = 'It was not recorded whether a second factor was owed';
    return informs('SIGN_IN_OF_UNKNOWN_STAGE', { ...proven, statusDetail });
  }
  const detail = owes.length === 0 ? {} : { statusDetail: `Still owed: ${owes.join(', ')}` };
  return informs(owesFactor(owes) ? 'PREAUTH' : 'LOGON', { ...proven, ...detail });
}

/** Each type that stands in a trail; one that is missing here does not compile. */
const mappings: { readonly [T in TrailEventType]: Mapping<T> } = {
  PrimaryAccountRegistered: () => informs('CREATE_USER', { user: { type_id: 2, type: 'Admin' } }),
  RegistrationAbandoned: () => warns('CREATE_USER'),
  AuditOriginChanged: ({ accountId }) => warns('UPDATE_ENTITY', { attributes: auditLog(accountId) }),
  AuditTokenCreated: ({ tokenId }) =>
    warns('CREATE_ENTITY', { attributes: { entity: otherEntity('Audit Token', tokenId) } }),
  AuditTokenRevoked: ({ tokenId }) =>
    informs('DELETE_ENTITY', { attributes: { entity: otherEntity('Audit Token', tokenId) } }),
  AuditTokenUsed: ({ accountId }) => informs('READ_ENTITY', { attributes: auditLog(accountId) }),
  AuditTrailExported: ({ accountId }) => informs('READ_ENTITY', { attributes: auditLog(accountId) }),
  AccountPolicyChanged: ({ accountId }) => warns('UPDATE_ENTITY', entityOf('Account Policy', accountId)),
  ServiceCredentialCreated: ({ credentialId }) => warns('CREATE_ENTITY', entityOf('Service Credential', credentialId)),
  ServiceCredentialRevoked: ({ credentialId }) =>
    informs('DELETE_ENTITY', entityOf('Service Credential', credentialId)),
  AccountRecoveryRequested: ({ recoveryId }) => alerts('CREATE_ENTITY', entityOf('Account Recovery', recoveryId)),
  AccountRecoveryCancelled: ({ recoveryId }) => warns('DELETE_ENTITY', entityOf('Account Recovery', recoveryId)),
  AccountRecovered: ({ recoveryId }) => alerts('UPDATE_ENTITY', entityOf('Account Recovery', recoveryId)),
  UserCreated: ({ kind }) =>
    informs('CREATE_USER', {
      user: kind === 'PRIMARY' ? { type_id: 2, type: 'Admin' } : { type_id: 1, type: 'User' },
    }),
  UserRenamed: () => informs('RENAME_USER'),
  UserRenameAbandoned: () => warns('RENAME_USER'),
  RoleAssigned: ({ role }) => warns('ATTACH_POLICY', { attributes: { policies: rolePolicy(role) } }),
  PasswordChanged: () => informs('CHANGE_PASSWORD'),
  PasswordReset: () => warns('RESET_PASSWORD'),
  OperationProtectionEnabled: () => informs('ATTACH_POLICY', { attributes: { policies: protectionPolicy(true) } }),
  OperationProtectionDisabled: () => alerts('DETACH_POLICY', { attributes: { policies: protectionPolicy(false) } }),
  UserDeleted: () => warns('DELETE_USER'),
  UserErased: ({ personId }) =>
    warns('DELETE_ENTITY', { attributes: { entity: otherEntity('Personal Values', personId) } }),
  MfaEnrollmentStarted: ({ deviceId }, readable) =>
    informs('CREATE_ENTITY', { attributes: device(deviceId, readable) }),
  MfaEnrollmentCancelled: ({ deviceId }, readable) =>
    informs('DELETE_ENTITY', { attributes: device(deviceId, readable) }),
  MfaEnrollmentCodeRejected: () => warns('ENABLE_FACTOR', { attributes: factor, statusCode: 'INVALID_MFA_CODE' }),
  MfaEnabled: () => informs('ENABLE_FACTOR', { attributes: factor, user: { has_mfa: true } }),
  MfaDeviceReplaced: () => warns('ENABLE_FACTOR', { attributes: factor, user: { has_mfa: true } }),
  MfaDisabled: () => alerts('DISABLE_FACTOR', { attributes: factor, user: { has_mfa: false } }),
  MfaSecretDestroyed: ({ deviceId }, { deviceName }) =>
    informs('DELETE_ENTITY', { attributes: { entity: otherEntity('Virtual MFA Seed', deviceId, deviceName) } }),
  SubUserMfaRequired: () => informs('ATTACH_POLICY', { attributes: { policies: mfaPolicy(true) } }),
  SubUserMfaWaived: () => alerts('DETACH_POLICY', { attributes: { policies: mfaPolicy(false) } }),
  MfaCodeAccepted: ({ purpose }) => informs(purpose === 'SIGN_IN' ? 'PREAUTH' : 'STEP_UP', { attributes: factor }),
  MfaCodeRejected: (data) => refusedCode(data, 'INVALID_MFA_CODE'),
  MfaCodeReplayed: (data) => refusedCode(data, 'MFA_CODE_REPLAYED'),
  MfaLocked: ({ consecutiveFailures }) =>
    alerts('LOCK_USER', { statusDetail: `Locked after ${consecutiveFailures} wrong codes in a row` }),
  RecoveryCodesGenerated: ({ codeSetId }) => warns('CREATE_ENTITY', entityOf('Recovery Codes', codeSetId)),
  RecoveryCodeUsed: ({ purpose }) =>
    warns(purpose === 'SIGN_IN' ? 'PREAUTH' : 'STEP_UP', { attributes: byRecoveryCode }),
  RecoveryCodeRejected: ({ purpose, reason }) =>
    warns(purpose === 'SIGN_IN' ? 'LOGON' : 'STEP_UP', {
      attributes: byRecoveryCode,
      statusCode: reason === 'USED' ? 'RECOVERY_CODE_USED' : 'INVALID_RECOVERY_CODE',
    }),
  RecoveryCodesDestroyed: ({ codeSetId }) => informs('DELETE_ENTITY', entityOf('Recovery Codes', codeSetId)),
  DeviceTrusted: ({ trustId }) => warns('CREATE_ENTITY', entityOf('Trusted Device', trustId)),
  TrustedDevicesRevoked: ({ userId }) => informs('DELETE_ENTITY', entityOf('Trusted Devices', userId)),
  MfaUnlocked: () => informs('UNLOCK_USER'),
  PasswordRejected: () =>
    warns('LOGON', { attributes: byPassword, statusCode: 'INVALID_CREDENTIALS', statusDetail: 'INVALID_CREDENTIALS' }),
  PasswordBackOffStarted: ({ consecutiveFailures, until }) =>
    alerts('LOCK_USER', {
      statusDetail: `Locked until ${until} after ${consecutiveFailures} wrong passwords in a row`,
    }),
  PasswordAccepted: () => informs('PREAUTH', { attributes: { ...byPassword, is_mfa: false } }),
  PasswordBackOffCleared: () => informs('UNLOCK_USER'),
  SessionStarted: signIn,
  SessionRaised: ({ factors }) => informs('LOGON', provenBy(factors)),
  SessionRotated: () => informs('SESSION_ROTATED'),
  SessionRefreshed: () => informs('SESSION_USED'),
  SessionEnded: ({ reason }) =>
    informs('LOGOFF', { statusDetail: reason === 'SIGNED_OUT' ? 'LOGOFF_USER_INITIATED' : 'LOGOFF_OTHER' }),
  OperationChallenged: ({ methods }) => informs('CHALLENGE', { attributes: { auth_factors: authFactors(methods) } }),
  OperationVerified: ({ method }) => informs('STEP_UP', { attributes: { auth_factors: authFactors([method]) } }),
  OperationVerificationUsed: () => informs('STEP_UP_USED'),
  ServiceOperationChallenged: ({ methods }) =>
    informs('CHALLENGE', { attributes: { auth_factors: authFactors(methods) } }),
  VerificationGrantIssued: ({ grantId }) => informs('CREATE_ENTITY', entityOf('Verification Grant', grantId)),
  VerificationGrantRedeemed: () => informs('STEP_UP_USED'),
};

/** An event of a trail: names and the work of process managers stand in none. */
export type TrailEvent = Extract<DomainEvent, { readonly type: TrailEventType }>;

/** What an event of a trail is in OCSF. */
export function mappedOf(event: TrailEvent, readable: ReadableEvent): Mapped {
  // Each type has the mapping of its own data; which that is, the type alone decides.
  return (mappings as Readonly<Record<TrailEventType, Mapping<TrailEventType>>>)[event.type](event.data, readable);
}
