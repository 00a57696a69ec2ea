import type { AuditFilter } from '../../projections/audit/audit-queries.js';
import type { AuditEventFilter } from '../types/filters.js';

/** A filter as the read side takes it: only what was given. */
export function auditFilterOf(filter: AuditEventFilter | null): AuditFilter {
  const { types, actorId, subjectId, outcome, since, until } = filter ?? {};
  return {
    ...(types && { types }),
    ...(typeof actorId === 'string' && { actorId }),
    ...(typeof subjectId === 'string' && { subjectId }),
    ...(outcome && { outcome }),
    ...(since && { since: since.toISOString() }),
    ...(until && { until: until.toISOString() }),
  };
}
