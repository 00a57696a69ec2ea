import { limitsOf, trustedDaysSince, type AccountPolicy, type SessionLimits } from '../account/policy.js';
import { after, hasElapsed, instantOf, isReached, millisecondsOf, MINUTE, type Instant } from '../instant.js';
import { isChallengeEnded } from '../mfa/codes.js';
import type { EnabledDevice, MfaState } from '../mfa/state.js';
import { isSecondFactor } from './events.js';
import { isEndedBy, type ActiveUser, type UserState } from '../user/state.js';
import type { OpenSession, SessionState } from './state.js';

/** A right password alone is a challenge, which lives so long. */
export const CHALLENGE_LIFETIME = 5 * MINUTE;
/** Use is recorded at most this often. */
export const REFRESH_INTERVAL = 5 * MINUTE;
/** The password of a sign-in so long ago serves for enrolling one's own first device. */
export const SIGN_IN_PASSWORD_SERVES = 5 * MINUTE;

/** A second factor that was proven in a session so long ago serves for one's first recovery codes. */
export const SECOND_FACTOR_SERVES = 5 * MINUTE;

export const SESSION_STAGES = ['MFA_CHALLENGE', 'PASSWORD_CHANGE', 'MFA_ENROLLMENT', 'FULL'] as const;

/** What a session must do next: give a code, choose a password of one's own, enable a device, or nothing. */
export type SessionStage = (typeof SESSION_STAGES)[number];

/** Where a session stands now; `ENDED` whatever the reason. */
export type Standing = SessionStage | 'ENDED';

/** When a session began, and was last in use as far as that is recorded: what its end is computed from. */
export type Lifetime = Pick<OpenSession, 'startedAt' | 'lastSeenAt'>;

/** The Unix time, in milliseconds, at which a session ends by itself, if it is not used again. */
function endOf(
  { lastSeenAt, startedAt }: Lifetime,
  { idle, absolute }: Pick<SessionLimits, 'idle' | 'absolute'>,
): number {
  return Math.min(millisecondsOf(lastSeenAt) + idle, millisecondsOf(startedAt) + absolute);
}

/** When a session ends by itself, if it is not used again. */
export function expiryOf(session: Lifetime, limits: SessionLimits): Instant {
  return instantOf(endOf(session, limits));
}

/** Whether a session has ended by itself, by the limits as they are or, while those held, by former ones. */
export function hasExpired(session: Lifetime, limits: SessionLimits, now: Instant): boolean {
  if (endOf(session, limits) <= millisecondsOf(now)) return true;
  return limits.former.some((former) => endOf(session, former) <= millisecondsOf(former.until));
}

/** Whether a second factor was proven in this very session within the last five minutes. */
export function hasJustProven({ raisedAt }: Pick<OpenSession, 'raisedAt'>, now: Instant): boolean {
  return raisedAt !== null && !hasElapsed(SECOND_FACTOR_SERVES, raisedAt, now);
}

/** What the stage of a session is computed from. */
export interface StandingFacts {
  readonly sessionId: string;
  readonly session: SessionState;
  readonly user: UserState;
  readonly mfa: MfaState;
  /** Of the account, as it is now: it holds for sessions that are open too. */
  readonly policy: AccountPolicy;
}

function isOver(sessionId: string, session: OpenSession, { user, mfa }: { user: ActiveUser; mfa: MfaState }): boolean {
  return (
    isEndedBy(user.sessionsEnded, sessionId, session.userVersion) ||
    isEndedBy(mfa.sessionsEnded, sessionId, session.mfaVersion)
  );
}

/** Whether a session is held to having a device. */
function isHeld(sessionId: string, session: OpenSession, { requirement, sessionsEnded }: MfaState): boolean {
  if (requirement === null) return false;
  // Whoever takes off its own device has a session that goes on: it is held to the requirement from then on.
  const wentOn = sessionsEnded?.except === sessionId && sessionsEnded.atVersion >= requirement.sinceVersion;
  return wentOn || requirement.effective === 'IMMEDIATELY' || requirement.sinceVersion <= session.mfaVersion;
}

/** No code is owed for now, since the browser was trusted when the session began, and nothing has revoked that since. */
function isTrusted(session: OpenSession, { trustedDevices }: MfaState, policy: AccountPolicy): boolean {
  return (
    session.factors.includes('TRUSTED_DEVICE') &&
    trustedDaysSince(session.startedAt, policy) > 0 &&
    trustedDevices.revokedAt <= session.mfaVersion
  );
}

/** A second factor was proven in this session since the device was enabled. */
function hasProven(session: OpenSession, mfa: MfaState): boolean {
  return session.factors.some(isSecondFactor) && laterDevice(session, mfa) === null;
}

/**
 * Once there is a device, a session that has not proven it owes a code, also where it began before: who knows the password alone, or
 * has an old session, must not go on beside it.
 */
function owesCode(session: OpenSession, { mfa, policy }: StandingFacts): boolean {
  return mfa.device !== null && !hasProven(session, mfa) && !isTrusted(session, mfa, policy);
}

/** The device, where it was enabled after what the session was decided on; else null. */
export function laterDevice(
  { mfaVersion }: Pick<OpenSession, 'mfaVersion'>,
  { device }: Pick<MfaState, 'device'>,
): EnabledDevice | null {
  return device !== null && mfaVersion < device.sinceVersion ? device : null;
}

/**
 * When the challenge of a session that owes a code is over: five minutes after the password, or at the session's own end where it was
 * open before the device was enabled.
 */
export function challengeExpiryOf(session: OpenSession, mfa: MfaState, limits: SessionLimits): Instant {
  if (laterDevice(session, mfa) !== null) return expiryOf(session, limits);
  return after(session.startedAt, CHALLENGE_LIFETIME);
}

function owesEnrollment(sessionId: string, session: OpenSession, mfa: MfaState): boolean {
  return mfa.device === null && isHeld(sessionId, session, mfa);
}

function challengeStanding({ sessionId, mfa, policy }: StandingFacts, session: OpenSession, now: Instant): Standing {
  const isOver = isReached(challengeExpiryOf(session, mfa, limitsOf(policy)), now);
  return isOver || isChallengeEnded(mfa, sessionId) ? 'ENDED' : 'MFA_CHALLENGE';
}

/**
 * The stage of a session: computed from the session, its user and that user's MFA, never stored (rule 7), so that a later
 * change ends or lowers open sessions without touching them.
 */
export function standingOf(facts: StandingFacts, now: Instant): Standing {
  const { sessionId, session, user, mfa, policy } = facts;
  if (session.status !== 'OPEN' || user.status !== 'ACTIVE') return 'ENDED';
  if (hasExpired(session, limitsOf(policy), now)) return 'ENDED';
  if (isOver(sessionId, session, { user, mfa })) return 'ENDED';
  if (owesCode(session, facts)) return challengeStanding(facts, session, now);
  if (user.mustChangePassword) return 'PASSWORD_CHANGE';
  return owesEnrollment(sessionId, session, mfa) ? 'MFA_ENROLLMENT' : 'FULL';
}
