import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openConnection, type SqliteConnection } from '../../src/sqlite/connection.js';
import { pageClause, pageOf, type Page, type Parameter, type PageRequest } from '../../src/projections/page.js';

let database: SqliteConnection;

beforeAll(() => {
  database = openConnection(':memory:');
  database.exec('CREATE TABLE numbers (n INTEGER PRIMARY KEY)');
  for (const n of [1, 2, 3, 4, 5, 6, 7]) database.prepare('INSERT INTO numbers VALUES (?)').run(n);
});

afterAll(() => {
  database.close();
});

type Order = 'ascending' | 'descending';

function page(order: Order, request: Partial<PageRequest>): Page<number> {
  const asked = { limit: 3, after: null, before: null, fromEnd: false, ...request };
  const { sql, parameters, tail } = pageClause('n', asked, order);
  const select = database.prepareValues<Parameter[], number>(`SELECT n FROM numbers WHERE 1${sql}${tail}`);
  return pageOf(select.all(...parameters), asked);
}

type Row = readonly [string, Partial<PageRequest>, readonly number[], Partial<Page<number>>];

const UP: readonly Row[] = [
  ['first', {}, [1, 2, 3], { hasNextPage: true, hasPreviousPage: false }],
  ['next', { after: 3 }, [4, 5, 6], { hasNextPage: true, hasPreviousPage: true }],
  ['last forwards', { after: 6 }, [7], { hasNextPage: false, hasPreviousPage: true }],
  ['last, filled exactly,', { after: 4 }, [5, 6, 7], { hasNextPage: false, hasPreviousPage: true }],
  ['page beyond the end', { after: 7 }, [], { hasNextPage: false, hasPreviousPage: true }],
  ['page from the end', { fromEnd: true }, [5, 6, 7], { hasNextPage: false, hasPreviousPage: true }],
  ['one before', { fromEnd: true, before: 5 }, [2, 3, 4], { hasNextPage: true, hasPreviousPage: true }],
  ['first backwards', { fromEnd: true, before: 2 }, [1], { hasNextPage: true, hasPreviousPage: false }],
  ['page between two keys', { after: 2, before: 5 }, [3, 4], { hasPreviousPage: true }],
  ['page after a key that is gone', { after: 0 }, [1, 2, 3], { hasNextPage: true }],
];

describe('A page of a list that ascends', () => {
  it.each(UP)('the %s', (_, request, rows, more) => {
    expect(page('ascending', request)).toMatchObject({ rows, ...more });
  });
});

const DOWN: readonly Row[] = [
  ['first', {}, [7, 6, 5], { hasNextPage: true, hasPreviousPage: false }],
  ['next', { after: 5 }, [4, 3, 2], { hasNextPage: true, hasPreviousPage: true }],
  ['last forwards', { after: 2 }, [1], { hasNextPage: false, hasPreviousPage: true }],
  ['page from the end', { fromEnd: true }, [3, 2, 1], { hasNextPage: false, hasPreviousPage: true }],
  ['one before', { fromEnd: true, before: 3 }, [6, 5, 4], { hasNextPage: true, hasPreviousPage: true }],
  ['first backwards', { fromEnd: true, before: 6 }, [7], { hasNextPage: true, hasPreviousPage: false }],
];

describe('A page of a list that descends', () => {
  it.each(DOWN)('the %s', (_, request, rows, more) => {
    expect(page('descending', request)).toMatchObject({ rows, ...more });
  });
});

describe('The pages of a list', () => {
  it.each<Order>(['ascending', 'descending'])('%s, have each row once, in either direction', (order) => {
    const all = order === 'ascending' ? [1, 2, 3, 4, 5, 6, 7] : [7, 6, 5, 4, 3, 2, 1];
    const forwards: number[] = [];
    for (let next: Page<number> | null = page(order, {}); next !== null;) {
      forwards.push(...next.rows);
      next = next.hasNextPage ? page(order, { after: forwards.at(-1) ?? null }) : null;
    }
    const backwards: number[] = [];
    for (let next: Page<number> | null = page(order, { fromEnd: true }); next !== null;) {
      backwards.unshift(...next.rows);
      next = next.hasPreviousPage ? page(order, { fromEnd: true, before: backwards[0] ?? null }) : null;
    }
    expect([forwards, backwards]).toEqual([all, all]);
  });
});
