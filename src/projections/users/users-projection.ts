import type { SqliteConnection } from '../../sqlite/connection.js';
import { MOST_TRUSTED_DEVICES } from '../../domain/mfa/trusted-device-list.js';
import { comparable } from '../../domain/user/names.js';
import { byType, type HandleAny, type Handlers, type LoggedEventOf, type Projection } from '../projection.js';
import { trustedBy, type TrustedDeviceView } from './user-queries.js';

const SCHEMA = `
  CREATE TABLE users_5 (
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
    locked_until TEXT,
    recovery_codes_left INTEGER,
    trusted TEXT NOT NULL DEFAULT '[]'
  ) STRICT;
  CREATE UNIQUE INDEX users_5_by_account ON users_5 (account_id, position);
  CREATE INDEX users_5_by_name ON users_5 (account_id, username_key);
  CREATE TABLE requirements_5 (user_id TEXT PRIMARY KEY, effective TEXT NOT NULL) STRICT;
  CREATE TABLE accounts_5 (
    account_id TEXT PRIMARY KEY,
    alias TEXT,
    registered_at TEXT NOT NULL,
    trusted_device_days INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE recoveries_5 (
    account_id TEXT PRIMARY KEY,
    requested_at TEXT NOT NULL,
    not_before TEXT NOT NULL,
    completed_at TEXT
  ) STRICT;
`;

/** The key of the order by name; unique, also where names were erased. */
function keyOf(username: string | null, userId: string): string {
  return username === null ? `\u{10ffff}${userId}` : comparable(username);
}

const INSERT_USER = `
  INSERT INTO users_5 (user_id, position, account_id, kind, role, username, username_key, display_name, email,
    created_at, required)
  VALUES (@userId, @position, @accountId, @kind, @role, @username, @usernameKey, @displayName, @email,
    @createdAt, (SELECT effective FROM requirements_5 WHERE user_id = @userId))`;

