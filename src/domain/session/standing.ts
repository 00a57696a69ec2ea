import { after, HOUR, isReached, MINUTE, type Instant } from '../instant.js';
import { isChallengeEnded } from '../mfa/codes.js';
import type { MfaState } from '../mfa/state.js';
import type { UserState } from '../user/decider.js';
import type { OpenSession, SessionState } from './state.js';

/** A right password alone is a challenge, which lives so long. */
export const CHALLENGE_LIFETIME = 5 * MINUTE;
/** NIST SP 800-63B 4.2.3: at AAL2 reauthentication after 30 minutes without use, and after 12 hours whatever happens. */
export const IDLE_LIFETIME = 30 * MINUTE;
export const ABSOLUTE_LIFETIME = 12 * HOUR;
/** Use is recorded at most this often. */
export const REFRESH_INTERVAL = 5 * MINUTE;
/** The password of a sign-in so long ago serves for enrolling one's own first device. */
export const SIGN_IN_PASSWORD_SERVES = 5 * MINUTE;

export const SESSION_STAGES = ['MFA_CHALLENGE', 'FULL'] as const;

/** What a session may do: owe a code, or all that its role may. */
export type SessionStage = (typeof SESSION_STAGES)[number];

/** Where a session stands now; `ENDED` whatever the reason. */
export type Standing = SessionStage | 'ENDED';

/** When a session ends by itself, if it is not used again. */
export function expiryOf(session: OpenSession): Instant {
  const idle = after(session.lastSeenAt, IDLE_LIFETIME);
  const absolute = after(session.startedAt, ABSOLUTE_LIFETIME);
  return idle < absolute ? idle : absolute;
}

/** Whether a session has ended by itself. */
export function hasExpired(session: OpenSession, now: Instant): boolean {
  return isReached(expiryOf(session), now);
}

function owesCode(session: OpenSession, mfa: MfaState): boolean {
  const device = mfa.device;
  return device !== null && device.sinceVersion <= session.mfaVersion && !session.factors.includes('VIRTUAL_MFA');
}

/**
 * The stage of a session: computed from the session, its user and that user's MFA, never stored (rule 7), so that a later
 * change ends or lowers open sessions without touching them.
 */
export function standingOf(
  facts: {
    readonly sessionId: string;
    readonly session: SessionState;
    readonly user: UserState;
    readonly mfa: MfaState;
  },
  now: Instant,
): Standing {
  const { sessionId, session, user, mfa } = facts;
  if (session.status !== 'OPEN' || user.status !== 'ACTIVE') return 'ENDED';
  if (hasExpired(session, now) || mfa.replacedAtVersion > session.mfaVersion) return 'ENDED';
  if (!owesCode(session, mfa)) return 'FULL';
  const over = isReached(after(session.startedAt, CHALLENGE_LIFETIME), now) || isChallengeEnded(mfa, sessionId);
  return over ? 'ENDED' : 'MFA_CHALLENGE';
}
