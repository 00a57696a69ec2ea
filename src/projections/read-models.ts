import type { SqliteConnection } from '../sqlite/connection.js';
import { auditTreeProjection } from './audit-tree/audit-tree-projection.js';
import { createAuditTrees, type AuditTrees } from './audit-tree/audit-trees.js';
import { auditProjection } from './audit/audit-projection.js';
import { createAuditQueries, type AuditQueries } from './audit/audit-queries.js';
import { coverageProjection } from './coverage/coverage-projection.js';
import { createCoverageQueries, type CoverageQueries } from './coverage/coverage-queries.js';
import { auditTokensProjection } from './audit-tokens/audit-tokens-projection.js';
import { createAuditTokenQueries, type AuditTokenQueries } from './audit-tokens/audit-token-queries.js';
import type { Projection } from './projection.js';
import {
  createServiceCredentialQueries,
  type ServiceCredentialQueries,
} from './service-credentials/service-credential-queries.js';
import { serviceCredentialsProjection } from './service-credentials/service-credentials-projection.js';
import { createSessionQueries, type SessionQueries } from './sessions/session-queries.js';
import { sessionsProjection } from './sessions/sessions-projection.js';
import { createUserQueries, type UserQueries } from './users/user-queries.js';
import { usersProjection } from './users/users-projection.js';

/** Every read model there is. */
export const projections: readonly Projection[] = [
  usersProjection,
  sessionsProjection,
  auditProjection,
  coverageProjection,
  auditTreeProjection,
  auditTokensProjection,
  serviceCredentialsProjection,
];

/** The read side: what queries ask. */
export interface ReadModels {
  readonly users: UserQueries;
  readonly sessions: SessionQueries;
  readonly audit: AuditQueries;
  readonly coverage: CoverageQueries;
  readonly trees: AuditTrees;
  readonly auditTokens: AuditTokenQueries;
  readonly serviceCredentials: ServiceCredentialQueries;
}

/** Prepares the read side; the tables must be there, which starting the projections sees to. */
export function createReadModels(database: SqliteConnection): ReadModels {
  return {
    users: createUserQueries(database),
    sessions: createSessionQueries(database),
    audit: createAuditQueries(database),
    coverage: createCoverageQueries(database),
    trees: createAuditTrees(database),
    auditTokens: createAuditTokenQueries(database),
    serviceCredentials: createServiceCredentialQueries(database),
  };
}
