import { LONGEST_SESSION_MINUTES } from '../account/policy.js';
import type { Recorded } from '../event.js';
import { hasElapsed, HOUR, MINUTE, type Instant } from '../instant.js';
import { endSessions, type SessionsEnded } from '../user/state.js';
import type { CodePurpose, MfaEvent, RequirementStart } from './events.js';
import { evolveRecoveryCodes, noRecoveryCodes, type RecoveryCodes } from './recovery-code-set.js';
import { evolveTrustedDevices, noTrustedDevices, type TrustedDevices } from './trusted-device-list.js';

export interface EnabledDevice {
  readonly deviceId: string;
  /** The version of the stream at which it was enabled. */
  readonly sinceVersion: number;
  readonly enabledAt: Instant;
  /** Steps up to this one are burnt. */
  readonly lastTimeStep: number;
  /** Steps after it that a drifting clock gave away; burnt as well. */
  readonly burntSteps: readonly number[];
}

export interface PendingEnrollment {
  readonly deviceId: string;
  readonly expiresAt: Instant;
  readonly failures: number;
}

/** A challenge that codes were given for: how many were not right, and whether one was. */
export interface ChallengeCount {
  readonly purpose: CodePurpose;
  readonly failures: number;
  readonly answered: boolean;
  readonly lastAt: Instant;
}

/** Codes are not checked until a moment; null: until unlocked. */
export interface MfaLock {
  readonly until: Instant | null;
}

/** The user has to have a device; sessions decided on this version or a later one know of it. */
export interface MfaRequirement {
  readonly sinceVersion: number;
  readonly effective: RequirementStart;
}

/** A user's virtual MFA, folded from `mfa-{userId}`. */
export interface MfaState {
  readonly version: number;
  readonly device: EnabledDevice | null;
  /** A device was replaced or disabled; null if never. */
  readonly sessionsEnded: SessionsEnded | null;
  readonly requirement: MfaRequirement | null;
  readonly pending: PendingEnrollment | null;
  readonly consecutiveFailures: number;
  /** The lock set last; it may have run out by now. */
  readonly lock: MfaLock | null;
  readonly challenges: Readonly<Record<string, ChallengeCount>>;
  /** The recovery of the account by which a device was taken off last; null if none was. */
  readonly recoveryId: string | null;
  /** Recovery codes that were not right, in a row within an hour, and since when; null where there are none. */
  readonly rejectedRecovery: { readonly count: number; readonly since: Instant } | null;
  readonly recoveryCodes: RecoveryCodes;
  readonly trustedDevices: TrustedDevices;
}

function countRejected(before: MfaState['rejectedRecovery'], at: Instant): MfaState['rejectedRecovery'] {
  if (before === null || hasElapsed(HOUR, before.since, at)) return { count: 1, since: at };
  return { ...before, count: before.count + 1 };
}

export const noMfa: MfaState = {
  version: 0,
  device: null,
  sessionsEnded: null,
  requirement: null,
  pending: null,
  consecutiveFailures: 0,
  lock: null,
  challenges: {},
  recoveryId: null,
  rejectedRecovery: null,
  recoveryCodes: noRecoveryCodes,
  trustedDevices: noTrustedDevices,
};

/** Most challenges live 5 minutes; their counts are kept twice as long, for clocks that differ, and then dropped: state stays small. */
const COUNTS_KEPT = 10 * MINUTE;
/** A session that was open before the device was enabled owes a code until its own end: its count is kept for so long. */
const SIGN_INS_KEPT = LONGEST_SESSION_MINUTES * MINUTE;
/**
 * Of so many challenges the counts are kept at most, those counted last. Dropping the others lets nobody guess more: wrong codes
 * of all challenges together lead to a lock.
 */
const MOST_COUNTS = 50;
/** Steps before a burnt one that stay burnt. No code of a step this old is accepted, as clocks are never so far apart. */
const BURNT_STEPS_KEPT = 100;

function isKept({ purpose, answered, lastAt }: ChallengeCount, at: Instant): boolean {
  return !hasElapsed(purpose === 'SIGN_IN' && !answered ? SIGN_INS_KEPT : COUNTS_KEPT, lastAt, at);
}

type Attempt = Extract<
  MfaEvent,
  {
    type: 'MfaCodeAccepted' | 'MfaCodeRejected' | 'MfaCodeReplayed' | 'RecoveryCodeUsed' | 'RecoveryCodeRejected';
  }
>;

function countAttempt(state: MfaState, event: Recorded<Attempt>): MfaState['challenges'] {
  const at = event.metadata.occurredAt;
  const { challengeId, purpose } = event.data;
  const { [challengeId]: before, ...others } = state.challenges;
  const recent = Object.entries(others).filter(([, other]) => isKept(other, at));
  const right = event.type === 'MfaCodeAccepted' || event.type === 'RecoveryCodeUsed';
  const count: ChallengeCount = {
    purpose,
    failures: (before?.failures ?? 0) + (right ? 0 : 1),
    answered: right || (before?.answered ?? false),
    lastAt: at,
  };
  return Object.fromEntries([...recent, [challengeId, count] as const].slice(-MOST_COUNTS));
}

