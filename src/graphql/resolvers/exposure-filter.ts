import type { ExposureFilter as Filter } from '../../projections/coverage/exposure-queries.js';
import { badInput } from '../cursor.js';
import type { ExposureFilter } from '../types/exposure.js';

/** A filter as the read side takes it: only what was given. @throws {GraphQLError} `BAD_USER_INPUT` where its span has no extent */
export function exposureFilterOf(filter: ExposureFilter | null): Filter {
  const { since, until, ...plain } = filter ?? {};
  if (since && until && since >= until) throw badInput('`since` must come before `until`.');
  const given = Object.entries(plain).filter(([, value]) => typeof value === 'string' || typeof value === 'boolean');
  return {
    ...Object.fromEntries(given),
    ...(since && { since: since.toISOString() }),
    ...(until && { until: until.toISOString() }),
  };
}
