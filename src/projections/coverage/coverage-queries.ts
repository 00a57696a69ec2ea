import type { SqliteConnection } from '../../sqlite/connection.js';
import { createExposureQueries, type ExposureQueries, type ExposureView } from './exposure-queries.js';
import { openHistoryReader } from './history.js';
import { NOBODY, type Counts } from './protection.js';

/**
 * Reads how much of an account was protected, always of one account. Moments of an account never go back: where a clock
 * was behind, what happened counts from the latest moment that the account's history had come to.
 */
export interface CoverageQueries extends Pick<ExposureQueries, 'page'> {
  /** The counts as they were at a moment, that moment included; null: as everything that is known has made them. */
  at(accountId: string, moment: string | null): Counts;
  /** The exposures that were open then, as many as are wanted, the longest open first. */
  exposedAt(accountId: string, moment: string | null, most: number): readonly ExposureView[];
}

/** Prepares the queries of coverage and exposures on the read models' file. */
export function createCoverageQueries(database: SqliteConnection): CoverageQueries {
  const read = openHistoryReader(database);
  const exposures = createExposureQueries(database);
  return {
    page: (accountId, filter, page) => exposures.page(accountId, filter, page),
    at(accountId, moment) {
      const { users, enabled, required, overdue } = read(accountId, moment) ?? NOBODY;
      return { users, enabled, required, overdue };
    },
    exposedAt(accountId, moment, most) {
      const entry = read(accountId, moment);
      // It says how many there are to be found, so that none is looked for beyond the last.
      if (entry === null || entry.overdue === 0) return [];
      return exposures.openAt(accountId, entry.position, Math.min(most, entry.overdue));
    },
  };
}
