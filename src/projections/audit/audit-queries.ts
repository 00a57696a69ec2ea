import type { SqliteConnection } from '../../sqlite/connection.js';
import { pageOf, type Key, type Page, type PageRequest } from '../page.js';
import type { AuditFilter } from './audit-filter.js';
import type { AuditEventView } from './audit-view.js';
import { lookupsInBlocks, openPlaces, type Stretch, type TrailOrder } from './lookups.js';
import { openPlans } from './plan.js';
import { openReading, type Found } from './reading.js';
import { openTermReader, type TermReader } from './terms.js';
import { openSpans, type Bounds } from './trails.js';

/** Events of a trail, oldest first, as far as was looked. */
export interface Followed {
  readonly views: readonly AuditEventView[];
  /** The place up to which these are all there are. */
  readonly seen: number;
}

/** Reads the trail, always of one account. What a page costs depends neither on how long the trail is nor on where in it the page lies. */
export interface AuditQueries {
  /**
   * A page of an account's trail, newest first unless ordered otherwise. Where no index answers the whole filter, it looks at
   * `ROWS_LOOKED_AT` rows at most: it may then have fewer than asked for, and be gone on from where it stopped.
   */
  page(accountId: string, filter: AuditFilter, page: PageRequest, order?: TrailOrder): Page<AuditEventView>;
  /** Events of an account's trail after a place, oldest first; fewer than asked for only where there are no more. */
  following(accountId: string, filter: AuditFilter, after: number, limit: number): readonly AuditEventView[];
  /** The same, at a bounded cost: it may stop before the end, and tells where. */
  follow(accountId: string, filter: AuditFilter, after: number, limit: number): Followed;
  /** The last place in an account's trail; -1 where there is nothing yet. */
  lastSeq(accountId: string): number;
  /** One event of an account's trail. */
  byId(accountId: string, eventId: string): AuditEventView | null;
}

function placeOf(key: Key | null, otherwise: number): number {
  return key === null ? otherwise : Number(key);
}

/** Where a page lies, in the order of its list. */
function boundsOf({ after, before }: PageRequest, order: TrailOrder): Bounds {
  const [above, below] = order === 'ascending' ? [after, before] : [before, after];
  return { above: placeOf(above, -1), below: placeOf(below, Number.MAX_SAFE_INTEGER) };
}

function opposite(order: TrailOrder): TrailOrder {
  return order === 'ascending' ? 'descending' : 'ascending';
}

/** A page of what was found; one that stopped early has more on that side, from there on. */
function pageFrom({ views, stoppedAt }: Found, page: PageRequest): Page<AuditEventView> {
  const made = pageOf(views, page);
  if (stoppedAt === null) return made;
  return page.fromEnd
    ? { ...made, hasPreviousPage: true, startsAt: stoppedAt }
    : { ...made, hasNextPage: true, endsAt: stoppedAt };
}

const NOTHING: Found = { views: [], stoppedAt: null };

/** Opens the reading of a trail that is so long. */
function openFind(database: SqliteConnection, terms: TermReader, sizeOf: (trail: number) => number) {
  const spanOf = openSpans(database);
  const places = openPlaces(database);
  const planFor = openPlans(database, terms, places);
  const read = openReading(database, terms, places);
  // In one transaction: locks for each of many small looks would cost far more than the looks.
  return {
    /** What a filter finds in a stretch. */
    filtered: (stretch: Stretch, filter: AuditFilter, limit: number): Found =>
      database.transaction('deferred', () => {
        const span = spanOf(stretch.trail, filter);
        const above = Math.max(span.above, stretch.above, -1);
        const below = Math.min(span.below, stretch.below, sizeOf(stretch.trail));
        const within = { ...stretch, above, below };
        const plan = above + 1 < below ? planFor(within, filter) : null;
        return plan === null ? NOTHING : read(within, plan, limit);
      }),
    byId: (trail: number, eventId: string): AuditEventView | null =>
      database.transaction('deferred', () => {
        const whole: Stretch = { trail, order: 'ascending', above: -1, below: sizeOf(trail) };
        const rest = [{ sql: ' AND e.event_id = ?', parameters: [eventId] }];
        return read(whole, { lookups: lookupsInBlocks('id', eventId, whole), rest }, 1).views[0] ?? null;
      }),
  };
}

/** Prepares the queries of the trail on the read models' file. */
export function createAuditQueries(database: SqliteConnection): AuditQueries {
  const size = database.prepareValues<[number], number>('SELECT size FROM audit_trails_5 WHERE trail = ?');
  const terms = openTermReader(database);
  const sizeOf = (trail: number): number => size.get(trail) ?? 0;
  const find = openFind(database, terms, sizeOf);

  /** The number of an account's trail; 0, which none has, where nothing has happened in it. */
  const trailOf = (accountId: string): number => terms.numberOf(accountId) ?? 0;
  const lastSeq = (accountId: string): number => sizeOf(trailOf(accountId)) - 1;

  function follow(accountId: string, filter: AuditFilter, after: number, limit: number): Followed {
    const bounds = { above: after, below: Number.MAX_SAFE_INTEGER };
    const { views, stoppedAt } = find.filtered(
      { trail: trailOf(accountId), order: 'ascending', ...bounds },
      filter,
      limit,
    );
    const last = views.length === limit ? views.at(-1)?.seq : null;
    return { views, seen: last ?? stoppedAt ?? Math.max(after, lastSeq(accountId)) };
  }

  function following(accountId: string, filter: AuditFilter, after: number, limit: number): AuditEventView[] {
    const views: AuditEventView[] = [];
    const last = lastSeq(accountId);
    for (let seen = after; seen < last && views.length < limit;) {
      const followed = follow(accountId, filter, seen, limit - views.length);
      views.push(...followed.views);
      seen = followed.seen;
    }
    return views;
  }

  return {
    ...{ follow, following, lastSeq },
    page(accountId, filter, page, order = 'descending') {
      const bounds = { trail: trailOf(accountId), ...boundsOf(page, order) };
      const stretch: Stretch = { ...bounds, order: page.fromEnd ? opposite(order) : order };
      return pageFrom(find.filtered(stretch, filter, page.limit + 1), page);
    },
    byId: (accountId, eventId) => find.byId(trailOf(accountId), eventId),
  };
}
