import type { SqliteConnection, SqliteValue } from '../../sqlite/connection.js';
import { pageClause, pageOf, type Page, type PageRequest } from '../page.js';

/** A service credential as the console shows it: never the credential itself. */
export interface ServiceCredentialView {
  readonly credentialId: string;
  /** Its place in the order of creation. */
  readonly position: number;
  readonly name: string | null;
  /** The service whose grants it redeems. */
  readonly service: string;
  readonly createdAt: string;
  /** The user who made it. */
  readonly createdBy: string | null;
  readonly revokedAt: string | null;
  /** The last time that a grant was redeemed by it. */
  readonly lastUsedAt: string | null;
  readonly lastUsedIp: string | null;
}

/** Reads service credentials, always within one account. */
export interface ServiceCredentialQueries {
  /** The credential with this id in an account; null where there is none. */
  byId(accountId: string, credentialId: string): ServiceCredentialView | null;
  /** A page of an account's credentials, newest first. */
  page(accountId: string, page: PageRequest): Page<ServiceCredentialView>;
}

const SELECT = `
  SELECT credential_id AS credentialId, position, name, service, created_at AS createdAt, created_by AS createdBy,
    revoked_at AS revokedAt, last_used_at AS lastUsedAt, last_used_ip AS lastUsedIp
  FROM service_credentials_1 WHERE account_id = ?`;

/** Prepares the queries of service credentials on the read models' file. */
export function createServiceCredentialQueries(database: SqliteConnection): ServiceCredentialQueries {
  const byId = database.prepare<[string, string], ServiceCredentialView>(`${SELECT} AND credential_id = ?`);
  return {
    byId: (accountId, credentialId) => byId.get(accountId, credentialId) ?? null,
    page(accountId, page) {
      const keys = pageClause('position', page, 'descending');
      const rows = database
        .prepare<SqliteValue[], ServiceCredentialView>(`${SELECT}${keys.sql}${keys.tail}`)
        .all(accountId, ...keys.parameters);
      return pageOf(rows, page);
    },
  };
}
