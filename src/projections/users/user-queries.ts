import type { SqliteConnection, SqliteValue } from '../../sqlite/connection.js';
import type { RequirementStart } from '../../domain/mfa/events.js';
import { trustEnd } from '../../domain/mfa/trusted-devices.js';
import type { Role, UserKind } from '../../domain/user/events.js';
import { pageClause, pageOf, type Condition, type Page, type PageRequest } from '../page.js';

/** A user as the console shows it; names are null where the person was erased. */
export interface UserView {
  readonly userId: string;
  /** The user's place in the order of creation. */
  readonly position: number;
  /** The user's place in the order by name. */
  readonly usernameKey: string;
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
  readonly required: RequirementStart | null;
  /** Whether its sensitive operations need a verification of their own. */
  readonly operationProtection: 0 | 1;
  readonly locked: 0 | 1;
  /** Null where it is not locked, and where time does not help. */
  readonly lockedUntil: string | null;
  /** Null where none were generated since MFA was enabled. */
  readonly recoveryCodesLeft: number | null;
  /** The oldest first; some of them may have run out by now. */
  readonly trustedDevices: readonly TrustedDeviceView[];
}

/** A browser in which no code is asked for at sign-in. */
export interface TrustedDeviceView {
  readonly trustId: string;
  readonly since: string;
  /** By the policy as it is. */
  readonly until: string;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

interface Row extends Omit<UserView, 'trustedDevices'> {
  readonly trusted: string;
  readonly trustedDeviceDays: number;
}

/** Trusted browsers as they are kept, each until when a policy allows it. */
export function trustedBy(
  trusted: string,
  policy: { readonly trustedDeviceDays: number },
): readonly TrustedDeviceView[] {
  return (JSON.parse(trusted) as TrustedDeviceView[]).map((device) => {
    const allowed = trustEnd(device.since, policy);
    return allowed < device.until ? { ...device, until: allowed } : device;
  });
}

function viewOf({ trusted, trustedDeviceDays, ...row }: Row): UserView {
  return { ...row, trustedDevices: trusted === '[]' ? [] : trustedBy(trusted, { trustedDeviceDays }) };
}

/** Which users; what is left out does not narrow. */
export interface UserFilter {
  readonly mfaEnabled?: boolean;
  readonly mfaRequired?: boolean;
  readonly locked?: boolean;
  readonly role?: Role;
  /** A part of user name, display name or e-mail address, whatever its case. */
  readonly search?: string;
}

export const USER_ORDERS = ['CREATED_AT', 'USERNAME'] as const;
export type UserOrderKey = (typeof USER_ORDERS)[number];

export interface UserOrder {
  readonly by: UserOrderKey;
  readonly direction: 'ascending' | 'descending';
}

/** How much of an account is protected. */
export interface Coverage {
  readonly users: number;
  readonly enabled: number;
  readonly required: number;
  /** Required, and not enabled. */
  readonly overdue: number;
}

/** The recovery of an account that was begun last, if it was not called off. */
export interface RecoveryView {
  readonly requestedAt: string;
  readonly notBefore: string;
  /** Null while it can be called off. */
  readonly completedAt: string | null;
}

/** Reads users, always within one account. */
export interface UserQueries {
  /** The user with this id in an account; null where there is none. */
  byId(accountId: string, userId: string): UserView | null;
  /** A page of an account's users; `now` says which locks hold. */
  page(
    accountId: string,
    wanted: UserFilter & { readonly now: string },
    order: UserOrder,
    page: PageRequest,
  ): Page<UserView>;
  coverage(accountId: string): Coverage;
  /** The recovery of an account that was begun last; null where there was none, or it was called off. */
  recovery(accountId: string): RecoveryView | null;
}

const FIELDS = `
  SELECT user_id AS userId, position, username_key AS usernameKey, users_5.account_id AS accountId, alias, kind, role,
    username, display_name AS displayName, email, created_at AS createdAt, device_id AS deviceId,
    device_name AS deviceName, enabled_at AS enabledAt, pending_id AS pendingId, pending_name AS pendingName,
    pending_expires_at AS pendingExpiresAt, required,
    protected AS operationProtection, locked, locked_until AS lockedUntil, recovery_codes_left AS recoveryCodesLeft, trusted,
    trusted_device_days AS trustedDeviceDays`;

const SELECT = `${FIELDS}
  FROM users_5 JOIN accounts_5 ON accounts_5.account_id = users_5.account_id
  WHERE users_5.account_id = ?`;

const BY_ID = `${SELECT} AND user_id = ?`;

const COVERAGE = `
  SELECT count(*) AS users, count(device_id) AS enabled, count(required) AS required,
    count(*) FILTER (WHERE required IS NOT NULL AND device_id IS NULL) AS overdue
  FROM users_5 WHERE account_id = ?`;

const RECOVERY = `
  SELECT requested_at AS requestedAt, not_before AS notBefore, completed_at AS completedAt
  FROM recoveries_5 WHERE account_id = ?`;

/** The column of an order; each is unique in an account. */
const COLUMNS: Readonly<Record<UserOrderKey, string>> = { CREATED_AT: 'position', USERNAME: 'username_key' };

function presence(column: string, wanted: boolean): Condition {
  return { sql: ` AND ${column} IS ${wanted ? 'NOT ' : ''}NULL`, parameters: [] };
}

function lockCondition(locked: boolean, now: string): Condition {
  const holds = '(locked = 1 AND (locked_until IS NULL OR locked_until > ?))';
  return { sql: locked ? ` AND ${holds}` : ` AND NOT ${holds}`, parameters: [now] };
}

function searchCondition(search: string): Condition {
  const pattern = `%${search.replace(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const like = ['username', 'display_name', 'email'].map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ');
  return { sql: ` AND (${like})`, parameters: [pattern, pattern, pattern] };
}

function conditionOf({ mfaEnabled, mfaRequired, locked, role, search, now }: UserFilter & { now: string }): Condition {
  const conditions = [
    mfaEnabled === undefined ? null : presence('device_id', mfaEnabled),
    mfaRequired === undefined ? null : presence('required', mfaRequired),
    locked === undefined ? null : lockCondition(locked, now),
    role === undefined ? null : { sql: ' AND role = ?', parameters: [role] },
    search === undefined ? null : searchCondition(search),
  ].filter((condition) => condition !== null);
  return {
    sql: conditions.map(({ sql }) => sql).join(''),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** Prepares the queries of users on the read models' file. */
export function createUserQueries(database: SqliteConnection): UserQueries {
  const byId = database.prepare<[accountId: string, userId: string], Row>(BY_ID);
  const coverage = database.prepare<[string], Coverage>(COVERAGE);
  const recovery = database.prepare<[string], RecoveryView>(RECOVERY);
  return {
    byId(accountId, userId) {
      const row = byId.get(accountId, userId);
      return row === undefined ? null : viewOf(row);
    },
    page(accountId, wanted, { by, direction }, page) {
      const where = conditionOf(wanted);
      const keys = pageClause(COLUMNS[by], page, direction);
      const rows = database
        .prepare<SqliteValue[], Row>(`${SELECT}${where.sql}${keys.sql}${keys.tail}`)
        .all(accountId, ...where.parameters, ...keys.parameters);
      return pageOf(rows.map(viewOf), page);
    },
    coverage: (accountId) => coverage.get(accountId) ?? { users: 0, enabled: 0, required: 0, overdue: 0 },
    recovery: (accountId) => recovery.get(accountId) ?? null,
  };
}
