import { describe, expect, it } from '@jest/globals';
import { cursorOf, keyOf } from '../../src/graphql/cursor.js';
import { connectionOf } from '../../src/graphql/paging.js';
import type { Page } from '../../src/projections/page.js';

const MAP = { key: (row: number) => row, node: (row: number) => row };

function ends(page: Page<number>): unknown[] {
  const { startCursor, endCursor } = connectionOf('list', page, MAP).pageInfo;
  return [startCursor, endCursor].map((cursor) => keyOf('list', cursor, 'after'));
}

describe('A connection', () => {
  const page = { rows: [7, 5], hasNextPage: true, hasPreviousPage: false };

  it('begins and ends at the first and the last row of its page', () => {
    expect(ends(page)).toEqual([7, 5]);
    expect(ends({ ...page, rows: [] })).toEqual([null, null]);
  });

  it('of a page that stopped early ends, or begins, where that stopped', () => {
    expect(ends({ ...page, endsAt: 2 })).toEqual([7, 2]);
    expect(ends({ ...page, rows: [], endsAt: 2 })).toEqual([null, 2]);
    expect(ends({ ...page, startsAt: 0 })).toEqual([0, 5]);
  });

  it('has a cursor for each row', () => {
    const { edges } = connectionOf('list', page, MAP);
    expect(edges).toEqual([7, 5].map((row) => ({ cursor: cursorOf('list', row), node: row })));
  });
});
