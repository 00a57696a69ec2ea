import type { Database } from 'better-sqlite3';
import { byType, type HandleAny, type Handlers, type LoggedEventOf, type Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE users_1 (
    user_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT,
    username TEXT,
    display_name TEXT,
    email TEXT,
    created_at TEXT NOT NULL,
    device_id TEXT,
    device_name TEXT,
    enabled_at TEXT,
    pending_id TEXT,
    pending_name TEXT,
    pending_expires_at TEXT,
    locked INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT
  ) STRICT;
  CREATE UNIQUE INDEX users_1_by_account ON users_1 (account_id, position);
  CREATE TABLE accounts_1 (
    account_id TEXT PRIMARY KEY,
    alias TEXT,
    registered_at TEXT NOT NULL
  ) STRICT;
`;

function peopleHandlers(database: Database): Handlers {
  const insertUser = database.prepare(`
    INSERT INTO users_1 (user_id, position, account_id, kind, role, username, display_name, email, created_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertAccount = database.prepare('INSERT INTO accounts_1 (account_id, alias, registered_at) VALUES (?, ?, ?)');
  const deleteUser = database.prepare('DELETE FROM users_1 WHERE user_id = ?');
  return {
    UserCreated({ data, personal, position, metadata }) {
      const { userId, accountId, kind, role } = data;
      const { username = null, displayName = null, email = null } = personal ?? {};
      insertUser.run(userId, position, accountId, kind, role, username, displayName, email, metadata.occurredAt);
      return undefined;
    },
    PrimaryAccountRegistered({ data, personal, metadata }) {
      insertAccount.run(data.accountId, personal?.alias ?? null, metadata.occurredAt);
      return undefined;
    },
    RegistrationAbandoned({ data }) {
      deleteUser.run(data.userId);
      return undefined;
    },
  };
}

function mfaHandlers(database: Database): Handlers {
  const setPending = database.prepare(
    'UPDATE users_1 SET pending_id = ?, pending_name = ?, pending_expires_at = ? WHERE user_id = ?',
  );
  const enable = database.prepare(`
    UPDATE users_1 SET device_id = pending_id, device_name = pending_name, enabled_at = ?,
      pending_id = NULL, pending_name = NULL, pending_expires_at = NULL, locked = 0, locked_until = NULL
    WHERE user_id = ?`);
  const setLock = database.prepare('UPDATE users_1 SET locked = ?, locked_until = ? WHERE user_id = ?');

  function unlock({ data }: LoggedEventOf<'MfaCodeAccepted' | 'MfaUnlocked'>): undefined {
    setLock.run(0, null, data.userId);
  }
  function enablePending({ data, metadata }: LoggedEventOf<'MfaEnabled' | 'MfaDeviceReplaced'>): undefined {
    enable.run(metadata.occurredAt, data.userId);
  }

  return {
    MfaEnrollmentStarted({ data, personal }) {
      setPending.run(data.deviceId, personal?.deviceName ?? null, data.expiresAt, data.userId);
      return undefined;
    },
    MfaEnrollmentCancelled({ data }) {
      setPending.run(null, null, null, data.userId);
      return undefined;
    },
    MfaEnabled: enablePending,
    MfaDeviceReplaced: enablePending,
    MfaLocked({ data }) {
      setLock.run(1, data.lockedUntil, data.userId);
      return undefined;
    },
    MfaCodeAccepted: unlock,
    MfaUnlocked: unlock,
  };
}

function open(database: Database): HandleAny {
  return byType({ ...peopleHandlers(database), ...mfaHandlers(database) });
}

/** The users of every account with the state of their MFA: what the console shows. */
export const usersProjection: Projection = {
  name: 'users',
  version: 1,
  tables: ['users_1', 'accounts_1'],
  schema: SCHEMA,
  open,
};
