import type { nameEvents } from '../domain/name/events.js';
import type { reactionEvents } from '../domain/reaction/events.js';
import type { DomainEvent, DomainEventType, EventNamed } from '../domain/catalogue.js';

export const AUDIT_CATEGORIES = ['ACCOUNT', 'USER', 'MFA', 'PASSWORD', 'SESSION', 'OPERATION', 'AUDIT'] as const;

/** What an event is about. */
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number];

export const AUDIT_OUTCOMES = ['SUCCESS', 'FAILURE'] as const;

/** Whether what was tried was done. */
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** How an event type is classed in the trail. */
interface Description<T extends DomainEventType> {
  readonly category: AuditCategory;
  readonly outcome: AuditOutcome;
  readonly reason?: (data: EventNamed<T>['data']) => string;
}

/** Events of names and of process managers stand in no trail. */
export type TrailEventType = Exclude<DomainEventType, keyof typeof nameEvents | keyof typeof reactionEvents>;

const descriptions: { readonly [T in TrailEventType]: Description<T> } = {
  PrimaryAccountRegistered: { category: 'ACCOUNT', outcome: 'SUCCESS' },
  RegistrationAbandoned: { category: 'ACCOUNT', outcome: 'FAILURE', reason: () => 'NAME_TAKEN' },
  AuditOriginChanged: { category: 'AUDIT', outcome: 'SUCCESS' },
  AuditTokenCreated: { category: 'AUDIT', outcome: 'SUCCESS', reason: ({ scopes }) => scopes.join(' ') },
  AuditTokenRevoked: { category: 'AUDIT', outcome: 'SUCCESS' },
  AuditTokenUsed: { category: 'AUDIT', outcome: 'SUCCESS' },
  AuditTrailExported: { category: 'AUDIT', outcome: 'SUCCESS', reason: ({ format }) => format },
  AccountPolicyChanged: { category: 'ACCOUNT', outcome: 'SUCCESS' },
  ServiceCredentialCreated: { category: 'ACCOUNT', outcome: 'SUCCESS' },
  ServiceCredentialRevoked: { category: 'ACCOUNT', outcome: 'SUCCESS' },
  AccountRecoveryRequested: { category: 'ACCOUNT', outcome: 'SUCCESS' },
  AccountRecoveryCancelled: { category: 'ACCOUNT', outcome: 'SUCCESS', reason: ({ because }) => because },
  AccountRecovered: { category: 'ACCOUNT', outcome: 'SUCCESS' },
  UserCreated: { category: 'USER', outcome: 'SUCCESS' },
  UserRenamed: { category: 'USER', outcome: 'SUCCESS' },
  UserRenameAbandoned: { category: 'USER', outcome: 'FAILURE', reason: () => 'NAME_TAKEN' },
  RoleAssigned: { category: 'USER', outcome: 'SUCCESS', reason: ({ role }) => role },
  PasswordChanged: { category: 'PASSWORD', outcome: 'SUCCESS' },
  PasswordReset: { category: 'PASSWORD', outcome: 'SUCCESS' },
  OperationProtectionEnabled: { category: 'OPERATION', outcome: 'SUCCESS' },
  OperationProtectionDisabled: { category: 'OPERATION', outcome: 'SUCCESS' },
  UserDeleted: { category: 'USER', outcome: 'SUCCESS' },
  UserErased: { category: 'USER', outcome: 'SUCCESS' },
  MfaEnrollmentStarted: { category: 'MFA', outcome: 'SUCCESS', reason: ({ verifiedBy }) => verifiedBy },
  MfaEnrollmentCancelled: { category: 'MFA', outcome: 'SUCCESS' },
  MfaEnrollmentCodeRejected: { category: 'MFA', outcome: 'FAILURE', reason: () => 'WRONG' },
  MfaEnabled: { category: 'MFA', outcome: 'SUCCESS' },
  MfaDeviceReplaced: { category: 'MFA', outcome: 'SUCCESS' },
  MfaDisabled: { category: 'MFA', outcome: 'SUCCESS', reason: ({ by }) => by },
  MfaSecretDestroyed: { category: 'MFA', outcome: 'SUCCESS' },
  SubUserMfaRequired: { category: 'MFA', outcome: 'SUCCESS', reason: ({ effective }) => effective },
  SubUserMfaWaived: { category: 'MFA', outcome: 'SUCCESS' },
  MfaCodeAccepted: { category: 'MFA', outcome: 'SUCCESS', reason: ({ purpose }) => purpose },
  MfaCodeRejected: { category: 'MFA', outcome: 'FAILURE', reason: ({ reason }) => reason },
  MfaCodeReplayed: { category: 'MFA', outcome: 'FAILURE', reason: () => 'REPLAYED' },
  MfaLocked: { category: 'MFA', outcome: 'SUCCESS', reason: () => 'TOO_MANY_WRONG_CODES' },
  RecoveryCodesGenerated: { category: 'MFA', outcome: 'SUCCESS' },
  RecoveryCodeUsed: { category: 'MFA', outcome: 'SUCCESS', reason: ({ purpose }) => purpose },
  RecoveryCodeRejected: { category: 'MFA', outcome: 'FAILURE', reason: ({ reason }) => reason },
  RecoveryCodesDestroyed: { category: 'MFA', outcome: 'SUCCESS' },
  DeviceTrusted: { category: 'MFA', outcome: 'SUCCESS' },
  TrustedDevicesRevoked: { category: 'MFA', outcome: 'SUCCESS', reason: ({ by }) => by },
  MfaUnlocked: { category: 'MFA', outcome: 'SUCCESS' },
  PasswordRejected: { category: 'PASSWORD', outcome: 'FAILURE', reason: () => 'WRONG_PASSWORD' },
  PasswordBackOffStarted: { category: 'PASSWORD', outcome: 'SUCCESS', reason: () => 'TOO_MANY_WRONG_PASSWORDS' },
  PasswordAccepted: { category: 'PASSWORD', outcome: 'SUCCESS' },
  PasswordBackOffCleared: { category: 'PASSWORD', outcome: 'SUCCESS' },
  SessionStarted: { category: 'SESSION', outcome: 'SUCCESS', reason: ({ transport }) => transport },
  SessionRaised: { category: 'SESSION', outcome: 'SUCCESS', reason: ({ factors }) => factors.join(' ') },
  SessionRotated: { category: 'SESSION', outcome: 'SUCCESS' },
  SessionRefreshed: { category: 'SESSION', outcome: 'SUCCESS' },
  SessionEnded: { category: 'SESSION', outcome: 'SUCCESS', reason: ({ reason }) => reason },
  OperationChallenged: { category: 'OPERATION', outcome: 'SUCCESS', reason: ({ operation }) => operation },
  OperationVerified: { category: 'OPERATION', outcome: 'SUCCESS', reason: ({ method }) => method },
  OperationVerificationUsed: { category: 'OPERATION', outcome: 'SUCCESS', reason: ({ operation }) => operation },
  ServiceOperationChallenged: { category: 'OPERATION', outcome: 'SUCCESS' },
  VerificationGrantIssued: { category: 'OPERATION', outcome: 'SUCCESS' },
  VerificationGrantRedeemed: { category: 'OPERATION', outcome: 'SUCCESS' },
};

