import { DEFAULT_POLICY, limitsOf } from '../../src/domain/account/policy.js';
import type { DomainEventType, EventNamed } from '../../src/domain/catalogue.js';
import { after, DAY, MINUTE, type Instant } from '../../src/domain/instant.js';
import type {
  CancelMfaEnrollment,
  CheckMfaCode,
  CodeProof,
  DisableMfa,
  EnableMfa,
  NoteSecretDestroyed,
  RequireSubUserMfa,
  StartMfaEnrollment,
  UnlockMfa,
  WaiveSubUserMfa,
} from '../../src/domain/mfa/commands.js';
import type { CheckPassword, ClearPasswordBackOff } from '../../src/domain/password/decider.js';
import type { Rejection } from '../../src/domain/rejection.js';
import type {
  ChallengeOperation,
  EndSession,
  RaiseSession,
  RefreshSession,
  StartSession,
  UseVerification,
  VerifyOperation,
} from '../../src/domain/session/commands.js';
import { NOW } from './given.js';

/** Acme's primary is Ada, Sam one of its sub-users; what is not said to be somebody else's is Sam's. */
export const ACME = 'acme';
export const ADA = 'ada';
export const SAM = 'sam';
export const PHONE = 'phone';
export const TABLET = 'tablet';
export const CHALLENGE = 'challenge';

/** The moment so long after `NOW`. */
export function later(milliseconds: number): Instant {
  return after(NOW, milliseconds);
}

const sam = { accountId: ACME, userId: SAM };
const basis = { factors: ['PASSWORD'], userVersion: 1, mfaVersion: 0 } as const;
const first = { secretDigest: 'first-digest', transport: 'COOKIE' } as const;
const attempt = { ...sam, deviceId: PHONE, purpose: 'SIGN_IN', challengeId: CHALLENGE } as const;
const challenge = { ...sam, challengeId: CHALLENGE, operation: 'START_MFA_ENROLLMENT' } as const;
const holder = { kind: 'USERNAME', ...sam, owner: 'user-sam' } as const;
const identity = { kind: 'SUB_USER', role: 'MEMBER', credentialId: 'credential', personId: 'person' } as const;
const reaction = { eventId: 'event', nodeId: 'node' } as const;
const renewed = { credentialId: 'new-credential', oldCredentialId: 'credential' } as const;
const account = { accountId: ACME, auditOrigin: 'localhost/audit/acme' };
const recovery = { accountId: ACME, userId: ADA, recoveryId: 'recovery' };
const credential = { accountId: ACME, credentialId: 'credential-of-vm' };
const codes = { ...sam, codeSetId: 'codes' };
const token = { accountId: ACME, tokenId: 'token' };
const names = { username: 'sam', displayName: 'Sam', email: 'sam@example.com' };

