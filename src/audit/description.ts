import type { nameEvents } from '../domain/name/events.js';
import type { reactionEvents } from '../domain/reaction/events.js';
import type { DomainEvent, DomainEventType, EventNamed } from '../domain/catalogue.js';

export const AUDIT_CATEGORIES = ['ACCOUNT', 'USER', 'MFA', 'PASSWORD', 'SESSION', 'OPERATION', 'AUDIT'] as const;

/** What an event is about. */
export type AuditCategory = (typeof AUDIT_CATEGORIES)[number];

export const AUDIT_OUTCOMES = ['SUCCESS', 'FAILURE'] as const;

/** Whether what was tried was done. */
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** How an event type reads in the trail. `{subject}` and `{device}` stand for the names that they had then. */
interface Description<T extends DomainEventType> {
  readonly category: AuditCategory;
  readonly outcome: AuditOutcome;
  readonly sentence: string;
  readonly reason?: (data: EventNamed<T>['data']) => string;
}

/** Events of names and of process managers stand in no trail. */
export type TrailEventType = Exclude<DomainEventType, keyof typeof nameEvents | keyof typeof reactionEvents>;

const descriptions: { readonly [T in TrailEventType]: Description<T> } = {
  PrimaryAccountRegistered: { category: 'ACCOUNT', outcome: 'SUCCESS', sentence: 'The primary account was registered' },
  RegistrationAbandoned: { category: 'ACCOUNT', outcome: 'FAILURE', sentence: 'A registration was abandoned' },
  AuditTokenCreated: {
    category: 'AUDIT',
    outcome: 'SUCCESS',
    sentence: 'A token for reading the audit trail was created',
    reason: ({ scopes }) => scopes.join(' '),
  },
  AuditTokenRevoked: {
    category: 'AUDIT',
    outcome: 'SUCCESS',
    sentence: 'A token for reading the audit trail was revoked',
  },
  AuditTokenUsed: { category: 'AUDIT', outcome: 'SUCCESS', sentence: 'A token for reading the audit trail was used' },
  AuditTrailExported: {
    category: 'AUDIT',
    outcome: 'SUCCESS',
    sentence: 'The audit trail was exported',
    reason: ({ format }) => format,
  },
  UserCreated: { category: 'USER', outcome: 'SUCCESS', sentence: '{subject} was created' },
  UserRenamed: { category: 'USER', outcome: 'SUCCESS', sentence: '{subject} was renamed' },
  UserRenameAbandoned: {
    category: 'USER',
    outcome: 'FAILURE',
    sentence: 'A new name for {subject} was given to another user',
  },
  RoleAssigned: {
    category: 'USER',
    outcome: 'SUCCESS',
    sentence: '{subject} was given another role',
    reason: ({ role }) => role,
  },
  PasswordChanged: { category: 'PASSWORD', outcome: 'SUCCESS', sentence: '{subject} changed its password' },
  PasswordReset: { category: 'PASSWORD', outcome: 'SUCCESS', sentence: 'The password of {subject} was reset' },
  UserDeleted: { category: 'USER', outcome: 'SUCCESS', sentence: '{subject} was deleted' },
  UserErased: { category: 'USER', outcome: 'SUCCESS', sentence: 'The personal values of {subject} were erased' },
  MfaEnrollmentStarted: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'Setting up virtual MFA device {device} was started for {subject}',
    reason: ({ verifiedBy }) => verifiedBy,
  },
  MfaEnrollmentCancelled: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'Setting up virtual MFA device {device} was cancelled for {subject}',
  },
  MfaEnrollmentCodeRejected: {
    category: 'MFA',
    outcome: 'FAILURE',
    sentence: 'A wrong code was given to enable virtual MFA device {device} of {subject}',
    reason: () => 'WRONG',
  },
  MfaEnabled: { category: 'MFA', outcome: 'SUCCESS', sentence: 'Virtual MFA device {device} of {subject} was enabled' },
  MfaDeviceReplaced: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'Virtual MFA device {device} of {subject} took the place of the one before',
  },
  MfaDisabled: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'Virtual MFA device {device} of {subject} was disabled',
    reason: ({ by }) => by,
  },
  MfaSecretDestroyed: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'The seed of virtual MFA device {device} of {subject} was destroyed',
  },
  SubUserMfaRequired: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: '{subject} was required to enable a virtual MFA device',
    reason: ({ effective }) => effective,
  },
  SubUserMfaWaived: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: '{subject} need not have a virtual MFA device any more',
  },
  MfaCodeAccepted: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'A code of virtual MFA device {device} of {subject} was accepted',
    reason: ({ purpose }) => purpose,
  },
  MfaCodeRejected: {
    category: 'MFA',
    outcome: 'FAILURE',
    sentence: 'A code for virtual MFA device {device} of {subject} was rejected',
    reason: ({ reason }) => reason,
  },
  MfaCodeReplayed: {
    category: 'MFA',
    outcome: 'FAILURE',
    sentence: 'A code of virtual MFA device {device} of {subject} was given a second time',
    reason: () => 'REPLAYED',
  },
  MfaLocked: {
    category: 'MFA',
    outcome: 'SUCCESS',
    sentence: 'MFA of {subject} was locked after too many wrong codes',
    reason: () => 'TOO_MANY_WRONG_CODES',
  },
  MfaUnlocked: { category: 'MFA', outcome: 'SUCCESS', sentence: 'MFA of {subject} was unlocked' },
  PasswordRejected: {
    category: 'PASSWORD',
    outcome: 'FAILURE',
    sentence: 'A wrong password was given for {subject}',
    reason: () => 'WRONG_PASSWORD',
  },
  PasswordBackOffStarted: {
    category: 'PASSWORD',
    outcome: 'SUCCESS',
    sentence: 'Passwords of {subject} are not accepted for a while',
    reason: () => 'TOO_MANY_WRONG_PASSWORDS',
  },
  PasswordAccepted: {
    category: 'PASSWORD',
    outcome: 'SUCCESS',
    sentence: 'A right password of {subject} ended a run of wrong ones',
  },
  PasswordBackOffCleared: {
    category: 'PASSWORD',
    outcome: 'SUCCESS',
    sentence: 'The wrong passwords of {subject} were set back',
  },
  SessionStarted: {
    category: 'SESSION',
    outcome: 'SUCCESS',
    sentence: '{subject} gave the right password',
    reason: ({ transport }) => transport,
  },
  SessionRaised: {
    category: 'SESSION',
    outcome: 'SUCCESS',
    sentence: '{subject} proved a second factor',
    reason: ({ factors }) => factors.join(' '),
  },
  SessionRotated: { category: 'SESSION', outcome: 'SUCCESS', sentence: 'The session of {subject} got a new token' },
  SessionRefreshed: { category: 'SESSION', outcome: 'SUCCESS', sentence: 'The session of {subject} was in use' },
  SessionEnded: {
    category: 'SESSION',
    outcome: 'SUCCESS',
    sentence: 'The session of {subject} ended',
    reason: ({ reason }) => reason,
  },
  OperationChallenged: {
    category: 'OPERATION',
    outcome: 'SUCCESS',
    sentence: '{subject} was asked to verify an operation',
    reason: ({ operation }) => operation,
  },
  OperationVerified: {
    category: 'OPERATION',
    outcome: 'SUCCESS',
    sentence: '{subject} verified an operation',
    reason: ({ method }) => method,
  },
  OperationVerificationUsed: {
    category: 'OPERATION',
    outcome: 'SUCCESS',
    sentence: '{subject} used a verification for its operation',
    reason: ({ operation }) => operation,
  },
};

