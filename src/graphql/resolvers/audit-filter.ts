import { addressRange } from '../../audit/address-range.js';
import type { AuditFilter } from '../../projections/audit/audit-filter.js';
import { badInput } from '../cursor.js';
import { AuditEventFilter } from '../types/filters.js';

const IDS = ['actorId', 'subjectId', 'deviceId', 'sessionId', 'requestId'] as const;

/** The ids of a filter that were given. */
function idsOf(filter: AuditEventFilter): Pick<AuditFilter, (typeof IDS)[number]> {
  return Object.fromEntries(IDS.flatMap((name) => (typeof filter[name] === 'string' ? [[name, filter[name]]] : [])));
}

function checkedAddress(ip: string): string {
  if (addressRange(ip) !== null) return ip;
  throw badInput('`ip` is an IPv4 or IPv6 address, such as 192.0.2.7, or a range of them, such as 2001:db8::/32.');
}

/** What a filter says of events alone. A search for nothing in particular finds everything. */
function factsOf({ types, categories, outcome, ip, search }: AuditEventFilter): AuditFilter {
  return {
    ...(types && { types }),
    ...(categories && { categories }),
    ...(outcome && { outcome }),
    ...(typeof ip === 'string' && { ip: checkedAddress(ip) }),
    ...(search && search.trim() !== '' && { search }),
  };
}

/**
 * A filter as the read side takes it: only what was given.
 * @throws {GraphQLError} `BAD_USER_INPUT` where an address is none
 */
export function auditFilterOf(given: AuditEventFilter | null): AuditFilter {
  const filter = given ?? new AuditEventFilter();
  const { since, until } = filter;
  return {
    ...factsOf(filter),
    ...idsOf(filter),
    ...(since && { since: since.toISOString() }),
    ...(until && { until: until.toISOString() }),
  };
}
