import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openConnection, type SqliteConnection } from '../../src/sqlite/connection.js';
import { coverageProjection } from '../../src/projections/coverage/coverage-projection.js';
import { createCoverageQueries } from '../../src/projections/coverage/coverage-queries.js';
import type { ExposureFilter } from '../../src/projections/coverage/exposure-queries.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import type { PageRequest } from '../../src/projections/page.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';
import { ACME, event, later } from '../support/builders.js';
import { recordQueries, type RecordedQueries } from '../support/recorded-queries.js';
import { inLog, openFold } from './given.js';

let place: Workplace;
let database: SqliteConnection;
let recorded: RecordedQueries;

beforeAll(() => {
  place = workplace();
  const path = join(place.folder, 'read-models.db');
  const file = openReadModelFile(path);
  // Where nothing was ever counted, nothing is looked for.
  const fold = openFold(file.connection, coverageProjection);
  expect(fold.apply(inLog(event('UserCreated'), event('SubUserMfaRequired')), 2n)).toBeNull();
  file.close();
  recorded = recordQueries(openConnection(path));
  database = recorded.connection;
});

afterAll(async () => {
  database.close();
  await place.dispose();
});

/** How SQLite goes about the statements that a query runs, in the order in which it takes the steps. */
function stepsOf(query: () => unknown): readonly string[] {
  return recorded.plansOf(query).flat();
}

const NAMES =
  /^(?:CORRELATED SCALAR SUBQUERY \d|SEARCH coverage_names_1 USING PRIMARY KEY \(user_id=\? AND position<\?\))$/;

function withoutNames(steps: readonly string[]): readonly string[] {
  return steps.filter((step) => !NAMES.test(step));
}

const exposures = (index: string) => `SEARCH exposures USING INDEX coverage_exposures_1_by_${index}`;
const LAST_BEFORE =
  'SEARCH coverage_exposures_1 USING COVERING INDEX coverage_exposures_1_by_time (account_id=? AND opened_at<?)';
const FIRST: PageRequest = { limit: 50, after: null, before: null, fromEnd: false };

describe('A query of coverage', () => {
  it.each([
    ['now', null, 'SEARCH coverage_history_1 USING PRIMARY KEY (account_id=?)'],
    ['at a moment', later(1), 'SEARCH coverage_history_1 USING PRIMARY KEY (account_id=? AND moment<?)'],
  ])('%s reads one entry of the history, however long that is', (_, moment, step) => {
    const queries = createCoverageQueries(database);
    expect(stepsOf(() => queries.at(ACME, moment))).toEqual([step]);
  });

  it.each<[string, ExposureFilter, readonly string[]]>([
    ['nothing', {}, [`${exposures('account')} (account_id=?)`]],
    ['a user', { userId: 'sam' }, [`${exposures('user')} (account_id=? AND user_id=?)`]],
    ['being open', { open: true }, [`${exposures('ending')} (account_id=? AND ending=?)`]],
    ['a cause', { cause: 'DISABLED' }, [`${exposures('cause')} (account_id=? AND cause=?)`]],
    ['an ending', { ending: 'WAIVED' }, [`${exposures('ending')} (account_id=? AND ending=?)`]],
    ['an end', { until: later(1) }, [LAST_BEFORE, `${exposures('account')} (account_id=? AND exposure<?)`]],
    ['a beginning', { since: later(1) }, [`${exposures('account')} (account_id=?)`]],
    [
      'a user and an end',
      { userId: 'sam', until: later(1) },
      [LAST_BEFORE, `${exposures('user')} (account_id=? AND user_id=? AND exposure<?)`],
    ],
  ])('for a page of exposures that is narrowed by %s goes down an index, and sorts nothing', (_, filter, steps) => {
    const queries = createCoverageQueries(database);
    expect(withoutNames(stepsOf(() => queries.page(ACME, filter, FIRST)))).toEqual(steps);
  });

  it('for a later page goes on from where the one before ended', () => {
    const queries = createCoverageQueries(database);
    const steps = stepsOf(() => queries.page(ACME, { userId: 'sam' }, { ...FIRST, after: 9 }));
    expect(withoutNames(steps)).toEqual([`${exposures('user')} (account_id=? AND user_id=? AND exposure<?)`]);
  });

  it('for the exposures at a moment goes through those of the account alone', () => {
    const queries = createCoverageQueries(database);
    const [, ...steps] = withoutNames(stepsOf(() => queries.exposedAt(ACME, later(1), 100)));
    expect(steps).toEqual([`${exposures('account')} (account_id=?)`]);
  });
});
