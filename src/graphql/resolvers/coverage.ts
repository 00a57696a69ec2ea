import { instantOf, type Instant } from '../../domain/instant.js';
import type { PageRequest } from '../../projections/page.js';
import type { GraphqlContext } from '../context.js';
import { badInput } from '../cursor.js';
import { shareOf, type MfaCoverage } from '../types/coverage.js';
import { exposureOf } from '../types/exposure.js';
import { userOf, type User } from '../types/user.js';

/** The most users and exposures that stand beside the counts. */
const MOST = 100;
const FIRST_HUNDRED: PageRequest = { limit: MOST, after: null, before: null, fromEnd: false };

const FEWEST_POINTS = 2;
/** Points that a series has at most. */
export const MOST_POINTS = 500;

/** A span of time that was asked for, as it is answered. */
export interface SeriesSpan {
  readonly since: Instant;
  readonly until: Instant;
  readonly points: number;
}

/** The coverage of an account as it is now: the users as they are shown everywhere else. */
export function coverageNow(context: GraphqlContext, accountId: string): MfaCoverage {
  const now = context.app.now();
  const { users, coverage } = context.readModels;
  const overdue = { mfaEnabled: false, mfaRequired: true, now };
  const page = users.page(accountId, overdue, { by: 'CREATED_AT', direction: 'ascending' }, FIRST_HUNDRED);
  const open = coverage.exposedAt(accountId, null, MOST);
  const counts = users.coverage(accountId);
  return {
    ...{ ...counts, at: new Date(now), share: shareOf(counts) },
    overdueUsers: page.rows.map((view) => userOf(view, now)),
    exposures: open.map((view) => exposureOf(view, now)),
  };
}

/** The coverage of an account as it was at a moment before now. */
export function coverageAt(context: GraphqlContext, accountId: string, at: Instant): MfaCoverage {
  const now = context.app.now();
  const { users, coverage } = context.readModels;
  const exposed = coverage.exposedAt(accountId, at, MOST);
  const counts = coverage.at(accountId, at);
  const found = exposed.map(({ userId }) => users.byId(accountId, userId)).filter((view) => view !== null);
  return {
    ...{ ...counts, at: new Date(at), share: shareOf(counts) },
    overdueUsers: found.map((view): User => userOf(view, now)),
    exposures: exposed.map((view) => exposureOf(view, now)),
  };
}

/**
 * The span of a series that can be answered: its end at most now. @throws {GraphQLError} `BAD_USER_INPUT` where it has no
 * extent, or too many or few points
 */
export function seriesSpanOf(
  { since, until, points }: { readonly since: Date; readonly until: Date | null; readonly points: number },
  now: Instant,
): SeriesSpan {
  if (points < FEWEST_POINTS || points > MOST_POINTS)
    throw badInput(`A series has ${FEWEST_POINTS} to ${MOST_POINTS} points.`);
  const [from, wanted] = [since.toISOString(), until?.toISOString() ?? now];
  const to = wanted < now ? wanted : now;
  if (from >= to) throw badInput('`since` must come before `until`, and lie in the past.');
  return { since: from, until: to, points };
}

/** Moments evenly spaced over a span, both ends included. */
export function momentsOf({ since, until, points }: SeriesSpan): readonly Instant[] {
  const from = Date.parse(since);
  const step = (Date.parse(until) - from) / (points - 1);
  return Array.from({ length: points }, (_, index) => instantOf(Math.round(from + index * step)));
}
