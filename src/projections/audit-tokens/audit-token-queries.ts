import type { SqliteConnection, SqliteValue } from '../../sqlite/connection.js';
import type { AuditScope } from '../../domain/account/events.js';
import { pageClause, pageOf, type Page, type PageRequest } from '../page.js';

/** An audit token as the console shows it: never the token itself. */
export interface AuditTokenView {
  readonly tokenId: string;
  /** Its place in the order of creation. */
  readonly position: number;
  readonly name: string | null;
  readonly scopes: readonly AuditScope[];
  readonly createdAt: string;
  /** The user who made it. */
  readonly createdBy: string | null;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  /** The last use that was recorded, one a day at most. */
  readonly lastUsedAt: string | null;
  readonly lastUsedIp: string | null;
}

/** Reads audit tokens, always within one account. */
export interface AuditTokenQueries {
  /** The token with this id in an account; null where there is none. */
  byId(accountId: string, tokenId: string): AuditTokenView | null;
  /** A page of an account's tokens, newest first. */
  page(accountId: string, page: PageRequest): Page<AuditTokenView>;
}

interface Row extends Omit<AuditTokenView, 'scopes'> {
  readonly scopes: string;
}

const SELECT = `
  SELECT token_id AS tokenId, position, name, scopes, created_at AS createdAt, created_by AS createdBy,
    expires_at AS expiresAt, revoked_at AS revokedAt, last_used_at AS lastUsedAt, last_used_ip AS lastUsedIp
  FROM audit_tokens_1 WHERE account_id = ?`;

function viewOf(row: Row): AuditTokenView {
  // The log holds no other words: they were checked when they were read.
  return { ...row, scopes: row.scopes.split(' ') as AuditScope[] };
}

/** Prepares the queries of audit tokens on the read models' file. */
export function createAuditTokenQueries(database: SqliteConnection): AuditTokenQueries {
  const byId = database.prepare<[string, string], Row>(`${SELECT} AND token_id = ?`);
  return {
    byId(accountId, tokenId) {
      const row = byId.get(accountId, tokenId);
      return row === undefined ? null : viewOf(row);
    },
    page(accountId, page) {
      const keys = pageClause('position', page, 'descending');
      const rows = database
        .prepare<SqliteValue[], Row>(`${SELECT}${keys.sql}${keys.tail}`)
        .all(accountId, ...keys.parameters);
      return pageOf(rows.map(viewOf), page);
    },
  };
}
