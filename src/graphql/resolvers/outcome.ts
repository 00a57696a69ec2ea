import { challengeAttemptsLeft, type IssuedSession } from '../../application/sign-in.js';
import type { CurrentSession } from '../../application/request-context.js';
import { methodsOf } from '../../domain/mfa/recovery-codes.js';
import { adopt, type GraphqlContext } from '../context.js';
import {
  challengeExpiryOf,
  MfaChallengeRequired,
  MfaEnrollmentRequired,
  PasswordChangeRequired,
  SignedIn,
  viewerOf,
  type SignInOutcomeType,
  type Viewer,
} from '../types/session.js';

/** Whoever is signed in, with where the session was begun from. */
export function viewerIn(context: GraphqlContext, current: CurrentSession): Viewer {
  const { sessions } = context.readModels;
  return viewerOf(current, sessions.beginningOf(current.user.accountId, current.sessionId) ?? context.request.from);
}

function challengeRequired(current: CurrentSession, token: string | null): MfaChallengeRequired {
  return Object.assign(new MfaChallengeRequired(), {
    methods: [...methodsOf(current.mfa)],
    attemptsLeft: challengeAttemptsLeft(current),
    expiresAt: challengeExpiryOf(current.session),
    token,
  });
}

/** Where a session stands, as the outcome of what brought it there. */
export function standingOutcome(
  context: GraphqlContext,
  current: CurrentSession,
  token: string | null,
): SignInOutcomeType {
  if (current.stage === 'MFA_CHALLENGE') return challengeRequired(current, token);
  const answer = { viewer: viewerIn(context, current), token };
  switch (current.stage) {
    case 'MFA_ENROLLMENT':
      return Object.assign(new MfaEnrollmentRequired(), answer);
    case 'PASSWORD_CHANGE':
      return Object.assign(new PasswordChangeRequired(), answer);
    default:
      return Object.assign(new SignedIn(), answer);
  }
}

/** What signing in has come to, for a session that has just begun or risen; it is the request's own from here on. */
export function outcomeOf(context: GraphqlContext, issued: IssuedSession): SignInOutcomeType {
  return standingOutcome(context, issued.current, adopt(context, issued));
}
