import type { Database, Statement } from 'better-sqlite3';
import { mfaDecider } from '../../domain/mfa/decider.js';
import { sessionDecider } from '../../domain/session/decider.js';
import type { OpenSession } from '../../domain/session/state.js';
import { userDecider } from '../../domain/user/decider.js';
import type { Decider } from '../../domain/decider.js';
import type { DomainEvent } from '../../domain/catalogue.js';
import type { Recorded } from '../../domain/event.js';
import { categoryOf } from '../../domain/stream.js';
import type { LoggedEvent } from '../../eventstore/event-codec.js';
import type { HandleAny, Projection } from '../projection.js';

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

/** Folds one event into a state that is kept as JSON, by the same rules as commands do. */
function foldInto<S, E extends DomainEvent>(decider: Folding<S, E>, json: string | null, event: LoggedEvent): S {
  const before = json === null ? decider.initial : (JSON.parse(json) as S);
  // The stream's category says that this is an event of that decider.
  return decider.evolve(before, event as unknown as Recorded<E>);
}

function userFold<S, E extends DomainEvent>(database: Database, column: 'user' | 'mfa', decider: Folding<S, E>) {
  const get: Statement<[string], { json: string | null }> = database.prepare(
    `SELECT ${column} AS json FROM session_users_1 WHERE user_id = ?`,
  );
  const set = database.prepare(`
    INSERT INTO session_users_1 (user_id, ${column}) VALUES (?, ?)
    ON CONFLICT (user_id) DO UPDATE SET ${column} = excluded.${column}`);
  return (event: LoggedEvent) => {
    const userId = event.stream.slice(`${column}-`.length);
    set.run(userId, JSON.stringify(foldInto(decider, get.get(userId)?.json ?? null, event)));
  };
}

function sessionFold(database: Database) {
  const get: Statement<[string], { json: string }> = database.prepare(
    'SELECT state AS json FROM sessions_1 WHERE session_id = ?',
  );
  const insert = database.prepare(`
    INSERT INTO sessions_1 (session_id, position, account_id, user_id, open, ip, user_agent, state)
    VALUES (?, ?, ?, ?, 1, ?, ?, ?)`);
  const update = database.prepare('UPDATE sessions_1 SET state = ?, open = ? WHERE session_id = ?');
  function start(
    { position, request }: LoggedEvent,
    sessionId: string,
    { accountId, userId }: OpenSession,
    json: string,
  ): void {
    insert.run(sessionId, position, accountId, userId, request?.ip ?? null, request?.userAgent ?? null, json);
  }

  return (event: LoggedEvent) => {
    const sessionId = event.stream.slice('session-'.length);
    const state = foldInto(sessionDecider, get.get(sessionId)?.json ?? null, event);
    const json = JSON.stringify(state);
    if (event.type === 'SessionStarted' && state.status === 'OPEN') start(event, sessionId, state, json);
    else update.run(json, state.status === 'OPEN' ? 1 : 0, sessionId);
  };
}

function open(database: Database): HandleAny {
  const folds: Readonly<Record<string, ((event: LoggedEvent) => void) | undefined>> = {
    user: userFold(database, 'user', userDecider),
    mfa: userFold(database, 'mfa', mfaDecider),
    session: sessionFold(database),
  };
  return (event) => {
    folds[categoryOf(event.stream) ?? '']?.(event);
    return undefined;
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