/** The event types that stand in an audit trail, in the order of the catalogue. */
export const TRAIL_EVENT_TYPES = Object.keys(descriptions) as TrailEventType[];

/** The event types of one outcome: which it is, the type alone decides. */
export function typesWithOutcome(outcome: AuditOutcome): readonly TrailEventType[] {
  return TRAIL_EVENT_TYPES.filter((type) => descriptions[type].outcome === outcome);
}

/** The event types of one category: which it is, the type alone decides. */
export function typesWithCategory(category: AuditCategory): readonly TrailEventType[] {
  return TRAIL_EVENT_TYPES.filter((type) => descriptions[type].category === category);
}

/** What the type alone says of an event. */
export interface Classified {
  readonly category: AuditCategory;
  readonly outcome: AuditOutcome;
}

/** What an auditor reads of an event beside its record. */
export interface Described extends Classified {
  /** A word that narrows the outcome; null where there is nothing to add. */
  readonly reason: string | null;
}

/** Whether an event is of a type that stands in an audit trail. */
export function isTrailEvent(event: DomainEvent): event is EventNamed<TrailEventType> {
  return Object.hasOwn(descriptions, event.type);
}

/** Category and outcome of the events of a type that stands in an audit trail. */
export function classify(type: TrailEventType): Classified {
  const { category, outcome } = descriptions[type];
  return { category, outcome };
}

/** A word that narrows the outcome of an event, from its data; null where there is nothing to add. */
export function reasonOf<T extends TrailEventType>(type: T, data: EventNamed<T>['data']): string | null {
  const description: Description<T> = descriptions[type];
  return description.reason?.(data) ?? null;
}

/** Category, outcome and reason of an event, derived from its record; null for what stands in no trail. */
export function describe(event: DomainEvent): Described | null {
  if (!isTrailEvent(event)) return null;
  return { ...classify(event.type), reason: reasonOf<TrailEventType>(event.type, event.data) };
}
