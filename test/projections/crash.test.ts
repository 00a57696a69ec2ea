import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SqliteConnection } from '../../src/sqlite/connection.js';
import { openFold } from '../../src/projections/fold.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { projections } from '../../src/projections/read-models.js';
import { openTakeIn } from '../../src/projections/taking-in.js';
import { temporaryFolder } from '../support/process.js';
import { programOf } from '../support/programs.js';
import { rowsOf } from './given.js';
import { batchesOf, STORY } from './story.js';

/** Goes on from wherever each read model stands. */
function build(database: SqliteConnection, batches: number): unknown {
  const folds = projections.map((projection) => openFold(database, projection));
  const takeIn = openTakeIn(database);
  for (const batch of batchesOf(STORY, batches))
    expect(takeIn(folds, batch, batch.at(-1)?.position ?? 0n).size).toBe(0);
  return projections.map((projection) => rowsOf(database, projection));
}

it('read models are the same in batches of any size', () => {
  const [whole, pieces] = [openReadModelFile(':memory:').connection, openReadModelFile(':memory:').connection];
  expect(build(pieces, 97)).toEqual(build(whole, 1));
});

it.each(projections.map(({ name }) => name))(
  'a crash in the middle of a large batch of %s loses nothing, and nothing is taken in twice',
  (name) => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'read-models.db');
    const middleOfSecondBatch = String(Math.ceil(STORY.length * 0.75));
    const batches = join(folder.path, 'batches.json');
    const plain = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
    writeFileSync(batches, JSON.stringify(batchesOf(STORY, 2), plain));
    const args = [...programOf('read-model-crash'), path, name, middleOfSecondBatch, batches];
    const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([signal, stderr]).toEqual(['SIGKILL', '']);
    const file = openReadModelFile(path);
    const fresh = openReadModelFile(':memory:');
    const positions = projections.map((projection) => openFold(file.connection, projection).position());
    expect(positions).toEqual(projections.map(() => BigInt(Math.ceil(STORY.length / 2))));
    expect(build(file.connection, 1)).toEqual(build(fresh.connection, 1));
    file.close();
    folder.remove();
  },
);
