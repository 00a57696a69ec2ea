import { expect, it } from '@jest/globals';
import type { Page } from '../../src/projections/page.js';
import {
  createSessionQueries,
  ROWS_LOOKED_AT,
  type SessionView,
} from '../../src/projections/sessions/session-queries.js';
import { sessionsProjection } from '../../src/projections/sessions/sessions-projection.js';
import { ACME, event, later, SAM } from '../support/builders.js';
import { DAY } from '../../src/domain/instant.js';
import { given, logged } from './given.js';

const STALE = 2 * ROWS_LOOKED_AT + 100;

/** Sam has signed in once just now, and before that, by the order of the log after that, often: nobody signed out. */
const sessions = createSessionQueries(
  given(
    sessionsProjection,
    logged(event('UserCreated'), { position: 1, stream: `user-${SAM}` }),
    ...Array.from({ length: STALE + 1 }, (_, index) =>
      logged(event('SessionStarted'), {
        ...{ position: index + 2, stream: `session-${index}` },
        metadata: { occurredAt: index === 0 ? later(0) : later(-10 * DAY) },
      }),
    ),
  ),
);

const wanted = { limit: 10, after: null, before: null, fromEnd: false };

function idsIn({ rows }: Page<SessionView>): string[] {
  return rows.map(({ sessionId }) => sessionId);
}

it('A page of sessions looks at a bounded number of them, and the next goes on where it stopped', () => {
  const pages: Page<SessionView>[] = [];
  for (let after: Page<SessionView>['endsAt'] | null = null; after !== undefined;) {
    const page = sessions.page(ACME, SAM, { ...wanted, after }, later(0));
    pages.push(page);
    after = page.hasNextPage ? page.endsAt : undefined;
  }
  expect(pages.length).toBeGreaterThanOrEqual(3);
  expect(pages.slice(0, -1).flatMap(idsIn)).toStrictEqual([]);
  expect(pages.slice(-1).flatMap(idsIn)).toStrictEqual(['0']);
  expect(pages.at(-1)?.hasNextPage).toBe(false);
});

it('From the other end it is found at once; what is left to be looked at lies before the page', () => {
  const page = sessions.page(ACME, SAM, { ...wanted, fromEnd: true }, later(0));
  expect(idsIn(page)).toStrictEqual(['0']);
  expect(page.hasPreviousPage).toBe(true);
  const before = sessions.page(ACME, SAM, { ...wanted, fromEnd: true, before: page.startsAt ?? null }, later(0));
  expect(idsIn(before)).toStrictEqual([]);
});
