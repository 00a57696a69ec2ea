import type { SqliteConnection, SqliteStatement, SqliteValue } from '../../sqlite/connection.js';
import { LRUCache } from 'lru-cache';
import type { Condition, Parameter } from '../page.js';
import { SELECT_ROWS, viewOf, type AuditEventView, type Row } from './audit-view.js';
import type { Places, Lookup, Stretch, TrailOrder } from './lookups.js';
import type { Plan } from './plan.js';
import type { TermReader } from './terms.js';

/** Rows that one page looks at where an index does not answer the whole filter: what bounds its cost, whatever it finds. */
export const ROWS_LOOKED_AT = 1_000;

/** Places that are looked up at once, at most, to see which of them fulfil the rest of a filter. */
const MOST_AT_ONCE = 500;

/** What was read of a stretch, in its order. */
export interface Found {
  readonly views: readonly AuditEventView[];
  /** The last place that was looked at, where that is neither the end nor the last view, and there may be more beyond. */
  readonly stoppedAt: number | null;
}

/** Reads what a plan finds in a stretch, at most so many. */
export type ReadStretch = (stretch: Stretch, plan: Plan, limit: number) => Found;

const STATEMENTS_KEPT = 100;

const ALONG = ' AND e.seq > ? AND e.seq < ?';
const AT_PLACES = ' AND e.seq IN (SELECT value FROM json_each(?))';

type Select = (
  stretch: Pick<Stretch, 'trail' | 'order'>,
  conditions: readonly Condition[],
  limit: number,
) => readonly AuditEventView[];

/** Selects by statements that are kept: the same few are asked again and again. */
function openSelect(database: SqliteConnection, terms: TermReader): Select {
  const statements = new LRUCache<string, SqliteStatement<SqliteValue[], Row>>({ max: STATEMENTS_KEPT });
  return ({ trail, order }, conditions, limit) => {
    const where = conditions.map(({ sql }) => sql).join('');
    const direction = order === 'ascending' ? 'ASC' : 'DESC';
    const sql = `${SELECT_ROWS} WHERE e.trail = ?${where} ORDER BY e.seq ${direction} LIMIT ${limit}`;
    const statement = statements.get(sql) ?? database.prepare<SqliteValue[], Row>(sql);
    statements.set(sql, statement);
    const parameters: Parameter[] = conditions.flatMap((condition) => condition.parameters);
    return statement.all(trail, ...parameters).map((row) => viewOf(row, terms));
  };
}

/** The part of a stretch that comes after a place in its order. */
function beyond(stretch: Stretch, place: number): Stretch {
  return stretch.order === 'ascending' ? { ...stretch, above: place } : { ...stretch, below: place };
}

/** The beginning of a stretch, so many places of it: there are no gaps in a trail. */
function beginning({ above, below, ...rest }: Stretch, places: number): Stretch {
  return rest.order === 'ascending'
    ? { ...rest, above, below: Math.min(below, above + 1 + places) }
    : { ...rest, above: Math.max(above, below - 1 - places), below };
}

function lastOf({ above, below }: Stretch, order: TrailOrder): number {
  return order === 'ascending' ? below - 1 : above + 1;
}

/** Reads place after place. */
function readAlong(stretch: Stretch, rest: readonly Condition[], limit: number, select: Select): Found {
  const looked = rest.length === 0 ? stretch : beginning(stretch, ROWS_LOOKED_AT);
  const along = { sql: ALONG, parameters: [looked.above, looked.below] };
  const views = select(stretch, [along, ...rest], limit);
  const whole = looked.above === stretch.above && looked.below === stretch.below;
  return { views, stoppedAt: whole || views.length === limit ? null : lastOf(looked, stretch.order) };
}

interface ByLookups {
  readonly lookups: readonly Lookup[];
  readonly rest: readonly Condition[];
  readonly places: Places;
  readonly select: Select;
}

/** Looks up places, a few and then more at once, until there are as many rows as are wanted, or enough was looked at. */
function readLookups(from: Stretch, { lookups, rest, places, select }: ByLookups, limit: number): Found {
  const views: AuditEventView[] = [];
  let stretch = from;
  let [left, size] = [rest.length === 0 ? limit : ROWS_LOOKED_AT, Math.min(limit, MOST_AT_ONCE)];
  for (;;) {
    const wanted = Math.min(size, left);
    const found = places.find(stretch, lookups, wanted);
    const at = { sql: AT_PLACES, parameters: [JSON.stringify(found)] };
    if (found.length > 0) views.push(...select(stretch, [at, ...rest], limit - views.length));
    const last = found[wanted - 1];
    if (last === undefined || views.length === limit) return { views, stoppedAt: null };
    left -= wanted;
    if (left === 0) return { views, stoppedAt: last };
    stretch = beyond(stretch, last);
    size = Math.min(size * 4, MOST_AT_ONCE);
  }
}

/** Opens the reading of stretches of trails. */
export function openReading(database: SqliteConnection, terms: TermReader, places: Places): ReadStretch {
  const select = openSelect(database, terms);
  return (stretch, { lookups, rest }, limit) =>
    lookups === null
      ? readAlong(stretch, rest, limit, select)
      : readLookups(stretch, { lookups, rest, places, select }, limit);
}
