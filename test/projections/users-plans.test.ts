import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { openFold } from '../../src/projections/fold.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { createUserQueries } from '../../src/projections/users/user-queries.js';
import { usersProjection } from '../../src/projections/users/users-projection.js';
import { recordQueries, type RecordedQueries } from '../support/recorded-queries.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';

let place: Workplace;
let recorded: RecordedQueries;

beforeAll(() => {
  place = workplace();
  const path = join(place.folder, 'read-models.db');
  const file = openReadModelFile(path);
  openFold(file.connection, usersProjection);
  file.close();
  recorded = recordQueries(openConnection(path));
});

afterAll(async () => {
  recorded.connection.close();
  await place.dispose();
});

it('a user is found by id, however many others their account has', () => {
  const [plan = []] = recorded.plansOf(() => createUserQueries(recorded.connection).byId('acme', 'sam'));
  const ofUsers = plan.filter((step) => step.includes('users_5'));
  expect(ofUsers).toStrictEqual(['SEARCH users_5 USING INDEX sqlite_autoindex_users_5_1 (user_id=?)']);
});
