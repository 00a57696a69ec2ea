import { accountDecider, policyIn } from '../domain/account/decider.js';
import { limitsOf } from '../domain/account/policy.js';
import { hasElapsed, type Instant } from '../domain/instant.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { RefreshSession } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import { REFRESH_INTERVAL, type StandingFacts } from '../domain/session/standing.js';
import { userDecider } from '../domain/user/decider.js';
import type { SessionState } from '../domain/session/state.js';
import type { Application, Loaded } from './application.js';
import { bySelf } from './authorship.js';
import { sessionOf } from './execute-as.js';
import { execute, load } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { isSecretOf, parseToken } from './session-token.js';

/** What was found of a session in its streams. */
export interface FoundSession {
  /** Null where it is over, or never was. */
  readonly current: CurrentSession | null;
  /** The place in the log of the last event that this follows from. */
  readonly position: bigint;
}

const NOTHING: FoundSession = { current: null, position: 0n };

/** What a session stream that was loaded comes to, with the streams of its user and account. */
async function foundOf(
  app: Application,
  sessionId: string,
  session: Loaded<SessionState>,
  onPortion?: () => void,
): Promise<FoundSession> {
  if (session.state.status !== 'OPEN') return { current: null, position: session.position };
  const [user, mfa, account] = await Promise.all([
    load(app, userDecider, session.state.userId, onPortion),
    load(app, mfaDecider, session.state.userId, onPortion),
    load(app, accountDecider, session.state.accountId, onPortion),
  ]);
  const policy = policyIn(account.state);
  const facts = { sessionId, session: session.state, user: user.state, mfa: mfa.state, policy };
  const positions = [session.position, user.position, mfa.position, account.position];
  return {
    current: sessionOf(facts, app.now()),
    position: positions.reduce((furthest, position) => (position > furthest ? position : furthest)),
  };
}

/** The session as its streams have it now; told whenever a portion of a long stream was read. */
export async function findSession(app: Application, sessionId: string, onPortion?: () => void): Promise<FoundSession> {
  return foundOf(app, sessionId, await load(app, sessionDecider, sessionId, onPortion), onPortion);
}

/** The session as its streams have it now, or null where it is over. */
export async function currentSession(app: Application, sessionId: string): Promise<CurrentSession | null> {
  return (await findSession(app, sessionId)).current;
}

/** What may be otherwise at the next try; noting that a session is in use is no reason to refuse anybody. */
const PASSING = new Set<unknown>(['UNAVAILABLE', 'OUTCOME_UNKNOWN', 'CONTENTION']);

async function refresh(app: Application, request: RequestContext, current: CurrentSession): Promise<void> {
  if (!hasElapsed(REFRESH_INTERVAL, current.session.lastSeenAt, app.now())) return;
  try {
    await execute(app, request, {
      decider: sessionDecider,
      id: current.sessionId,
      by: bySelf(current),
      // Somebody else may have refreshed it meanwhile; once more does no harm.
      command: ({ now }): RefreshSession => ({ type: 'RefreshSession', limits: limitsOf(current.policy), now }),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && PASSING.has(error.code))) throw error;
  }
}

/**
 * The session that a token belongs to, at the stage where it stands now; none where the token is none, or its
 * session is over. Notes that the session is in use, at most every 5 minutes. Told whenever a portion of a long stream was read.
 */
export async function authenticate(
  app: Application,
  request: RequestContext,
  token: string,
  onPortion?: () => void,
): Promise<FoundSession> {
  const parsed = parseToken(token);
  if (parsed === null) return NOTHING;
  const { sessionId, secret } = parsed;
  const session = await load(app, sessionDecider, sessionId, onPortion);
  // Who knows only the id of a session, which is no secret, has no other stream read.
  if (session.state.status === 'NONE' || !isSecretOf(session.state.secretDigest, secret)) return NOTHING;
  const found = await foundOf(app, sessionId, session, onPortion);
  if (found.current !== null) await refresh(app, request, found.current);
  return found;
}

/** The session that a token belongs to, by facts from elsewhere than the streams: for when those cannot be read. */
export function authenticateBy(
  factsOf: (sessionId: string) => StandingFacts | null,
  token: string,
  now: Instant,
): CurrentSession | null {
  const parsed = parseToken(token);
  const facts = parsed && factsOf(parsed.sessionId);
  const current = facts && sessionOf(facts, now);
  return parsed !== null && current !== null && isSecretOf(current.session.secretDigest, parsed.secret)
    ? current
    : null;
}