/** The event types that stand in an audit trail, in the order of the catalogue. */
export const TRAIL_EVENT_TYPES = Object.keys(descriptions) as TrailEventType[];

/** The event types of one outcome: which it is, the type alone decides. */
export function typesWithOutcome(outcome: AuditOutcome): readonly TrailEventType[] {
  return TRAIL_EVENT_TYPES.filter((type) => descriptions[type].outcome === outcome);
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

function descriptionOf(type: string): Description<DomainEventType> | undefined {
  return Object.hasOwn(descriptions, type)
    ? (descriptions as Readonly<Record<string, Description<DomainEventType>>>)[type]
    : undefined;
}

/** Category and outcome of the events of a type that stands in an audit trail. */
export function classify(type: TrailEventType): Classified {
  const { category, outcome } = descriptions[type];
  return { category, outcome };
}

/** Category, outcome and reason of an event, derived from its record. */
export function describe(event: DomainEvent): Described | null {
  const description = descriptionOf(event.type);
  if (description === undefined) return null;
  const { category, outcome, reason } = description;
  return { category, outcome, reason: reason?.(event.data) ?? null };
}

/** The sentence that says what an event was, in English, with the names that subject and device had then. */
export function sentenceOf(
  type: string,
  names: { readonly subject: string | null; readonly device: string | null },
): string {
  const sentence = descriptionOf(type)?.sentence ?? type;
  const words = { subject: names.subject ?? 'a user', device: names.device ?? 'without a name' };
  // All at once and by a function: a name that looks like a placeholder, or like a pattern of `replace`, is only a name.
  return sentence.replaceAll(/\{(subject|device)\}/g, (_, name: keyof typeof words) => words[name]);
}
