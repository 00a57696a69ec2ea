import type { Database } from 'better-sqlite3';
import { comparable } from '../../domain/user/names.js';
import { byType, type HandleAny, type Handlers, type LoggedEventOf, type Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE users_3 (
    user_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT,
    username TEXT,
    username_key TEXT NOT NULL,
    display_name TEXT,
    email TEXT,
    created_at TEXT NOT NULL,
    device_id TEXT,
    device_name TEXT,
    enabled_at TEXT,
    pending_id TEXT,
    pending_name TEXT,
    pending_expires_at TEXT,
    required TEXT,
    protected INTEGER NOT NULL DEFAULT 0,
    locked INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT
  ) STRICT;
  CREATE UNIQUE INDEX users_3_by_account ON users_3 (account_id, position);
  CREATE INDEX users_3_by_name ON users_3 (account_id, username_key);
  CREATE TABLE requirements_3 (user_id TEXT PRIMARY KEY, effective TEXT NOT NULL) STRICT;
  CREATE TABLE accounts_3 (
    account_id TEXT PRIMARY KEY,
    alias TEXT,
    registered_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE recoveries_3 (account_id TEXT PRIMARY KEY, requested_at TEXT NOT NULL, not_before TEXT NOT NULL) STRICT;
`;

/** The key of the order by name; unique, also where names were erased. */
function keyOf(username: string | null, userId: string): string {
  return username === null ? `\u{10ffff}${userId}` : comparable(username);
}

const INSERT_USER = `
  INSERT INTO users_3 (user_id, position, account_id, kind, role, username, username_key, display_name, email,
    created_at, required)
  VALUES (@userId, @position, @accountId, @kind, @role, @username, @usernameKey, @displayName, @email,
    @createdAt, (SELECT effective FROM requirements_3 WHERE user_id = @userId))`;

function peopleHandlers(database: Database): Handlers {
  const insertUser = database.prepare(INSERT_USER);
  const insertAccount = database.prepare('INSERT INTO accounts_3 (account_id, alias, registered_at) VALUES (?, ?, ?)');
  const deleteUser = database.prepare('DELETE FROM users_3 WHERE user_id = ?');
  const rename = database.prepare(
    'UPDATE users_3 SET username = ?, username_key = ?, display_name = ? WHERE user_id = ?',
  );
  const assignRole = database.prepare('UPDATE users_3 SET role = ? WHERE user_id = ?');

  function remove({ data }: LoggedEventOf<'RegistrationAbandoned' | 'UserDeleted'>): undefined {
    deleteUser.run(data.userId);
  }

  return {
    UserCreated({ data, personal, position, metadata }) {
      const { userId, accountId, kind, role } = data;
      const { username = null, displayName = null, email = null } = personal ?? {};
      const usernameKey = keyOf(username, userId);
      const createdAt = metadata.occurredAt;
      const names = { username, usernameKey, displayName, email };
      insertUser.run({ userId, position, accountId, kind, role, ...names, createdAt });
      return undefined;
    },
    PrimaryAccountRegistered({ data, personal, metadata }) {
      insertAccount.run(data.accountId, personal?.alias ?? null, metadata.occurredAt);
      return undefined;
    },
    UserRenamed({ data, personal }) {
      const { username = null, displayName = null } = personal ?? {};
      rename.run(username, keyOf(username, data.userId), displayName, data.userId);
      return undefined;
    },
    RoleAssigned({ data }) {
      assignRole.run(data.role, data.userId);
      return undefined;
    },
    RegistrationAbandoned: remove,
    UserDeleted: remove,
  };
}

function deviceHandlers(database: Database): Handlers {
  const setPending = database.prepare(
    'UPDATE users_3 SET pending_id = ?, pending_name = ?, pending_expires_at = ? WHERE user_id = ?',
  );
  const enable = database.prepare(`
    UPDATE users_3 SET device_id = pending_id, device_name = pending_name, enabled_at = ?,
      pending_id = NULL, pending_name = NULL, pending_expires_at = NULL, locked = 0, locked_until = NULL
    WHERE user_id = ?`);
  const disable = database.prepare(
    'UPDATE users_3 SET device_id = NULL, device_name = NULL, enabled_at = NULL WHERE user_id = ?',
  );

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
    MfaDisabled({ data }) {
      disable.run(data.userId);
      return undefined;
    },
  };
}

function protectionHandlers(database: Database): Handlers {
  const protect = database.prepare('UPDATE users_3 SET protected = ? WHERE user_id = ?');
  return {
    OperationProtectionEnabled({ data }) {
      protect.run(1, data.userId);
      return undefined;
    },
    OperationProtectionDisabled({ data }) {
      protect.run(0, data.userId);
      return undefined;
    },
  };
}

/** A requirement stands before its user does, where it is there from the start. */
function requirementHandlers(database: Database): Handlers {
  const keep = database.prepare('INSERT OR REPLACE INTO requirements_3 (user_id, effective) VALUES (?, ?)');
  const forget = database.prepare('DELETE FROM requirements_3 WHERE user_id = ?');
  const setRequired = database.prepare('UPDATE users_3 SET required = ? WHERE user_id = ?');
  return {
    SubUserMfaRequired({ data }) {
      keep.run(data.userId, data.effective);
      setRequired.run(data.effective, data.userId);
      return undefined;
    },
    SubUserMfaWaived({ data }) {
      forget.run(data.userId);
      setRequired.run(null, data.userId);
      return undefined;
    },
  };
}

function recoveryHandlers(database: Database): Handlers {
  const keep = database.prepare('INSERT INTO recoveries_3 (account_id, requested_at, not_before) VALUES (?, ?, ?)');
  const drop = database.prepare('DELETE FROM recoveries_3 WHERE account_id = ?');

  function end({ data }: LoggedEventOf<'AccountRecoveryCancelled' | 'AccountRecovered'>): undefined {
    drop.run(data.accountId);
  }

  return {
    AccountRecoveryRequested({ data, metadata }) {
      keep.run(data.accountId, metadata.occurredAt, data.notBefore);
      return undefined;
    },
    AccountRecoveryCancelled: end,
    AccountRecovered: end,
  };
}

function lockHandlers(database: Database): Handlers {
  const setLock = database.prepare('UPDATE users_3 SET locked = 1, locked_until = ? WHERE user_id = ?');
  // Most codes are accepted where nothing was locked: such a row is only looked at.
  const clearLock = database.prepare(
    'UPDATE users_3 SET locked = 0, locked_until = NULL WHERE user_id = ? AND locked <> 0',
  );

  function unlock({ data }: LoggedEventOf<'MfaCodeAccepted' | 'MfaUnlocked'>): undefined {
    clearLock.run(data.userId);
  }

  return {
    MfaLocked({ data }) {
      setLock.run(data.lockedUntil, data.userId);
      return undefined;
    },
    MfaCodeAccepted: unlock,
    MfaUnlocked: unlock,
  };
}

function open(database: Database): HandleAny {
  return byType({
    ...peopleHandlers(database),
    ...deviceHandlers(database),
    ...requirementHandlers(database),
    ...protectionHandlers(database),
    ...lockHandlers(database),
    ...recoveryHandlers(database),
  });
}

/** The users of every account with the state of their MFA: what the console shows. */
export const usersProjection: Projection = {
  name: 'users',
  version: 3,
  tables: ['users_3', 'accounts_3', 'requirements_3', 'recoveries_3'],
  schema: SCHEMA,
  open,
};