function enable(state: MfaState, deviceId: string, timeStep: number, enabledAt: Instant): MfaState {
  const device = { deviceId, sinceVersion: state.version, enabledAt, lastTimeStep: timeStep, burntSteps: [] };
  return { ...state, device, pending: null, consecutiveFailures: 0, lock: null };
}

function evolveEnrollment(state: MfaState, event: Recorded<MfaEvent>): MfaState {
  switch (event.type) {
    case 'MfaEnrollmentStarted':
      return { ...state, pending: { deviceId: event.data.deviceId, expiresAt: event.data.expiresAt, failures: 0 } };
    case 'MfaEnrollmentCancelled':
      return { ...state, pending: null };
    case 'MfaEnrollmentCodeRejected':
      return { ...state, pending: state.pending && { ...state.pending, failures: state.pending.failures + 1 } };
    case 'MfaEnabled':
      return enable(state, event.data.deviceId, event.data.timeStep, event.metadata.occurredAt);
    case 'MfaDeviceReplaced':
      return {
        ...enable(state, event.data.newDeviceId, event.data.timeStep, event.metadata.occurredAt),
        sessionsEnded: endSessions(state.sessionsEnded, state.version, event.metadata.sessionId),
      };
    default:
      return state;
  }
}

function evolveRequirement(state: MfaState, event: Recorded<MfaEvent>): MfaState {
  switch (event.type) {
    case 'MfaDisabled': {
      const except = event.data.by === 'SELF' ? event.metadata.sessionId : null;
      const recoveryId = event.data.by === 'OPERATOR' ? event.data.challengeId : state.recoveryId;
      return {
        ...state,
        recoveryId,
        device: null,
        sessionsEnded: endSessions(state.sessionsEnded, state.version, except),
      };
    }
    case 'SubUserMfaRequired':
      return { ...state, requirement: { sinceVersion: state.version, effective: event.data.effective } };
    case 'SubUserMfaWaived':
      return { ...state, requirement: null };
    default:
      return state;
  }
}

function burn(device: EnabledDevice | null, timeStep: number | null): EnabledDevice | null {
  if (device === null || timeStep === null || timeStep <= device.lastTimeStep) return device;
  if (device.burntSteps.includes(timeStep)) return device;
  const others = device.burntSteps.filter((step) => step > timeStep - BURNT_STEPS_KEPT);
  return { ...device, burntSteps: [...others, timeStep] };
}

function accept(device: EnabledDevice | null, timeStep: number): EnabledDevice | null {
  return (
    device && { ...device, lastTimeStep: timeStep, burntSteps: device.burntSteps.filter((step) => step > timeStep) }
  );
}

function answered(state: MfaState, event: Recorded<Attempt>): MfaState {
  const challenges = countAttempt(state, event);
  return { ...state, consecutiveFailures: 0, lock: null, rejectedRecovery: null, challenges };
}

function evolveCodes(state: MfaState, event: Recorded<MfaEvent>): MfaState {
  switch (event.type) {
    case 'MfaCodeAccepted': {
      const device = accept(state.device, event.data.timeStep);
      return { ...answered(state, event), device };
    }
    case 'MfaCodeRejected':
      return {
        ...state,
        device: burn(state.device, event.data.timeStep),
        consecutiveFailures: event.data.consecutiveFailures,
        challenges: countAttempt(state, event),
      };
    case 'RecoveryCodeUsed':
      return answered(state, event);
    case 'RecoveryCodeRejected': {
      const rejectedRecovery = countRejected(state.rejectedRecovery, event.metadata.occurredAt);
      return { ...state, rejectedRecovery, challenges: countAttempt(state, event) };
    }
    case 'MfaCodeReplayed':
      return { ...state, challenges: countAttempt(state, event) };
    case 'MfaLocked':
      return { ...state, lock: { until: event.data.lockedUntil } };
    case 'MfaUnlocked':
      return { ...state, consecutiveFailures: 0, lock: null };
    default:
      return state;
  }
}

/** Takes in what happened to a user's virtual MFA. */
export function evolveMfa(state: MfaState, event: Recorded<MfaEvent>): MfaState {
  const at: MfaState = {
    ...state,
    version: event.version,
    recoveryCodes: evolveRecoveryCodes(state.recoveryCodes, event),
    trustedDevices: evolveTrustedDevices(state.trustedDevices, event),
  };
  return evolveCodes(evolveRequirement(evolveEnrollment(at, event), event), event);
}
