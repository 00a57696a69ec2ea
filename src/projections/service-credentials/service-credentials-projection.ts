import type { SqliteConnection } from '../../sqlite/connection.js';
import { byType, type HandleAny, type Projection } from '../projection.js';

const SCHEMA = `
  CREATE TABLE service_credentials_1 (
    credential_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT,
    service TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT,
    revoked_at TEXT,
    last_used_at TEXT,
    last_used_ip TEXT
  ) STRICT;
  CREATE UNIQUE INDEX service_credentials_1_by_account ON service_credentials_1 (account_id, position);
`;

const INSERT = `
  INSERT INTO service_credentials_1 (credential_id, position, account_id, name, service, created_at, created_by)
  VALUES (@credentialId, @position, @accountId, @name, @service, @createdAt, @createdBy)`;

const USE = 'UPDATE service_credentials_1 SET last_used_at = ?, last_used_ip = ? WHERE credential_id = ?';

function open(database: SqliteConnection): HandleAny {
  const insert = database.prepare(INSERT);
  const revoke = database.prepare('UPDATE service_credentials_1 SET revoked_at = ? WHERE credential_id = ?');
  const use = database.prepare(USE);
  return byType({
    ServiceCredentialCreated({ data, personal, position, metadata }) {
      const { credentialId, accountId, service } = data;
      const { occurredAt: createdAt, actor } = metadata;
      const name = personal?.name ?? null;
      insert.run({ credentialId, position, accountId, name, service, createdAt, createdBy: actor.id });
      return undefined;
    },
    ServiceCredentialRevoked({ data, metadata }) {
      revoke.run(metadata.occurredAt, data.credentialId);
      return undefined;
    },
    VerificationGrantRedeemed({ data, metadata, request }) {
      use.run(metadata.occurredAt, request?.ip ?? null, data.credentialId);
      return undefined;
    },
  });
}

/** The service credentials of every account, those that are void too: never a credential, nor its digest. */
export const serviceCredentialsProjection: Projection = {
  name: 'service-credentials',
  version: 1,
  tables: ['service_credentials_1'],
  schema: SCHEMA,
  open,
};
