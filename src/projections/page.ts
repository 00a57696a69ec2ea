/** What a list is ordered by: unique in it. */
export type Key = number | string;

/** A page of a list in the order of its keys: from one end, or on from a key that was on another page. */
export interface PageRequest {
  readonly limit: number;
  /** Only what comes after this key, exclusive. */
  readonly after: Key | null;
  /** Only what comes before this key, exclusive. */
  readonly before: Key | null;
  /** Whether the page is taken from the end of what is left. */
  readonly fromEnd: boolean;
}

/** Rows of a page in the list's order, with what lies either side. */
export interface Page<T> {
  readonly rows: readonly T[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where it begins, and ends, if that is not at its first, and last, row: where reading stopped before the page was full. */
  readonly startsAt?: Key;
  readonly endsAt?: Key;
}

/** What a query takes in the place of a question mark. */
export type Parameter = string | number | Uint8Array;

/** A condition of a query, with its parameters. */
export interface Condition {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/** The condition and order that read a page by a key column, one row more than wanted so that it is known whether there are more. */
export function pageClause(
  column: string,
  page: PageRequest,
  order: 'ascending' | 'descending',
): Condition & { readonly tail: string } {
  const ascending = order === 'ascending';
  const bounds = [
    { key: page.after, sql: `${column} ${ascending ? '>' : '<'} ?` },
    { key: page.before, sql: `${column} ${ascending ? '<' : '>'} ?` },
  ].filter((bound) => bound.key !== null);
  const direction = ascending !== page.fromEnd ? 'ASC' : 'DESC';
  return {
    sql: bounds.map(({ sql }) => ` AND ${sql}`).join(''),
    parameters: bounds.flatMap(({ key }) => key ?? []),
    tail: ` ORDER BY ${column} ${direction} LIMIT ${page.limit + 1}`,
  };
}

/** Makes a page of the rows that such a query gave. */
export function pageOf<T>(found: readonly T[], page: PageRequest): Page<T> {
  const more = found.length > page.limit;
  const rows = found.slice(0, page.limit);
  return page.fromEnd
    ? { rows: rows.reverse(), hasPreviousPage: more, hasNextPage: page.before !== null }
    : { rows, hasNextPage: more, hasPreviousPage: page.after !== null };
}