const EVENTS: { readonly [T in DomainEventType]: Omit<EventNamed<T>, 'type'> } = {
  PrimaryAccountRegistered: { data: { ...account, userId: ADA }, personal: { alias: 'acme' } },
  AuditOriginChanged: { data: { ...account, formerOrigin: null }, personal: null },
  RegistrationAbandoned: { data: sam, personal: null },
  UserCreated: { data: { ...sam, ...identity }, personal: names },
  UserRenamed: { data: sam, personal: { username: 'samuel', displayName: 'Samuel' } },
  UserRenameAbandoned: { data: sam, personal: null },
  RoleAssigned: { data: { ...sam, role: 'AUDITOR' }, personal: null },
  PasswordChanged: { data: { ...sam, ...renewed }, personal: null },
  PasswordReset: { data: { ...sam, ...renewed }, personal: null },
  UserDeleted: { data: sam, personal: null },
  UserErased: { data: { ...sam, personId: 'person' }, personal: null },
  AuditTokenCreated: {
    data: {
      ...{ ...token, secretDigest: 'token-digest', scopes: ['READ'] },
      ...{ expiresAt: later(30 * DAY), challengeId: CHALLENGE },
    },
    personal: { name: 'SIEM' },
  },
  AuditTokenRevoked: { data: token, personal: null },
  AuditTokenUsed: { data: token, personal: null },
  AuditTrailExported: {
    data: { accountId: ACME, exportId: 'export', format: 'NATIVE', from: 0, to: 100 },
    personal: null,
  },
  AccountPolicyChanged: {
    data: {
      ...{ accountId: ACME, trustedDeviceDays: 7, codesToEnable: 2, idleMinutes: 15, absoluteMinutes: 60 },
      ...{ newSubUsersNeedMfa: true, challengeId: null },
    },
    personal: null,
  },
  ServiceCredentialCreated: {
    data: { ...credential, secretDigest: 'credential-digest', service: 'vm', challengeId: CHALLENGE },
    personal: { name: 'Virtual machines' },
  },
  ServiceCredentialRevoked: { data: credential, personal: null },
  AccountRecoveryRequested: {
    data: { ...recovery, notBefore: later(3 * DAY) },
    personal: { reason: 'Phone and codes are lost' },
  },
  AccountRecoveryCancelled: { data: { ...recovery, because: 'OWNER' }, personal: null },
  AccountRecovered: { data: recovery, personal: null },
  OperationProtectionEnabled: { data: sam, personal: null },
  OperationProtectionDisabled: { data: { ...sam, challengeId: CHALLENGE }, personal: null },
  RecoveryCodesGenerated: { data: { ...codes, count: 10, challengeId: null }, personal: null },
  RecoveryCodeUsed: {
    data: { ...codes, place: 3, purpose: 'SIGN_IN', challengeId: CHALLENGE, codesLeft: 9 },
    personal: null,
  },
  RecoveryCodeRejected: {
    data: { ...codes, purpose: 'SIGN_IN', challengeId: CHALLENGE, reason: 'WRONG', attemptsLeft: 4 },
    personal: null,
  },
  RecoveryCodesDestroyed: { data: codes, personal: null },
  DeviceTrusted: {
    data: {
      ...{ ...sam, deviceId: PHONE, trustId: 'trust', secretDigest: 'trust-digest' },
      ...{ userVersion: 1, expiresAt: later(7 * DAY) },
    },
    personal: null,
  },
  TrustedDevicesRevoked: { data: { ...sam, by: 'SELF' }, personal: null },
  ServiceOperationChallenged: {
    data: {
      ...{ ...sam, challengeId: CHALLENGE, service: 'vm', argumentsDigest: 'arguments' },
      ...{ methods: ['PASSWORD'], expiresAt: later(5 * MINUTE) },
    },
    personal: { operation: 'vm:DeleteInstance', resource: 'i-123', requestDigest: 'request-digest' },
  },
  VerificationGrantIssued: {
    data: { ...sam, challengeId: CHALLENGE, grantId: 'grant', service: 'vm', expiresAt: later(5 * MINUTE) },
    personal: null,
  },
  VerificationGrantRedeemed: {
    data: { ...sam, grantId: 'grant', credentialId: 'credential-of-vm', service: 'vm' },
    personal: null,
  },
  MfaEnrollmentStarted: {
    data: { ...sam, deviceId: PHONE, expiresAt: later(10 * MINUTE), verifiedBy: 'SIGN_IN_PASSWORD', challengeId: null },
    personal: { deviceName: 'Phone' },
  },
  MfaEnrollmentCancelled: { data: { ...sam, deviceId: PHONE }, personal: null },
  MfaEnrollmentCodeRejected: { data: { ...sam, deviceId: PHONE, attemptsLeft: 9 }, personal: null },
  MfaEnabled: { data: { ...sam, deviceId: PHONE, timeStep: 100 }, personal: null },
  MfaDeviceReplaced: { data: { ...sam, oldDeviceId: PHONE, newDeviceId: TABLET, timeStep: 200 }, personal: null },
  MfaCodeAccepted: { data: { ...attempt, timeStep: 101 }, personal: null },
  MfaCodeRejected: {
    data: {
      ...{ ...attempt, reason: 'WRONG', attemptsLeft: 4, consecutiveFailures: 1 },
      ...{ clockOffsetSeconds: null, timeStep: null },
    },
    personal: null,
  },
  MfaCodeReplayed: { data: { ...attempt, timeStep: 100, attemptsLeft: 4 }, personal: null },
  MfaLocked: {
    data: { ...sam, deviceId: PHONE, lockedUntil: later(15 * MINUTE), consecutiveFailures: 10 },
    personal: null,
  },
  MfaUnlocked: { data: sam, personal: null },
  MfaDisabled: { data: { ...sam, deviceId: PHONE, by: 'SELF', challengeId: CHALLENGE }, personal: null },
  MfaSecretDestroyed: { data: { ...sam, deviceId: PHONE }, personal: null },
  SubUserMfaRequired: { data: { ...sam, effective: 'NEXT_SIGN_IN' }, personal: null },
  SubUserMfaWaived: { data: { ...sam, challengeId: CHALLENGE }, personal: { reason: 'Lost phone' } },
  PasswordRejected: { data: { ...sam, browserId: null, consecutiveFailures: 1 }, personal: null },
  PasswordBackOffStarted: {
    data: { ...sam, browserId: null, consecutiveFailures: 5, until: later(MINUTE / 2) },
    personal: null,
  },
  PasswordAccepted: { data: { ...sam, browserId: null }, personal: null },
  PasswordBackOffCleared: { data: sam, personal: null },
  SessionStarted: { data: { ...sam, ...basis, ...first, owes: [] }, personal: null },
  SessionRaised: {
    data: { ...sam, ...basis, factors: ['PASSWORD', 'VIRTUAL_MFA'], mfaVersion: 3 },
    personal: null,
  },
  SessionRotated: { data: { ...sam, secretDigest: 'second-digest' }, personal: null },
  SessionRefreshed: { data: sam, personal: null },
  SessionEnded: { data: { ...sam, reason: 'SIGNED_OUT' }, personal: null },
  OperationChallenged: {
    data: { ...challenge, argumentsDigest: 'arguments', methods: ['PASSWORD'], expiresAt: later(5 * MINUTE) },
    personal: null,
  },
  OperationVerified: { data: { ...challenge, method: 'PASSWORD' }, personal: null },
  OperationVerificationUsed: { data: challenge, personal: null },
  NameReserved: { data: holder, personal: null },
  NameReleased: { data: { owner: holder.owner }, personal: null },
  ReactionClaimed: { data: { ...reaction, leaseUntil: later(MINUTE / 2) }, personal: null },
  ReactionDone: { data: reaction, personal: null },
  ReactionsReached: { data: { position: '100' }, personal: null },
};

