import type { SqliteConnection, SqliteValue } from '../../sqlite/connection.js';
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
  /**
   * A page of a user's sessions that are not over, newest first. It looks at `ROWS_LOOKED_AT` sessions at most, since sessions end
   * without an event: it may have fewer than asked for, and be gone on from where it stopped.
   */
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

/** Sessions that one page looks at: what bounds its cost, however many of them ended without an event. */
export const ROWS_LOOKED_AT = 500;

/** Sessions that are read at once. */
const PORTION = 100;

interface SessionRow extends Omit<SessionView, 'stage' | 'session' | 'mfa' | 'policy'> {
  readonly state: string;
}

interface OwnerRow {
  readonly user: string | null;
  readonly mfa: string | null;
  readonly policy: string | null;
}

type Row = SessionRow & OwnerRow;

const SESSION = `session_id AS sessionId, position, sessions_4.account_id AS accountId, sessions_4.user_id AS userId, ip,
    user_agent AS userAgent, state`;

const OF_USER = `SELECT ${SESSION} FROM sessions_4 WHERE open = 1 AND user_id = ? AND account_id = ?`;

const OWNER = `
  SELECT user, mfa, policy FROM session_users_4 LEFT JOIN session_accounts_4 ON account_id = ?
  WHERE user_id = ?`;

const OPEN = `
  SELECT ${SESSION}, user, mfa, policy
  FROM sessions_4 JOIN session_users_4 ON session_users_4.user_id = sessions_4.user_id
    LEFT JOIN session_accounts_4 ON session_accounts_4.account_id = sessions_4.account_id
  WHERE open = 1`;

const SELECT = `${OPEN} AND sessions_4.account_id = ?`;

function policyIn(json: string | null): AccountPolicy {
  return json === null ? DEFAULT_POLICY : (JSON.parse(json) as AccountPolicy);
}

/** What all sessions of a user have in common. */
type SharedFacts = Pick<StandingFacts, 'user' | 'mfa' | 'policy'>;

function sharedFactsOf({ user, mfa, policy }: OwnerRow): SharedFacts {
  return {
    user: (user === null ? { status: 'NONE' } : JSON.parse(user)) as UserState,
    mfa: mfa === null ? mfaDecider.initial : (JSON.parse(mfa) as MfaState),
    policy: policyIn(policy),
  };
}

function factsOf(row: Row): StandingFacts {
  const { sessionId, state } = row;
  return { sessionId, session: JSON.parse(state) as SessionState, ...sharedFactsOf(row) };
}

function viewIn({ state, ...known }: SessionRow, shared: SharedFacts, now: string): SessionView | null {
  const session = JSON.parse(state) as SessionState;
  const stage = standingOf({ sessionId: known.sessionId, session, ...shared }, now);
  if (stage === 'ENDED' || session.status !== 'OPEN') return null;
  return { ...known, session, mfa: shared.mfa, policy: shared.policy, stage };
}

function viewOf({ user, mfa, policy, ...row }: Row, now: string): SessionView | null {
  return viewIn(row, sharedFactsOf({ user, mfa, policy }), now);
}

/** Opens the reading of pages of a user's sessions. */
function openPages(database: SqliteConnection): SessionQueries['page'] {
  const ownerOf = database.prepare<[accountId: string, userId: string], OwnerRow>(OWNER);

  /** Sessions that are not over, until there are enough, and the place where looking stopped before that. */
  function collect(accountId: string, userId: string, page: PageRequest, now: string) {
    const owner = ownerOf.get(accountId, userId);
    if (owner === undefined) return { found: [], stoppedAt: null };
    const shared = sharedFactsOf(owner);
    const found: SessionView[] = [];
    let from = { ...page, limit: PORTION };
    for (let looked = 0; looked < ROWS_LOOKED_AT;) {
      const keys = pageClause('position', from, 'descending');
      const rows = database
        .prepare<SqliteValue[], SessionRow>(`${OF_USER}${keys.sql}${keys.tail}`)
        .all(userId, accountId, ...keys.parameters);
      found.push(...rows.flatMap((row) => viewIn(row, shared, now) ?? []));
      const last = rows.at(-1);
      if (last === undefined || rows.length <= PORTION || found.length > page.limit) return { found, stoppedAt: null };
      looked += rows.length;
      from = page.fromEnd ? { ...from, before: last.position } : { ...from, after: last.position };
    }
    return { found, stoppedAt: page.fromEnd ? from.before : from.after };
  }

  return (accountId, userId, page, now) => {
    const { found, stoppedAt } = collect(accountId, userId, page, now);
    const made = pageOf(found, page);
    if (stoppedAt === null) return made;
    return page.fromEnd
      ? { ...made, hasPreviousPage: true, startsAt: stoppedAt }
      : { ...made, hasNextPage: true, endsAt: stoppedAt };
  };
}

/** Prepares the queries of sessions on the read models' file. */
export function createSessionQueries(database: SqliteConnection): SessionQueries {
  const byId = database.prepare<[string, string], Row>(`${SELECT} AND session_id = ?`);

  const beginning = database.prepare<[string, string], Pick<SessionView, 'ip' | 'userAgent'>>(
    'SELECT ip, user_agent AS userAgent FROM sessions_4 WHERE account_id = ? AND session_id = ?',
  );
  const anywhere = database.prepare<[string], Row>(`${OPEN} AND session_id = ?`);

  const policy = database.prepareValues<[string], string>('SELECT policy FROM session_accounts_4 WHERE account_id = ?');

  return {
    page: openPages(database),
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
