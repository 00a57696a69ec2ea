import type { ComplexityEstimatorArgs } from 'graphql-query-complexity';

// Points of 0.1 ms of the event loop. `npm run bench:read-costs` measured them on 2026-12-01; docs/limits.md says how
// and names those that were set by analogy.

/** What a request costs before its first field: HTTP, its session, its answer. */
export const REQUEST = 5;

/** A field that reads nothing. */
export const FIELD = 0.01;

/** What asking for the schema costs, once for each `__schema`. */
export const SCHEMA = 100;

/** The same for each `__type`. */
export const TYPE = 5;

/** What a field costs, by its arguments and by what is selected of it. */
export type Cost = (asked: Pick<ComplexityEstimatorArgs, 'args' | 'childComplexity'>) => number;

/** A field that costs the same whatever it is asked. */
export function fixed(points: number): Cost {
  return ({ childComplexity }) => points + childComplexity;
}

/** A list that has at most so many entries. */
export function listOf(most: number, points = 0): Cost {
  return ({ childComplexity }) => points + most * (FIELD + childComplexity);
}

/** What a page costs: reading it at all, and each entry of it. */
export interface PageWeights {
  readonly page: number;
  /** If it is filtered; as `page` if left out. */
  readonly filtered?: number;
  readonly entry: number;
}

/** A page of the audit trail. */
export const TRAIL_PAGE: PageWeights = { page: 5, filtered: 30, entry: 0.2 };

/** What reading a page costs, without the fields of its entries. */
export function priceOfPage(
  { page, filtered = page, entry }: PageWeights,
  isFiltered: boolean,
  entries: number,
): number {
  return (isFiltered ? filtered : page) + entries * entry;
}

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 100;

/** How many entries a page has at most. A size that the list refuses counts as the largest. */
function sizeOf({ first, last }: Readonly<Record<string, unknown>>): number {
  const size = first ?? last ?? DEFAULT_SIZE;
  return typeof size === 'number' && size >= 0 ? Math.min(size, LARGEST_SIZE) : LARGEST_SIZE;
}

/** A page of a list, by its `first` or `last`. */
export function pageOf({ page, filtered = page, entry }: PageWeights): Cost {
  return ({ args, childComplexity }) => {
    const reading = args.filter === undefined || args.filter === null ? page : filtered;
    return reading + sizeOf(args) * (entry + childComplexity);
  };
}

/** The fields of a connection that hold its entries: the connection's own cost counts these. */
export const ENTRIES: Cost = ({ childComplexity }) => childComplexity;
