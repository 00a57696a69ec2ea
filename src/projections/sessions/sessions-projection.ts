import type { SqliteConnection, SqliteStatement } from '../../sqlite/connection.js';
import { LRUCache } from 'lru-cache';
import { DEFAULT_POLICY, policyAfter, type AccountPolicy } from '../../domain/account/policy.js';
import { mfaDecider } from '../../domain/mfa/decider.js';
import { sessionDecider } from '../../domain/session/decider.js';
import type { OpenSession, SessionState } from '../../domain/session/state.js';
import { userDecider } from '../../domain/user/decider.js';
import type { Decider } from '../../domain/decider.js';
import type { DomainEvent } from '../../domain/catalogue.js';
import type { Recorded } from '../../domain/event.js';
import { categoryOf } from '../../domain/stream.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { Intake, Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE sessions_4 (
    session_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    open INTEGER NOT NULL,
    ip TEXT,
    user_agent TEXT,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_4_by_user ON sessions_4 (user_id, open, position);
  CREATE TABLE session_users_4 (
    user_id TEXT PRIMARY KEY,
    user TEXT,
    mfa TEXT
  ) STRICT;
  CREATE TABLE session_accounts_4 (account_id TEXT PRIMARY KEY, policy TEXT NOT NULL) STRICT;
