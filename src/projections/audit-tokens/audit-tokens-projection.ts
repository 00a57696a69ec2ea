import type { SqliteConnection } from '../../sqlite/connection.js';
import { byType, type HandleAny, type Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE audit_tokens_1 (
    token_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT,
    scopes TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    expires_at TEXT NOT NULL,
    revoked_at TEXT,
    last_used_at TEXT,
    last_used_ip TEXT
  ) STRICT;
  CREATE UNIQUE INDEX audit_tokens_1_by_account ON audit_tokens_1 (account_id, position);
`;

const INSERT = `
  INSERT INTO audit_tokens_1 (token_id, position, account_id, name, scopes, created_at, created_by, expires_at)
  VALUES (@tokenId, @position, @accountId, @name, @scopes, @createdAt, @createdBy, @expiresAt)`;

function open(database: SqliteConnection): HandleAny {
  const insert = database.prepare(INSERT);
  const revoke = database.prepare('UPDATE audit_tokens_1 SET revoked_at = ? WHERE token_id = ?');
  const use = database.prepare('UPDATE audit_tokens_1 SET last_used_at = ?, last_used_ip = ? WHERE token_id = ?');
  return byType({
    AuditTokenCreated({ data, personal, position, metadata }) {
      const { tokenId, accountId, scopes, expiresAt } = data;
      const { occurredAt: createdAt, actor } = metadata;
      insert.run({
        ...{ tokenId, position, accountId, createdAt, expiresAt },
        ...{ name: personal?.name ?? null, scopes: scopes.join(' '), createdBy: actor.id },
      });
      return undefined;
    },
    AuditTokenRevoked({ data, metadata }) {
      revoke.run(metadata.occurredAt, data.tokenId);
      return undefined;
    },
    AuditTokenUsed({ data, metadata, request }) {
      use.run(metadata.occurredAt, request?.ip ?? null, data.tokenId);
      return undefined;
    },
  });
}

/** The audit tokens of every account, those that are void too: never a token, nor its digest. */
export const auditTokensProjection: Projection = {
  name: 'audit-tokens',
  version: 1,
  tables: ['audit_tokens_1'],
  schema: SCHEMA,
  open,
};
