import type { OpenLimit, OpenLimitSettings } from '../application/open-limits.js';
import { reservedPartOf } from '../application/reserved-part.js';

/** A place that something takes for as long as it is open. */
export interface Place {
  readonly limit: OpenLimit;
  readonly key: string;
  /** `ALL_BUT_RESERVE`: only what the limit leaves beside the reserve of the primary. The whole limit if left out. */
  readonly of?: 'ALL_BUT_RESERVE';
}

/** What came of asking for places: a way to give them back, or the limit that is reached. */
export type Taken = { readonly release: () => void } | { readonly full: OpenLimit; readonly most: number };

/** Counts what is open at the same time on this node. */
export interface OpenPlaces {
  /** Takes all of some places, or none of them. */
  take(places: readonly Place[]): Taken;
}

/** Sets up the counts of a node. */
export function createOpenPlaces(settings: OpenLimitSettings): OpenPlaces {
  const counts = new Map<string, number>();

  function add(name: string, difference: 1 | -1): void {
    const count = (counts.get(name) ?? 0) + difference;
    if (count === 0) counts.delete(name);
    else counts.set(name, count);
  }

  /** What a place is counted as: one of all, and for others than the primary one of those as well. */
  function countsOf({ limit, key, of }: Place) {
    const most = settings[limit];
    if (most === null) return [];
    const whole = { limit, name: `${limit} ${key}`, most };
    if (of === undefined) return [whole];
    return [whole, { limit, name: `${limit} others ${key}`, most: most - reservedPartOf(most) }];
  }

  return {
    take(places) {
      const wanted = places.flatMap(countsOf);
      const full = wanted.find(({ name, most }) => (counts.get(name) ?? 0) >= most);
      if (full !== undefined) return { full: full.limit, most: full.most };
      for (const { name } of wanted) add(name, 1);
      let isTaken = true;
      return {
        release() {
          if (!isTaken) return;
          isTaken = false;
          for (const { name } of wanted) add(name, -1);
        },
      };
    },
  };
}