/** An event of a type; of its data only what matters is said. */
export function event<T extends DomainEventType>(type: T, data: Partial<EventNamed<T>['data']> = {}): EventNamed<T> {
  const defaults = EVENTS[type];
  return { ...defaults, type, data: { ...defaults.data, ...data } } as unknown as EventNamed<T>;
}

/** A repeated event: the nth is made from n, counted from 1. */
export function times<E>(count: number, make: (n: number) => E): readonly E[] {
  return Array.from({ length: count }, (_, index) => make(index + 1));
}

export function startEnrollment(of: Partial<StartMfaEnrollment> = {}): StartMfaEnrollment {
  const { deviceId, verifiedBy, challengeId } = EVENTS.MfaEnrollmentStarted.data;
  const defaults = { ...sam, now: NOW, deviceId, deviceName: 'Phone', verifiedBy, challengeId, onBehalf: false };
  return { type: 'StartMfaEnrollment', ...defaults, ...of };
}

export function cancelEnrollment(of: Partial<CancelMfaEnrollment> = {}): CancelMfaEnrollment {
  return { type: 'CancelMfaEnrollment', ...sam, now: NOW, deviceId: PHONE, ...of };
}

/** What a code of a device matched within the window; null: nothing. */
export function proof(deviceId: string, timeStep: number | null): CodeProof {
  return { deviceId, timeStep, drift: null };
}

/** The command to enable a device, with a code of that device for a time step; null: with a code that matches none. */
export function enable(timeStep: number | null, of: Partial<EnableMfa> = {}): EnableMfa {
  const deviceId = of.deviceId ?? PHONE;
  return {
    type: 'EnableMfa',
    ...sam,
    now: NOW,
    deviceId,
    proof: proof(deviceId, timeStep),
    nextProof: null,
    codesToEnable: 1,
    ...of,
  };
}

/** A code of the phone for a time step. */
export function code(timeStep: number | null, of: Partial<CheckMfaCode> = {}): CheckMfaCode {
  return { type: 'CheckMfaCode', ...attempt, now: NOW, proof: proof(PHONE, timeStep), ...of };
}

/** A code that matches no time step. */
export function wrongCode(of: Partial<CheckMfaCode> = {}): CheckMfaCode {
  return code(null, of);
}

