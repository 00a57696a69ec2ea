import type { SqliteConnection, SqliteStatement, SqliteValue } from '../../sqlite/connection.js';
import { blockOf, type Bounds } from './trails.js';

/** The indexes on the trail, each with the condition that its keys are for. */
const INDEXES = {
  type: { index: 'by_type', keys: 'type = ?' },
  actor: { index: 'by_actor', keys: 'actor = ? AND type * 2 + (actor IS subject) = ?' },
  subject: { index: 'by_subject', keys: 'subject = ? AND type = ? AND actor IS NOT subject' },
  device: { index: 'by_device', keys: 'device = ?' },
  session: { index: 'by_session', keys: 'session = ?' },
  origin: { index: 'by_origin', keys: 'origin = ?' },
  request: { index: 'by_request', keys: 'block = ? AND substr(request_id, -8) = substr(?, -8)' },
  id: { index: 'by_id', keys: 'block = ? AND substr(event_id, -8) = substr(?, -8)' },
} as const;

/** One look into an index: of its places, those in order, within bounds of their own. */
export interface Lookup extends Partial<Bounds> {
  readonly index: keyof typeof INDEXES;
  readonly keys: readonly (number | string)[];
}

/** Which end of the trail comes first: `ascending`, the oldest. */
export type TrailOrder = 'ascending' | 'descending';

/** A stretch of one account's trail. */
export interface Stretch extends Bounds {
  readonly trail: number;
  readonly order: TrailOrder;
}

/** A look into each block of a stretch for an id, in the order of the stretch. */
export function lookupsInBlocks(index: 'request' | 'id', id: string, { above, below, order }: Stretch): Lookup[] {
  const [first, last] = [blockOf(above + 1), blockOf(below - 1)];
  const blocks = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return (order === 'ascending' ? blocks : blocks.reverse()).map((block) => ({ index, keys: [block, id] }));
}

/** How many places one look may answer, in the steps that there are statements for. */
const SIZES = [64, 128, 512];

/** Finds places by lookups. */
export interface Places {
  /** The first places of a stretch that any of some lookups has, each once, at most so many. */
  find(stretch: Stretch, lookups: readonly Lookup[], limit: number): readonly number[];
  /** How many places of a stretch some lookups have, up to `COUNTED`; those that several have count as often. */
  count(stretch: Stretch, lookups: readonly Lookup[]): number;
}

/** Up to so many places it is counted how many lookups have. */
const COUNTED = 500;

/** The first so many places of a list in order, each once. */
function firstOf(places: readonly number[], order: TrailOrder, limit: number): number[] {
  const sign = order === 'ascending' ? 1 : -1;
  return [...new Set(places)].sort((a, b) => sign * (a - b)).slice(0, limit);
}

/** The bounds within which nothing comes after a place. */
function before(bounds: Bounds, order: TrailOrder, place: number): Bounds {
  return order === 'ascending' ? { ...bounds, below: place } : { ...bounds, above: place };
}

/** Where a lookup may find places of a stretch; null where there are none between the bounds of both. */
function withinBoth({ above = -1, below = Number.MAX_SAFE_INTEGER }: Lookup, stretch: Bounds): Bounds | null {
  const both = { above: Math.max(stretch.above, above), below: Math.min(stretch.below, below) };
  return both.above + 1 < both.below ? both : null;
}

/** Runs lookups by statements that are kept. @param sqlOf the statement, from the condition of an index and an order */
function openRun<T>(
  database: SqliteConnection,
  sqlOf: (source: string, order: string) => string,
  answer: (statement: SqliteStatement<SqliteValue[], number>, parameters: readonly SqliteValue[]) => T,
) {
  const statements = new Map<string, SqliteStatement<SqliteValue[], number>>();

  function statementOf(index: Lookup['index'], order: TrailOrder): SqliteStatement<SqliteValue[], number> {
    const name = `${index} ${order}`;
    const known = statements.get(name);
    if (known !== undefined) return known;
    const { index: suffix, keys } = INDEXES[index];
    const source = `audit_events_5 INDEXED BY audit_events_5_${suffix} WHERE trail = ? AND ${keys} AND seq > ? AND seq < ?`;
    const statement = database.prepareValues<SqliteValue[], number>(
      sqlOf(source, order === 'ascending' ? 'ASC' : 'DESC'),
    );
    statements.set(name, statement);
    return statement;
  }

  return (lookup: Lookup, stretch: Stretch, none: T): T => {
    const bounds = withinBoth(lookup, stretch);
    if (bounds === null) return none;
    const parameters = [stretch.trail, ...lookup.keys, bounds.above, bounds.below];
    return answer(statementOf(lookup.index, stretch.order), parameters);
  };
}

/**
 * Opens the lookups. Once there are as many places as are wanted, the next lookups are only asked for places that come before
 * the last of them: so many lookups cost little more than that they are made.
 */
export function openPlaces(database: SqliteConnection): Places {
  // A limit that is bound would have SQLite prepare the statement anew each time it is run.
  const runs = SIZES.map((size) => ({
    size,
    run: openRun(
      database,
      (source, order) => `SELECT seq FROM ${source} ORDER BY seq ${order} LIMIT ${size}`,
      (statement, parameters): readonly number[] => statement.all(...parameters),
    ),
  }));
  const count = openRun(
    database,
    (source) => `SELECT count(*) FROM (SELECT 1 FROM ${source} LIMIT ${COUNTED})`,
    (statement, parameters) => statement.get(...parameters) ?? 0,
  );

  return {
    find(from, lookups, limit) {
      const sized = runs.find(({ size }) => size >= limit);
      if (sized === undefined) throw new RangeError(`${limit} places are more than one look answers`);
      let stretch = from;
      let places: number[] = [];
      for (const lookup of lookups) {
        places.push(...sized.run(lookup, stretch, []));
        // Sorting now and then only, so that many lookups that find little are not sorted each time.
        if (places.length < 2 * limit) continue;
        places = firstOf(places, stretch.order, limit);
        const last = places[limit - 1];
        if (last !== undefined) stretch = { ...stretch, ...before(stretch, stretch.order, last) };
      }
      return firstOf(places, stretch.order, limit);
    },
    count(stretch, lookups) {
      let sum = 0;
      for (const lookup of lookups) {
        sum += count(lookup, stretch, 0);
        if (sum >= COUNTED) return COUNTED;
      }
      return sum;
    },
  };
}
