import { readFileSync } from 'node:fs';
import type { AuditFilter } from '../../src/projections/audit/audit-filter.js';

/** A filter that an auditor might ask by, and how it is called here. */
export interface NamedFilter {
  readonly name: string;
  readonly filter: AuditFilter;
}

/** An event of a history, by which others are asked for. */
export interface Sample {
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly deviceId: string | null;
  readonly sessionId: string | null;
  readonly requestId: string;
  readonly ip: string | null;
}

/** Which event that is. */
export const SAMPLED = { types: ['MfaCodeAccepted'] };

/** Filters by what stands in one event: what it was done with, and where from. */
export function filtersAbout(sample: Sample): readonly NamedFilter[] {
  const [actorId, deviceId, sessionId] = [sample.actorId ?? '', sample.deviceId ?? '', sample.sessionId ?? ''];
  const [ip, search] = [sample.ip ?? '', sample.actorName ?? ''];
  return [
    { name: 'device', filter: { deviceId } },
    { name: 'session', filter: { sessionId } },
    { name: 'request', filter: { requestId: sample.requestId } },
    { name: 'address', filter: { ip } },
    { name: 'some addresses', filter: { ip: `${ip}/28` } },
    { name: 'all addresses', filter: { ip: '::/0' } },
    { name: 'name', filter: { search } },
    { name: 'name of all', filter: { search: 'VISITOR' } },
    { name: 'name of nobody', filter: { search: 'nobody' } },
    { name: 'category', filter: { categories: ['PASSWORD'] } },
    { name: 'name and failure', filter: { search, outcome: 'FAILURE' } },
    { name: 'name, addresses and types', filter: { search: 'VISITOR', ip: `${ip}/28`, types: ['PasswordRejected'] } },
    { name: 'actor and subject', filter: { actorId, subjectId: actorId } },
    { name: 'device and a rare type', filter: { deviceId, types: ['MfaEnabled'] } },
  ];
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
