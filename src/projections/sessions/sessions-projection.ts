import type { Database, Statement } from 'better-sqlite3';
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
  CREATE TABLE sessions_1 (
    session_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    open INTEGER NOT NULL,
    ip TEXT,
    user_agent TEXT,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_1_by_user ON sessions_1 (user_id, open, position);
  CREATE TABLE session_users_1 (
    user_id TEXT PRIMARY KEY,
    user TEXT,
    mfa TEXT
  ) STRICT;
`;

type Folding<S, E extends DomainEvent> = Pick<Decider<S, never, E>, 'initial' | 'evolve'>;

/** States by the id of their stream: read once, folded in memory by the same rules as commands do, written together. */
function statesBy<S, E extends DomainEvent>(decider: Folding<S, E>, read: (id: string) => string | null) {
  const states = new Map<string, S>();

  function known(id: string): S {
    const json = read(id);
    return json === null ? decider.initial : (JSON.parse(json) as S);
  }

  return {
    fold(id: string, event: LoggedEvent): S {
      const before = states.get(id) ?? known(id);
      // The stream's category says that this is an event of that decider.
      const after = decider.evolve(before, event as unknown as Recorded<E>);
      states.set(id, after);
      return after;
    },
    /** Hands out what is held, and forgets it. */
    drain(write: (id: string, state: S) => unknown): undefined {
      for (const [id, state] of states) write(id, state);
      states.clear();
    },
  };
}

/** One kind of stream; an event comes with the id in its stream's name. */
interface StreamIntake extends Pick<Intake, 'write' | 'forget'> {
  take(event: LoggedEvent, id: string): void;
}

function userIntake<S, E extends DomainEvent>(
  database: Database,
  column: 'user' | 'mfa',
  decider: Folding<S, E>,
): StreamIntake {
  const get: Statement<[string], string | null> = database
    .prepare<[string], string | null>(`SELECT ${column} FROM session_users_1 WHERE user_id = ?`)
    .pluck();
  const set = database.prepare<[string, string]>(`
    INSERT INTO session_users_1 (user_id, ${column}) VALUES (?, ?)
    ON CONFLICT (user_id) DO UPDATE SET ${column} = excluded.${column}`);
  const states = statesBy(decider, (userId) => get.get(userId) ?? null);
  return {
    take: (event, userId) => void states.fold(userId, event),
    write: () => states.drain((userId, state) => set.run(userId, JSON.stringify(state))),
    forget: () => states.drain(() => undefined),
  };
}

/** What is known of a session from its start alone. */
type Start = Pick<OpenSession, 'accountId' | 'userId'> & Pick<LoggedEvent, 'position' | 'request'>;

function sessionIntake(database: Database): StreamIntake {
  const get: Statement<[string], string> = database
    .prepare<[string], string>('SELECT state FROM sessions_1 WHERE session_id = ?')
    .pluck();
  const insert = database.prepare(`
    INSERT INTO sessions_1 (session_id, position, account_id, user_id, open, ip, user_agent, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = database.prepare('UPDATE sessions_1 SET state = ?, open = ? WHERE session_id = ?');
  const states = statesBy(sessionDecider, (sessionId) => get.get(sessionId) ?? null);
  const starts = new Map<string, Start>();

  function write(sessionId: string, state: SessionState): void {
    const [json, open] = [JSON.stringify(state), state.status === 'OPEN' ? 1 : 0];
    const start = starts.get(sessionId);
    if (start === undefined) {
      update.run(json, open, sessionId);
      return;
    }
    const { position, accountId, userId, request } = start;
    insert.run(sessionId, position, accountId, userId, open, request?.ip ?? null, request?.userAgent ?? null, json);
  }

  function drain(each: (sessionId: string, state: SessionState) => void): undefined {
    states.drain(each);
    starts.clear();
  }

  return {
    take(event, sessionId) {
      const state = states.fold(sessionId, event);
      if (event.type !== 'SessionStarted' || state.status !== 'OPEN') return;
      const { accountId, userId } = state;
      starts.set(sessionId, { position: event.position, request: event.request, accountId, userId });
    },
    write: () => drain(write),
    forget: () => drain(() => undefined),
  };
}

function open(database: Database): Intake {
  const intakes = {
    user: userIntake(database, 'user', userDecider),
    mfa: userIntake(database, 'mfa', mfaDecider),
    session: sessionIntake(database),
  };
  const all: readonly StreamIntake[] = Object.values(intakes);
  const byCategory: Readonly<Record<string, StreamIntake | undefined>> = intakes;
  return {
    take(event): undefined {
      const category = categoryOf(event.stream);
      if (category !== undefined) byCategory[category]?.take(event, event.stream.slice(category.length + 1));
    },
    write(): undefined {
      for (const intake of all) intake.write();
    },
    forget(): undefined {
      for (const intake of all) intake.forget();
    },
  };
}

/** The sessions with all that their stage is computed from, folded as commands fold it: stages are computed here too, not stored. */
export const sessionsProjection: Projection = {
  name: 'sessions',
  version: 1,
  tables: ['sessions_1', 'session_users_1'],
  schema: SCHEMA,
  open,
};
