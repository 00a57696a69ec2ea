import { challengeAttemptsLeft, type IssuedSession } from '../../application/sign-in.js';
import type { CurrentSession } from '../../application/request-context.js';
import { limitsOf } from '../../domain/account/policy.js';
import { methodsOf } from '../../domain/mfa/recovery-codes.js';
import { challengeExpiryOf, laterDevice } from '../../domain/session/standing.js';
import { adopt, type GraphqlContext } from '../context.js';
import { LaterDevice, MfaChallenge } from '../types/mfa-challenge.js';
import {
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

const ENABLING = ['MfaEnabled', 'MfaDeviceReplaced'];

/** The device that was enabled after a session had begun, with where that was done from as far as it is known. */
function laterDeviceIn({ readModels }: GraphqlContext, { session, user, mfa }: CurrentSession): LaterDevice | null {
  const device = laterDevice(session, mfa);
  if (device === null) return null;
  const { accountId, userId, kind } = user;
  const last = { limit: 1, after: null, before: null, fromEnd: false };
  const [enabling] = readModels.audit.page(accountId, { types: ENABLING, subjectId: userId }, last).rows;
  const { ip = null, userAgent = null } = enabling?.occurredAt === device.enabledAt ? enabling : {};
  const wayOut = kind === 'PRIMARY' ? 'OPERATOR' : 'ADMINISTRATOR';
  return Object.assign(new LaterDevice(), { enabledAt: new Date(device.enabledAt), ip, userAgent, wayOut });
}

function answerable(current: CurrentSession) {
  const { mfa, session, policy } = current;
  return {
    methods: [...methodsOf(mfa)],
    attemptsLeft: challengeAttemptsLeft(current),
    expiresAt: new Date(challengeExpiryOf(session, mfa, limitsOf(policy))),
  };
}

/** What a session that owes a code has to answer. */
export function challengeIn(context: GraphqlContext, current: CurrentSession): MfaChallenge {
  return Object.assign(new MfaChallenge(), answerable(current), { laterDevice: laterDeviceIn(context, current) });
}

function challengeRequired(current: CurrentSession, token: string | null): MfaChallengeRequired {
  return Object.assign(new MfaChallengeRequired(), answerable(current), { token });
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
