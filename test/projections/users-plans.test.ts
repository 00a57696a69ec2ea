import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { openFold } from '../../src/projections/fold.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { createUserQueries } from '../../src/projections/users/user-queries.js';
import { usersProjection } from '../../src/projections/users/users-projection.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';

let place: Workplace;
let database: Database;
let asked: string[];

beforeAll(() => {
  place = workplace();
  const path = join(place.folder, 'read-models.db');
  const file = openReadModelFile(path);
  openFold(file.connection, usersProjection);
  file.close();
  asked = [];
  database = new Sqlite(path, { verbose: (sql) => asked.push(String(sql)) });
});

afterAll(async () => {
  database.close();
  await place.dispose();
});

it('a user is found by id, however many others their account has', () => {
  createUserQueries(database).byId('acme', 'sam');
  const plan = database.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${asked[0] ?? ''}`).all();
  const ofUsers = plan.map(({ detail }) => detail).filter((detail) => detail.includes('users_5'));
  expect(ofUsers).toStrictEqual(['SEARCH users_5 USING INDEX sqlite_autoindex_users_5_1 (user_id=?)']);
});