function peopleHandlers(database: SqliteConnection): Handlers {
  const insertUser = database.prepare(INSERT_USER);
  const insertAccount = database.prepare('INSERT INTO accounts_5 (account_id, alias, registered_at) VALUES (?, ?, ?)');
  const deleteUser = database.prepare('DELETE FROM users_5 WHERE user_id = ?');
  const rename = database.prepare(
    'UPDATE users_5 SET username = ?, username_key = ?, display_name = ? WHERE user_id = ?',
  );
  const assignRole = database.prepare('UPDATE users_5 SET role = ? WHERE user_id = ?');

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

function deviceHandlers(database: SqliteConnection): Handlers {
  const setPending = database.prepare(
    'UPDATE users_5 SET pending_id = ?, pending_name = ?, pending_expires_at = ? WHERE user_id = ?',
  );
  const enable = database.prepare(`
    UPDATE users_5 SET device_id = pending_id, device_name = pending_name, enabled_at = ?,
      pending_id = NULL, pending_name = NULL, pending_expires_at = NULL, locked = 0, locked_until = NULL, trusted = '[]'
    WHERE user_id = ?`);
  const disable = database.prepare(`
    UPDATE users_5 SET device_id = NULL, device_name = NULL, enabled_at = NULL, recovery_codes_left = NULL, trusted = '[]'
    WHERE user_id = ?`);

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

function protectionHandlers(database: SqliteConnection): Handlers {
  const protect = database.prepare('UPDATE users_5 SET protected = ? WHERE user_id = ?');
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

const REVOKE_TRUST = "UPDATE users_5 SET trusted = '[]' WHERE user_id = ? AND trusted <> '[]'";

/** Shortens the trust there is to what a policy allows: what was ended by fewer days does not come back with more. */
function trustShortener(
  database: SqliteConnection,
): (accountId: string, policy: { trustedDeviceDays: number }) => void {
  const all = database.prepare<[string], { userId: string; trusted: string }>(
    "SELECT user_id AS userId, trusted FROM users_5 WHERE account_id = ? AND trusted <> '[]'",
  );
  const set = database.prepare('UPDATE users_5 SET trusted = ? WHERE user_id = ?');
  return (accountId, policy) => {
    for (const { userId, trusted } of all.all(accountId)) {
      const shortened = JSON.stringify(trustedBy(trusted, policy));
      if (shortened !== trusted) set.run(shortened, userId);
    }
  };
}

/** The browsers that are trusted, with where from, in the row of the user, so that they go with it. */
function trustHandlers(database: SqliteConnection): Handlers {
  const get = database.prepareValues<[string], string>('SELECT trusted FROM users_5 WHERE user_id = ?');
  const set = database.prepare('UPDATE users_5 SET trusted = ? WHERE user_id = ?');
  const revoke = database.prepare(REVOKE_TRUST);
  const setDays = database.prepare('UPDATE accounts_5 SET trusted_device_days = ? WHERE account_id = ?');
  const shorten = trustShortener(database);

  function revokeAll({
    data,
  }: LoggedEventOf<'TrustedDevicesRevoked' | 'PasswordChanged' | 'PasswordReset'>): undefined {
    revoke.run(data.userId);
  }

  return {
    DeviceTrusted({ data, metadata, request }) {
      const { userId, trustId, expiresAt: until } = data;
      const { ip = null, userAgent = null } = request ?? {};
      const since = metadata.occurredAt;
      const before = JSON.parse(get.get(userId) ?? '[]') as TrustedDeviceView[];
      const kept = [...before.filter((other) => other.until > since), { trustId, since, until, ip, userAgent }];
      set.run(JSON.stringify(kept.slice(-MOST_TRUSTED_DEVICES)), userId);
      return undefined;
    },
    TrustedDevicesRevoked: revokeAll,
    PasswordChanged: revokeAll,
    PasswordReset: revokeAll,
    AccountPolicyChanged({ data }) {
      setDays.run(data.trustedDeviceDays, data.accountId);
      shorten(data.accountId, data);
      return undefined;
    },
  };
}

/** A requirement stands before its user does, where it is there from the start. */
function requirementHandlers(database: SqliteConnection): Handlers {
  const keep = database.prepare('INSERT OR REPLACE INTO requirements_5 (user_id, effective) VALUES (?, ?)');
  const forget = database.prepare('DELETE FROM requirements_5 WHERE user_id = ?');
  const setRequired = database.prepare('UPDATE users_5 SET required = ? WHERE user_id = ?');
  const revoke = database.prepare(REVOKE_TRUST);
  return {
    SubUserMfaRequired({ data }) {
      keep.run(data.userId, data.effective);
      setRequired.run(data.effective, data.userId);
      revoke.run(data.userId);
      return undefined;
    },
    SubUserMfaWaived({ data }) {
      forget.run(data.userId);
      setRequired.run(null, data.userId);
      return undefined;
    },
  };
}

function recoveryHandlers(database: SqliteConnection): Handlers {
  const keep = database.prepare(
    'INSERT OR REPLACE INTO recoveries_5 (account_id, requested_at, not_before) VALUES (?, ?, ?)',
  );
  const drop = database.prepare('DELETE FROM recoveries_5 WHERE account_id = ?');
  const complete = database.prepare('UPDATE recoveries_5 SET completed_at = ? WHERE account_id = ?');

  return {
    AccountRecoveryRequested({ data, metadata }) {
      keep.run(data.accountId, metadata.occurredAt, data.notBefore);
      return undefined;
    },
    AccountRecoveryCancelled({ data }) {
      drop.run(data.accountId);
      return undefined;
    },
    AccountRecovered({ data, metadata }) {
      complete.run(metadata.occurredAt, data.accountId);
      return undefined;
    },
  };
}

function codeHandlers(database: SqliteConnection): Handlers {
  const setLock = database.prepare('UPDATE users_5 SET locked = 1, locked_until = ? WHERE user_id = ?');
  // Most codes are accepted where nothing was locked: such a row is only looked at.
  const clearLock = database.prepare(
    'UPDATE users_5 SET locked = 0, locked_until = NULL WHERE user_id = ? AND locked <> 0',
  );

  const setCodesLeft = database.prepare('UPDATE users_5 SET recovery_codes_left = ? WHERE user_id = ?');

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
    RecoveryCodesGenerated({ data }) {
      setCodesLeft.run(data.count, data.userId);
      return undefined;
    },
    RecoveryCodeUsed({ data }) {
      setCodesLeft.run(data.codesLeft, data.userId);
      clearLock.run(data.userId);
      return undefined;
    },
  };
}

function open(database: SqliteConnection): HandleAny {
  return byType({
    ...peopleHandlers(database),
    ...deviceHandlers(database),
    ...requirementHandlers(database),
    ...protectionHandlers(database),
    ...recoveryHandlers(database),
    ...codeHandlers(database),
    ...trustHandlers(database),
  });
}

/** The users of every account with the state of their MFA: what the console shows. */
export const usersProjection: Projection = {
  name: 'users',
  version: 5,
  tables: ['users_5', 'accounts_5', 'requirements_5', 'recoveries_5'],
  schema: SCHEMA,
  open,
};
