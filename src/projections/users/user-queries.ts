import type { Database } from 'better-sqlite3';
import type { Role, UserKind } from '../../domain/user/events.js';
import { pageClause, pageOf, type Page, type PageRequest } from '../page.js';

/** A user as the console shows it; names are null where the person was erased. */
export interface UserView {
  readonly userId: string;
  /** The user's place in the order of creation: the key of lists. */
  readonly position: number;
  readonly accountId: string;
  readonly alias: string | null;
  readonly kind: UserKind;
  readonly role: Role | null;
  readonly username: string | null;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly createdAt: string;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly enabledAt: string | null;
  readonly pendingId: string | null;
  readonly pendingName: string | null;
  readonly pendingExpiresAt: string | null;
  readonly locked: 0 | 1;
  /** Null where it is not locked, and where time does not help. */
  readonly lockedUntil: string | null;
}

/** Reads users, always within one account. */
export interface UserQueries {
  /** The users with these ids in an account, by id. */
  byIds(accountId: string, userIds: readonly string[]): ReadonlyMap<string, UserView>;
  /** A page of an account's users, in the order in which they were created. */
  page(accountId: string, page: PageRequest): Page<UserView>;
}

const SELECT = `
  SELECT user_id AS userId, position, users_1.account_id AS accountId, alias, kind, role, username,
    display_name AS displayName, email, created_at AS createdAt, device_id AS deviceId, device_name AS deviceName,
    enabled_at AS enabledAt, pending_id AS pendingId, pending_name AS pendingName,
    pending_expires_at AS pendingExpiresAt, locked, locked_until AS lockedUntil
  FROM users_1 JOIN accounts_1 ON accounts_1.account_id = users_1.account_id
  WHERE users_1.account_id = ?`;

/** Prepares the queries of users on the read models' file. */
export function createUserQueries(database: Database): UserQueries {
  const byIds = database.prepare<[string, string], UserView>(
    `${SELECT} AND user_id IN (SELECT value FROM json_each(?))`,
  );
  return {
    byIds(accountId, userIds) {
      const rows = byIds.all(accountId, JSON.stringify(userIds));
      return new Map(rows.map((row) => [row.userId, row]));
    },
    page(accountId, page) {
      const { sql, parameters, tail } = pageClause('position', page, 'ascending');
      const rows = database.prepare<unknown[], UserView>(`${SELECT}${sql}${tail}`).all(accountId, ...parameters);
      return pageOf(rows, page);
    },
  };
}