`;

type Folding<S, E extends DomainEvent> = Pick<Decider<S, never, E>, 'initial' | 'evolve'>;

/** Of so many streams of each kind the state is remembered between batches: whoever was just here will soon be again. */
const STATES_KEPT = 2_000;

/** States by the id of their stream: read once, folded in memory by the same rules as commands do, written together. */
function statesBy<S extends object, E extends DomainEvent>(
  decider: Folding<S, E>,
  read: (id: string) => string | null,
) {
  const changed = new Map<string, S>();
  const written = new LRUCache<string, S>({ max: STATES_KEPT });

  function stored(id: string): S {
    const json = read(id);
    return json === null ? decider.initial : (JSON.parse(json) as S);
  }

  return {
    fold(id: string, event: LoggedEvent): S {
      const before = changed.get(id) ?? written.get(id) ?? stored(id);
      // The stream's category says that this is an event of that decider.
      const after = decider.evolve(before, event as unknown as Recorded<E>);
      changed.set(id, after);
      return after;
    },
    /** Hands out what has changed since the last time. */
    write(each: (id: string, state: S) => unknown): undefined {
      for (const [id, state] of changed) {
        each(id, state);
        written.set(id, state);
      }
      changed.clear();
    },
    forget(): undefined {
      changed.clear();
      written.clear();
    },
  };
}

/** One kind of stream; an event comes with the id in its stream's name. */
interface StreamIntake extends Pick<Intake, 'write' | 'forget'> {
  take(event: LoggedEvent, id: string): void;
}

function userIntake<S extends object, E extends DomainEvent>(
  database: SqliteConnection,
  column: 'user' | 'mfa',
  decider: Folding<S, E>,
): StreamIntake {
  const get: SqliteStatement<[string], string | null> = database.prepareValues<[string], string | null>(
    `SELECT ${column} FROM session_users_4 WHERE user_id = ?`,
  );
  const set = database.prepare<[string, string]>(`
    INSERT INTO session_users_4 (user_id, ${column}) VALUES (?, ?)
    ON CONFLICT (user_id) DO UPDATE SET ${column} = excluded.${column}`);
  const states = statesBy(decider, (userId) => get.get(userId) ?? null);
  return {
    take: (event, userId) => void states.fold(userId, event),
    write: () => states.write((userId, state) => set.run(userId, JSON.stringify(state))),
    forget: () => states.forget(),
  };
}

/** Keeps the policies of accounts that have set one. */
function openPolicies(database: SqliteConnection): (event: LoggedEvent) => void {
  const get = database.prepareValues<[string], string>('SELECT policy FROM session_accounts_4 WHERE account_id = ?');
  const set = database.prepare<[string, string]>(
    'INSERT OR REPLACE INTO session_accounts_4 (account_id, policy) VALUES (?, ?)',
  );
  return (event) => {
    if (event.type !== 'AccountPolicyChanged') return;
    const { accountId } = event.data;
    const known = get.get(accountId);
    const before = known === undefined ? DEFAULT_POLICY : (JSON.parse(known) as AccountPolicy);
    set.run(accountId, JSON.stringify(policyAfter(before, event)));
  };
}

/** What is known of a session from its start alone. */
type Start = Pick<OpenSession, 'accountId' | 'userId'> & Pick<LoggedEvent, 'position' | 'request'>;

/** Writes sessions as they are now, together with their start where that is new. */
function sessionWriter(
  database: SqliteConnection,
): (sessionId: string, state: SessionState, start: Start | undefined) => void {
  // A session that began while its user was being erased came too late for that.
  const insert = database.prepare(`
    WITH past (erased) AS (
      SELECT coalesce((SELECT user ->> 'erased' FROM session_users_4 WHERE user_id = @userId), 0)
    )
    INSERT INTO sessions_4 (session_id, position, account_id, user_id, open, ip, user_agent, state)
    SELECT @sessionId, @position, @accountId, @userId, @open, iif(erased, NULL, @ip), iif(erased, NULL, @userAgent), @json
    FROM past`);
  // Two statements, since one that sets `open` rewrites the index. What is over never begins again.
  const update = database.prepare('UPDATE sessions_4 SET state = ? WHERE session_id = ?');
  const end = database.prepare('UPDATE sessions_4 SET state = ?, open = 0 WHERE session_id = ?');
  return (sessionId, state, start) => {
    const json = JSON.stringify(state);
    const isOpen = state.status === 'OPEN';
    if (start === undefined) {
      (isOpen ? update : end).run(json, sessionId);
      return;
    }
    const { position, accountId, userId, request } = start;
    const { ip = null, userAgent = null } = request ?? {};
    const open = isOpen ? 1 : 0;
    insert.run({ ...{ sessionId, position, accountId, userId, open, json }, ip, userAgent });
  };
}

/** Takes where the sessions of users who were erased came from out of their rows, at the end of a transaction. */
function openForgetting(database: SqliteConnection): Pick<Intake, 'take' | 'write' | 'forget'> {
  const clear = database.prepare('UPDATE sessions_4 SET ip = NULL, user_agent = NULL WHERE user_id = ?');
  const erased = new Set<string>();
  return {
    take(event): undefined {
      if (event.type === 'UserErased') erased.add(event.data.userId);
    },
    write(): undefined {
      for (const userId of erased) clear.run(userId);
      erased.clear();
    },
    forget(): undefined {
      erased.clear();
    },
  };
}

function sessionIntake(database: SqliteConnection): StreamIntake {
  const get: SqliteStatement<[string], string> = database.prepareValues<[string], string>(
    'SELECT state FROM sessions_4 WHERE session_id = ?',
  );
  const write = sessionWriter(database);
  const states = statesBy(sessionDecider, (sessionId) => get.get(sessionId) ?? null);
  const starts = new Map<string, Start>();

  return {
    take(event, sessionId) {
      const state = states.fold(sessionId, event);
      if (event.type !== 'SessionStarted' || state.status !== 'OPEN') return;
      const { accountId, userId } = state;
      starts.set(sessionId, { position: event.position, request: event.request, accountId, userId });
    },
    write(): undefined {
      states.write((sessionId, state) => write(sessionId, state, starts.get(sessionId)));
      starts.clear();
    },
    forget(): undefined {
      states.forget();
      starts.clear();
    },
  };
}

function open(database: SqliteConnection): Intake {
  const intakes = {
    user: userIntake(database, 'user', userDecider),
    mfa: userIntake(database, 'mfa', mfaDecider),
    session: sessionIntake(database),
  };
  const all: readonly StreamIntake[] = Object.values(intakes);
  const forgetting = openForgetting(database);
  const keepPolicy = openPolicies(database);
  const byCategory: Readonly<Record<string, StreamIntake | undefined>> = intakes;
  return {
    take(event): undefined {
      forgetting.take(event);
      keepPolicy(event);
      const category = categoryOf(event.stream);
      if (category !== undefined) byCategory[category]?.take(event, event.stream.slice(category.length + 1));
    },
    write(): undefined {
      for (const intake of all) intake.write();
      // After them: a session that is forgotten may have been written just now.
      forgetting.write();
    },
    forget(): undefined {
      for (const intake of all) intake.forget();
      forgetting.forget();
    },
  };
}

/** The sessions with all that their stage is computed from, folded as commands fold it: stages are computed here too, not stored. */
export const sessionsProjection: Projection = {
  name: 'sessions',
  version: 4,
  tables: ['sessions_4', 'session_users_4', 'session_accounts_4'],
  schema: SCHEMA,
  open,
};