/** A code of the phone that is right for a step outside the window, so many seconds off. */
export function driftedCode(timeStep: number, offsetSeconds: number, of: Partial<CheckMfaCode> = {}): CheckMfaCode {
  return code(null, { proof: { deviceId: PHONE, timeStep: null, drift: { timeStep, offsetSeconds } }, ...of });
}

/** How a code that is not right is answered. */
export function notRight(attemptsLeft: number, clockOffsetSeconds: number | null = null): Rejection {
  return { code: 'WRONG_CODE', attemptsLeft, clockOffsetSeconds };
}

export function disable(of: Partial<DisableMfa> = {}): DisableMfa {
  return {
    type: 'DisableMfa',
    ...sam,
    now: NOW,
    by: 'SELF',
    challengeId: CHALLENGE,
    recoveredAt: null,
    verifiedBy: 'VIRTUAL_MFA',
    ...of,
  };
}

export function requireMfa(of: Partial<RequireSubUserMfa> = {}): RequireSubUserMfa {
  return { type: 'RequireSubUserMfa', ...sam, now: NOW, effective: 'NEXT_SIGN_IN', ...of };
}

export function waive(of: Partial<WaiveSubUserMfa> = {}): WaiveSubUserMfa {
  return { type: 'WaiveSubUserMfa', ...sam, now: NOW, reason: 'Lost phone', challengeId: CHALLENGE, ...of };
}

export function noteDestroyed(of: Partial<NoteSecretDestroyed> = {}): NoteSecretDestroyed {
  return { type: 'NoteSecretDestroyed', ...sam, now: NOW, deviceId: PHONE, ...of };
}

export function unlock(of: Partial<UnlockMfa> = {}): UnlockMfa {
  return { type: 'UnlockMfa', ...sam, now: NOW, ...of };
}

export function rightPassword(of: Partial<CheckPassword> = {}): CheckPassword {
  return { type: 'CheckPassword', ...sam, browserId: null, matches: true, isCurrent: true, now: NOW, ...of };
}

export function wrongPassword(of: Partial<CheckPassword> = {}): CheckPassword {
  return rightPassword({ matches: false, ...of });
}

export function clearBackOff(): ClearPasswordBackOff {
  return { type: 'ClearPasswordBackOff', ...sam };
}

export function startSession(of: Partial<StartSession> = {}): StartSession {
  return { type: 'StartSession', ...sam, ...basis, ...first, owes: [], isProven: true, ...of };
}

export function raiseSession(of: Partial<RaiseSession> = {}): RaiseSession {
  const { factors, userVersion, mfaVersion } = EVENTS.SessionRaised.data;
  const decidedOn = { factors, userVersion, mfaVersion, sessionsEnded: null, limits: limitsOf(DEFAULT_POLICY) };
  return { type: 'RaiseSession', sessionId: 'session', ...decidedOn, secretDigest: 'second-digest', now: NOW, ...of };
}

export function refreshSession(of: Partial<RefreshSession> = {}): RefreshSession {
  return { type: 'RefreshSession', limits: limitsOf(DEFAULT_POLICY), now: NOW, ...of };
}

export function endSession(of: Partial<EndSession> = {}): EndSession {
  return { type: 'EndSession', reason: 'SIGNED_OUT', ...of };
}

export function challengeOperation(of: Partial<ChallengeOperation> = {}): ChallengeOperation {
  const { challengeId, operation, argumentsDigest, methods } = EVENTS.OperationChallenged.data;
  const defaults = { challengeId, operation, service: null, argumentsDigest, methods, exhausted: [], now: NOW };
  return { type: 'ChallengeOperation', limits: limitsOf(DEFAULT_POLICY), ...defaults, ...of };
}

export function verifyOperation(of: Partial<VerifyOperation> = {}): VerifyOperation {
  const answer = { challengeId: CHALLENGE, method: 'PASSWORD', hasDevice: false, grantId: 'grant' } as const;
  return { type: 'VerifyOperation', limits: limitsOf(DEFAULT_POLICY), ...answer, now: NOW, ...of };
}

export function useVerification(of: Partial<UseVerification> = {}): UseVerification {
  const { challengeId, operation, argumentsDigest } = EVENTS.OperationChallenged.data;
  return {
    type: 'UseVerification',
    challengeId,
    operation,
    argumentsDigest,
    limits: limitsOf(DEFAULT_POLICY),
    now: NOW,
    ...of,
  };
}
