import { readFileSync } from 'node:fs';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';

/** A filter that an auditor might ask by, and how it is called here. */
export interface NamedFilter {
  readonly name: string;
  readonly filter: AuditFilter;
}

/** What is known of a long history of one account. */
export interface History {
  readonly accountId: string;
  readonly email: string;
  readonly password: string;
  readonly events: number;
  readonly filters: readonly NamedFilter[];
}

/** Reads what is known of a history. */
export function historyIn(path: string): History {
  return JSON.parse(readFileSync(path, 'utf8')) as History;
}
