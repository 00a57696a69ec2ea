import { accountDecider, policyIn, type AccountState } from '../domain/account/decider.js';
import type { DomainEvent } from '../domain/catalogue.js';
import type { Decider } from '../domain/decider.js';
import { decideUnder, type Demand } from '../domain/authority.js';
import type { Instant } from '../domain/instant.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { MfaState } from '../domain/mfa/state.js';
import { sessionDecider } from '../domain/session/decider.js';
import { standingOf, type SessionStage, type StandingFacts } from '../domain/session/standing.js';
import type { SessionState } from '../domain/session/state.js';
import { streamName } from '../domain/stream.js';
import { userDecider } from '../domain/user/decider.js';
import type { UserState } from '../domain/user/state.js';
import type { Application, Loaded } from './application.js';
import { bySelf, byUser } from './authorship.js';
import { executeWith, load, type Authorship, type Executed, type Facts, type Target } from './execute.js';
import type { CurrentSession, RequestContext } from './request-context.js';

/** Who acts in a session, on whom, and what that takes. The session as it arrived only says which one it is. */
export interface Acting {
  readonly current: CurrentSession;
  readonly by: Authorship;
  readonly demand: Demand;
  /** The user who is acted on. */
  readonly subjectId: string;
}

/** The stages at which a user sets up its own device. */
export const ENROLLING: readonly SessionStage[] = ['MFA_ENROLLMENT', 'FULL'];
/** Every stage: the session only has to be open. */
export const OPEN: readonly SessionStage[] = ['MFA_CHALLENGE', 'PASSWORD_CHANGE', 'MFA_ENROLLMENT', 'FULL'];
const FULL: readonly SessionStage[] = ['FULL'];

/** The user of the session acts on itself. */
export function actingOnSelf(current: CurrentSession, stages: readonly SessionStage[] = FULL): Acting {
  return { current, by: bySelf(current), demand: { right: 'OWN', stages }, subjectId: current.user.userId };
}

/** The primary acts on its account. */
export function actingAsPrimary(current: CurrentSession): Acting {
  return { ...actingOnSelf(current), demand: { right: 'PRIMARY', stages: FULL } };
}

/** The user of the session acts on another user, under whose key the subject's values are sealed. */
export function actingOn(
  current: CurrentSession,
  { userId, personId }: { readonly userId: string; readonly personId: string },
  right: 'MANAGE' | 'ERASE' = 'MANAGE',
): Acting {
  return { current, by: byUser(current, personId), demand: { right, stages: FULL }, subjectId: userId };
}

/** The same, at the cost of something more. */
export function demanding(acting: Acting, more: Partial<Demand>): Acting {
  return { ...acting, demand: { ...acting.demand, ...more } };
}

/** The session that facts make up now, or null where it is over. */
export function sessionOf(facts: StandingFacts, now: Instant): CurrentSession | null {
  const { sessionId, session, user, mfa, policy } = facts;
  const standing = standingOf(facts, now);
  if (standing === 'ENDED' || session.status !== 'OPEN' || user.status !== 'ACTIVE') return null;
  return { sessionId, session, stage: standing, user, mfa, policy };
}

/** A command in a session, on its way to one stream. */
export interface SessionExecution<S, C, E extends DomainEvent, P> extends Omit<Target<S, C, E>, 'by'> {
  /** Does what takes time; asked again, with fresh state, for every lost race. The authority is read after it. */
  readonly prepare?: (loaded: Loaded<S>) => Promise<P>;
  readonly command: (facts: Facts<S, P>, actor: CurrentSession) => C;
}

/** What came of a command in a session; `actor`: the session by which it was decided, null where that was over. */
export type ExecutedAs<S> = Executed<S> & { readonly actor: CurrentSession | null };

interface Reading {
  readonly session: SessionState;
  readonly user: UserState;
  readonly mfa: MfaState;
  readonly account: AccountState;
  readonly subject: UserState;
}

/**
 * Reads what an authority rests on, all at the same time. The state that is decided on is not read again: the append is at its version.
 */
async function readAuthority<S, C, E extends DomainEvent>(
  app: Application,
  { current: { sessionId, user }, subjectId }: Acting,
  { decider, id }: Pick<Target<S, C, E>, 'decider' | 'id'>,
  { state }: Loaded<S>,
): Promise<Reading> {
  const decidedOn = streamName(decider.category, id);
  async function read<T, D, F extends DomainEvent>(from: Decider<T, D, F>, of: string): Promise<T> {
    if (streamName(from.category, of) === decidedOn) return state as unknown as T;
    return (await load(app, from, of)).state;
  }
  const { userId, accountId } = user;
  const ofUser = read(userDecider, userId);
  const [session, actor, mfa, account, subject] = await Promise.all([
    read(sessionDecider, sessionId),
    ofUser,
    read(mfaDecider, userId),
    read(accountDecider, accountId),
    subjectId === userId ? ofUser : read(userDecider, subjectId),
  ]);
  return { session, user: actor, mfa, account, subject };
}

/**
 * Executes a command in a session. The session, its user and the user who is acted on are read after all slow work, and again for
 * each try: a change that was made before that reading wins. What it answers is stored before it answers.
 */
export async function executeAs<S, C, E extends DomainEvent, P>(
  app: Application,
  request: RequestContext,
  acting: Acting,
  { decider, id, prepare, command }: SessionExecution<S, C, E, P>,
): Promise<ExecutedAs<S>> {
  const { sessionId } = acting.current;
  let actor: CurrentSession | null = null;
  const executed = await executeWith(app, request, { decider, id, by: acting.by }, async (loaded) => {
    const prepared = (await prepare?.(loaded)) as P;
    const { session, user, mfa, account, subject } = await readAuthority(app, acting, { decider, id }, loaded);
    return (now) => {
      actor = sessionOf({ sessionId, session, user, mfa, policy: policyIn(account) }, now);
      const { demand } = acting;
      const make = (current: CurrentSession) => command({ ...loaded, now, prepared }, current);
      return decideUnder(decider, { demand, actor, subject }, make, loaded.state);
    };
  });
  return { ...executed, actor };
}
