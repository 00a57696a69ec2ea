import { accept, reject, type Decision } from '../decider.js';
import { after, DAY, isReached, MINUTE, type Instant } from '../instant.js';
import type { CheckMfaCode, ClockDrift, UnlockMfa } from './commands.js';
import type { MfaEvent } from './events.js';
import type { EnabledDevice, MfaLock, MfaState } from './state.js';

/** Codes that are not right before a challenge is over. */
export const CHALLENGE_ATTEMPTS = 5;
/** Wrong codes in a row, over all challenges, that lock; each further so many lock again, for twice as long. */
export const FAILURES_PER_LOCK = 10;
/** Wrong codes in a row that lock until unlocked (NIST SP 800-63B 5.2.2: no more than 100). */
export const FAILURES_UNTIL_UNLOCKED = 100;
/** Milliseconds that the first lock lasts. */
export const FIRST_LOCK = 15 * MINUTE;
/** Milliseconds that a lock lasts at most, which is not until unlocked. */
export const LONGEST_LOCK = DAY;
/** Time steps either side of the current one whose codes are accepted (RFC 6238 section 5.2 recommends one). */
export const STEPS_EITHER_SIDE = 1;

/** When a lock ends that begins now, after so many wrong codes in a row; null: when unlocked. */
export function lockEnd(consecutiveFailures: number, now: Instant): Instant | null {
  if (consecutiveFailures >= FAILURES_UNTIL_UNLOCKED) return null;
  const locksBefore = consecutiveFailures / FAILURES_PER_LOCK - 1;
  return after(now, Math.min(FIRST_LOCK * 2 ** locksBefore, LONGEST_LOCK));
}

/** The lock that holds now, or null where codes are checked; its `until` is null where time does not help. */
export function activeLock({ lock }: MfaState, now: Instant): MfaLock | null {
  return lock === null || (lock.until !== null && isReached(lock.until, now)) ? null : lock;
}

/** Whether a challenge has had all the codes that it takes, without a right one. */
export function isChallengeEnded(state: MfaState, challengeId: string): boolean {
  const count = state.challenges[challengeId];
  return count !== undefined && count.failures >= CHALLENGE_ATTEMPTS && !count.answered;
}

/** How many more codes a challenge takes. */
export function attemptsLeft(state: MfaState, challengeId: string): number {
  return Math.max(0, CHALLENGE_ATTEMPTS - (state.challenges[challengeId]?.failures ?? 0));
}

interface Attempt {
  readonly command: CheckMfaCode;
  readonly state: MfaState;
  readonly device: EnabledDevice;
  readonly attemptsLeft: number;
}

function dataOf({ command, device }: Attempt) {
  const { accountId, userId, purpose, challengeId } = command;
  return { accountId, userId, deviceId: device.deviceId, purpose, challengeId };
}

function rejectWrong(attempt: Attempt): Decision<MfaEvent> {
  const { command, state, device, attemptsLeft } = attempt;
  const consecutiveFailures = state.consecutiveFailures + 1;
  const drift = freshDrift(command, device);
  const clockOffsetSeconds = drift?.offsetSeconds ?? null;
  const data = {
    ...dataOf(attempt),
    attemptsLeft,
    consecutiveFailures,
    clockOffsetSeconds,
    timeStep: drift?.timeStep ?? null,
  };
  const rejected: MfaEvent = {
    type: 'MfaCodeRejected',
    data: { ...data, reason: drift === null ? 'WRONG' : 'CLOCK_DRIFT' },
    personal: null,
  };
  if (consecutiveFailures % FAILURES_PER_LOCK === 0) return lock(attempt, rejected, consecutiveFailures);
  return reject({ code: 'WRONG_CODE', attemptsLeft, clockOffsetSeconds }, rejected);
}

// Rule 6: only a step that was never given away tells of the clock.
function freshDrift({ proof }: CheckMfaCode, device: EnabledDevice): ClockDrift | null {
  const { drift, deviceId } = proof;
  if (drift === null || deviceId !== device.deviceId || isBurnt(device, drift.timeStep)) return null;
  return drift;
}

function isBurnt({ lastTimeStep, burntSteps }: EnabledDevice, timeStep: number): boolean {
  return timeStep <= lastTimeStep || burntSteps.includes(timeStep);
}

function lock({ command, device }: Attempt, rejected: MfaEvent, consecutiveFailures: number): Decision<MfaEvent> {
  const { accountId, userId, now } = command;
  const until = lockEnd(consecutiveFailures, now);
  return reject<MfaEvent>({ code: 'MFA_LOCKED', retryAt: until }, rejected, {
    type: 'MfaLocked',
    data: { accountId, userId, deviceId: device.deviceId, lockedUntil: until, consecutiveFailures },
    personal: null,
  });
}

// RFC 6238 section 5.2: a step is accepted once. One that was passed over is refused as well, so that codes only go forward.
function rejectBurnt(attempt: Attempt, timeStep: number): Decision<MfaEvent> {
  const { state, device, attemptsLeft } = attempt;
  const rejection = { code: 'WRONG_CODE', attemptsLeft, clockOffsetSeconds: null } as const;
  const data = { ...dataOf(attempt), attemptsLeft };
  if (timeStep === device.lastTimeStep) {
    return reject(rejection, { type: 'MfaCodeReplayed', data: { ...data, timeStep }, personal: null });
  }
  return reject(rejection, {
    type: 'MfaCodeRejected',
    data: {
      ...data,
      reason: 'STALE',
      timeStep,
      clockOffsetSeconds: null,
      consecutiveFailures: state.consecutiveFailures,
    },
    personal: null,
  });
}

/**
 * Checks a code against the lock, its challenge and what was burnt. Wrong ones count against challenge and user,
 * burnt ones against the challenge only. Where it is locked or over nothing is recorded.
 */
export function checkMfaCode(command: CheckMfaCode, state: MfaState): Decision<MfaEvent> {
  const { device } = state;
  if (device === null) return reject({ code: 'METHOD_NOT_OFFERED' });
  const lock = activeLock(state, command.now);
  if (lock !== null) return reject({ code: 'MFA_LOCKED', retryAt: lock.until });
  const left = attemptsLeft(state, command.challengeId);
  if (left === 0) return reject({ code: 'CHALLENGE_ENDED' });
  const attempt = { command, state, device, attemptsLeft: left - 1 };
  const timeStep = command.proof.deviceId === device.deviceId ? command.proof.timeStep : null;
  if (timeStep === null) return rejectWrong(attempt);
  if (isBurnt(device, timeStep)) return rejectBurnt(attempt, timeStep);
  return accept({ type: 'MfaCodeAccepted', data: { ...dataOf(attempt), timeStep }, personal: null });
}

/** Sets back the run of wrong codes and whatever lock it led to; changes nothing where there is none. */
export function unlockMfa(command: UnlockMfa, state: MfaState): Decision<MfaEvent> {
  const { accountId, userId } = command;
  if (state.consecutiveFailures === 0) return accept();
  return accept({ type: 'MfaUnlocked', data: { accountId, userId }, personal: null });
}
