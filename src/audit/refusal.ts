import type { Instant } from '../domain/instant.js';
import { SECOND } from '../domain/instant.js';
import {
  CHALLENGE_ATTEMPTS,
  FAILURES_PER_LOCK,
  FAILURES_UNTIL_UNLOCKED,
  FIRST_LOCK,
  LONGEST_LOCK,
  STEPS_EITHER_SIDE,
} from '../domain/mfa/codes.js';
import { ENROLLMENT_ATTEMPTS } from '../domain/mfa/enrollment.js';
import { FAILURES_BEFORE_BACK_OFF, FIRST_BACK_OFF, LONGEST_BACK_OFF } from '../domain/password/decider.js';
import type { TrailEventType } from './description.js';
import type { Details } from './details.js';

export const REFUSAL_RULES = [
  'CODE_WINDOW',
  'SINGLE_USE',
  'RECOVERY_CODE',
  'ENROLLMENT_PROOF',
  'PASSWORD',
  'FAILURE_BUDGET',
  'UNIQUE_NAME',
] as const;

/** The rule of the domain that said no. */
export type RefusalRule = (typeof REFUSAL_RULES)[number];

/** The numbers of a policy; null for those that it does not have. */
export interface RefusalPolicy {
  /** Codes that one challenge, or one set-up, takes. */
  readonly attempts: number | null;
  /** Failures in a row that lock, or start a back-off. */
  readonly failuresInARow: number | null;
  /** Failures in a row that lock until somebody unlocks. */
  readonly failuresUntilUnlocked: number | null;
  /** Seconds that the first lock or back-off lasts; each further one twice as long. */
  readonly firstWaitSeconds: number | null;
  /** Seconds that a lock or back-off lasts at most. */
  readonly longestWaitSeconds: number | null;
  /** Time steps either side of the current one whose codes are accepted. */
  readonly stepsEitherSide: number | null;
}

/** What was counted, as the event has it; null for what it does not say. */
export interface RefusalCounters {
  readonly attemptsLeft: number | null;
  readonly consecutiveFailures: number | null;
  readonly clockOffsetSeconds: number | null;
  readonly timeStep: number | null;
  /** When the lock or back-off ends that begins here; null: none does, or only unlocking ends it. */
  readonly retryAt: Instant | null;
}

/** Why something was refused, from the event itself and the numbers that the rules have; nothing is looked up later. */
export interface Refusal {
  readonly rule: RefusalRule;
  /** The word that the event gives as its reason. */
  readonly reason: string;
  readonly policy: RefusalPolicy;
  readonly counters: RefusalCounters;
}

const NO_POLICY: RefusalPolicy = {
  ...{ attempts: null, failuresInARow: null, failuresUntilUnlocked: null },
  ...{ firstWaitSeconds: null, longestWaitSeconds: null, stepsEitherSide: null },
};

const LOCK_POLICY: RefusalPolicy = {
  ...NO_POLICY,
  failuresInARow: FAILURES_PER_LOCK,
  failuresUntilUnlocked: FAILURES_UNTIL_UNLOCKED,
  firstWaitSeconds: FIRST_LOCK / SECOND,
  longestWaitSeconds: LONGEST_LOCK / SECOND,
};

const BACK_OFF_POLICY: RefusalPolicy = {
  ...NO_POLICY,
  failuresInARow: FAILURES_BEFORE_BACK_OFF,
  firstWaitSeconds: FIRST_BACK_OFF / SECOND,
  longestWaitSeconds: LONGEST_BACK_OFF / SECOND,
};

const CODE_POLICY = { ...LOCK_POLICY, attempts: CHALLENGE_ATTEMPTS, stepsEitherSide: STEPS_EITHER_SIDE };
// What was burnt counts against its challenge only.
const BURNT_POLICY = { ...NO_POLICY, attempts: CHALLENGE_ATTEMPTS, stepsEitherSide: STEPS_EITHER_SIDE };
const ENROLLMENT_POLICY = { ...NO_POLICY, attempts: ENROLLMENT_ATTEMPTS, stepsEitherSide: STEPS_EITHER_SIDE };

type Grounds = Pick<Refusal, 'rule' | 'policy'>;

const RECOVERY_CODE_POLICY = { ...NO_POLICY, attempts: CHALLENGE_ATTEMPTS };

const UNIQUE_NAME: Grounds = { rule: 'UNIQUE_NAME', policy: NO_POLICY };

/** By type, of what was refused and of what refuses from then on. */
const grounds: Readonly<Partial<Record<TrailEventType, (details: Details) => Grounds>>> = {
  RegistrationAbandoned: () => UNIQUE_NAME,
  UserRenameAbandoned: () => UNIQUE_NAME,
  MfaEnrollmentCodeRejected: () => ({ rule: 'ENROLLMENT_PROOF', policy: ENROLLMENT_POLICY }),
  MfaCodeRejected: ({ reason }) =>
    reason === 'STALE' ? { rule: 'SINGLE_USE', policy: BURNT_POLICY } : { rule: 'CODE_WINDOW', policy: CODE_POLICY },
  MfaCodeReplayed: () => ({ rule: 'SINGLE_USE', policy: BURNT_POLICY }),
  RecoveryCodeRejected: ({ reason }) => ({
    rule: reason === 'USED' ? 'SINGLE_USE' : 'RECOVERY_CODE',
    policy: RECOVERY_CODE_POLICY,
  }),
  MfaLocked: () => ({ rule: 'FAILURE_BUDGET', policy: LOCK_POLICY }),
  PasswordRejected: () => ({ rule: 'PASSWORD', policy: BACK_OFF_POLICY }),
  PasswordBackOffStarted: () => ({ rule: 'FAILURE_BUDGET', policy: BACK_OFF_POLICY }),
};

function numberIn(details: Details, name: string): number | null {
  const value = details[name];
  return typeof value === 'number' ? value : null;
}

function countersOf(details: Details): RefusalCounters {
  const retryAt = details.lockedUntil ?? details.until;
  return {
    attemptsLeft: numberIn(details, 'attemptsLeft'),
    consecutiveFailures: numberIn(details, 'consecutiveFailures'),
    clockOffsetSeconds: numberIn(details, 'clockOffsetSeconds'),
    timeStep: numberIn(details, 'timeStep'),
    retryAt: typeof retryAt === 'string' ? retryAt : null,
  };
}

/** Why an event's attempt was refused, or what refuses from it on; null for all other events. */
export function refusalOf(type: TrailEventType, reason: string | null, details: Details | null): Refusal | null {
  const found = grounds[type]?.(details ?? {});
  if (found === undefined) return null;
  return { ...found, reason: reason ?? found.rule, counters: countersOf(details ?? {}) };
}
