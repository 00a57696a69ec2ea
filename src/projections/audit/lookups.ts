import type { Database, Statement } from 'better-sqlite3';
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

/** Answers the first places of a stretch that any of some lookups has, each once, at most so many. */
export type FindPlaces = (stretch: Stretch, lookups: readonly Lookup[], limit: number) => readonly number[];

/** The first so many places of a list in order, each once. */
function firstOf(places: readonly number[], order: TrailOrder, limit: number): number[] {
  const sign = order === 'ascending' ? 1 : -1;
  return [...new Set(places)].sort((a, b) => sign * (a - b)).slice(0, limit);
}

/** The bounds within which nothing comes after a place. */
function before(bounds: Bounds, order: TrailOrder, place: number): Bounds {
  return order === 'ascending' ? { ...bounds, below: place } : { ...bounds, above: place };
}

/**
 * Opens the lookups. Once there are as many places as are wanted, the next lookups are only asked for places that come before
 * the last of them: so many lookups cost little more than that they are made.
 */
export function openLookups(database: Database): FindPlaces {
  const statements = new Map<string, Statement<unknown[], number>>();

  function statementOf(index: Lookup['index'], order: TrailOrder): Statement<unknown[], number> {
    const name = `${index} ${order}`;
    const known = statements.get(name);
    if (known !== undefined) return known;
    const { index: suffix, keys } = INDEXES[index];
    const statement = database
      .prepare<unknown[], number>(
        `SELECT seq FROM audit_events_5 INDEXED BY audit_events_5_${suffix}
         WHERE trail = ? AND ${keys} AND seq > ? AND seq < ? ORDER BY seq ${order === 'ascending' ? 'ASC' : 'DESC'} LIMIT ?`,
      )
      .pluck();
    statements.set(name, statement);
    return statement;
  }

  return ({ trail, order, above, below }, lookups, limit) => {
    let bounds: Bounds = { above, below };
    let places: number[] = [];
    for (const { index, keys, ...own } of lookups) {
      const from = Math.max(bounds.above, own.above ?? -1);
      const to = Math.min(bounds.below, own.below ?? Number.MAX_SAFE_INTEGER);
      if (from + 1 < to) places.push(...statementOf(index, order).all(trail, ...keys, from, to, limit));
      // Sorting now and then only, so that many lookups that find little are not sorted each time.
      if (places.length < 2 * limit) continue;
      places = firstOf(places, order, limit);
      const last = places[limit - 1];
      if (last !== undefined) bounds = before(bounds, order, last);
    }
    return firstOf(places, order, limit);
  };
}
