import type { Database } from 'better-sqlite3';
import { DEFAULT_POLICY, type AccountPolicy } from '../../domain/account/policy.js';
import { mfaDecider } from '../../domain/mfa/decider.js';
import type { MfaState } from '../../domain/mfa/state.js';
import { standingOf, type SessionStage, type StandingFacts } from '../../domain/session/standing.js';
import type { OpenSession, SessionState } from '../../domain/session/state.js';
import type { UserState } from '../../domain/user/state.js';
import { pageClause, pageOf, type Page, type PageRequest } from '../page.js';

/** A session that is not over. */
export interface SessionView {
  readonly sessionId: string;
  /** Its place in the order of sign-ins. */
  readonly position: number;
  readonly accountId: string;
  readonly userId: string;
  readonly stage: SessionStage;
  readonly session: OpenSession;
  /** Of its user. */
  readonly mfa: MfaState;
  /** Of the account. */
  readonly policy: AccountPolicy;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Reads sessions, within one account but for their facts. */
export interface SessionQueries {
  /** A page of a user's sessions that are not over, newest first. */
  page(accountId: string, userId: string, page: PageRequest, now: string): Page<SessionView>;
  /** One session, if it is not over. */
  byId(accountId: string, sessionId: string, now: string): SessionView | null;
  /** Where a session was begun from, also if it is over; null where it is not known. */
  beginningOf(accountId: string, sessionId: string): Pick<SessionView, 'ip' | 'userAgent'> | null;
  /** What the stage of a session is computed from, whosever it is; null where there is none that was not ended. */
  factsOf(sessionId: string): StandingFacts | null;
  /** The policy of an account; the default where it was never set. */
  policyOf(accountId: string): AccountPolicy;
}

interface Row extends Omit<SessionView, 'stage' | 'session' | 'mfa' | 'policy'> {
  readonly state: string;
  readonly user: string | null;
  readonly mfa: string | null;
  readonly policy: string | null;
}

const OPEN = `
  SELECT session_id AS sessionId, position, sessions_3.account_id AS accountId, sessions_3.user_id AS userId, ip,
    user_agent AS userAgent, state, user, mfa, policy
  FROM sessions_3 JOIN session_users_3 ON session_users_3.user_id = sessions_3.user_id
    LEFT JOIN session_accounts_3 ON session_accounts_3.account_id = sessions_3.account_id
  WHERE open = 1`;

const SELECT = `${OPEN} AND sessions_3.account_id = ?`;

function policyIn(json: string | null): AccountPolicy {
  return json === null ? DEFAULT_POLICY : (JSON.parse(json) as AccountPolicy);
}

function factsOf({ sessionId, state, user, mfa, policy }: Row): StandingFacts {
  return {
    sessionId,
    session: JSON.parse(state) as SessionState,
    user: (user === null ? { status: 'NONE' } : JSON.parse(user)) as UserState,
    mfa: mfa === null ? mfaDecider.initial : (JSON.parse(mfa) as MfaState),
    policy: policyIn(policy),
  };
}

function viewOf(row: Row, now: string): SessionView | null {
  const facts = factsOf(row);
  const stage = standingOf(facts, now);
  if (stage === 'ENDED' || facts.session.status !== 'OPEN') return null;
  const { state: _state, user: _user, mfa: _mfa, ...known } = row;
  return { ...known, session: facts.session, mfa: facts.mfa, policy: facts.policy, stage };
}

/** Prepares the queries of sessions on the read models' file. */
export function createSessionQueries(database: Database): SessionQueries {
  const byId = database.prepare<[string, string], Row>(`${SELECT} AND session_id = ?`);

  const beginning = database.prepare<[string, string], Pick<SessionView, 'ip' | 'userAgent'>>(
    'SELECT ip, user_agent AS userAgent FROM sessions_3 WHERE account_id = ? AND session_id = ?',
  );
  const anywhere = database.prepare<[string], Row>(`${OPEN} AND session_id = ?`);

  const policy = database
    .prepare<[string], string>('SELECT policy FROM session_accounts_3 WHERE account_id = ?')
    .pluck();

  /** Reads on until the page is full, since sessions end without an event. */
  function collect(accountId: string, userId: string, page: PageRequest, now: string): SessionView[] {
    const found: SessionView[] = [];
    let from = page;
    for (;;) {
      const keys = pageClause('position', from, 'descending');
      const rows = database
        .prepare<unknown[], Row>(`${SELECT} AND sessions_3.user_id = ?${keys.sql}${keys.tail}`)
        .all(accountId, userId, ...keys.parameters);
      found.push(...rows.flatMap((row) => viewOf(row, now) ?? []));
      const last = rows.at(-1);
      if (last === undefined || rows.length <= page.limit || found.length > page.limit) return found;
      from = page.fromEnd ? { ...from, before: last.position } : { ...from, after: last.position };
    }
  }

  return {
    page: (accountId, userId, page, now) => pageOf(collect(accountId, userId, page, now), page),
    byId(accountId, sessionId, now) {
      const row = byId.get(accountId, sessionId);
      return row === undefined ? null : viewOf(row, now);
    },
    beginningOf: (accountId, sessionId) => beginning.get(accountId, sessionId) ?? null,
    factsOf(sessionId) {
      const row = anywhere.get(sessionId);
      return row === undefined ? null : factsOf(row);
    },
    policyOf: (accountId) => policyIn(policy.get(accountId) ?? null),
  };
}
