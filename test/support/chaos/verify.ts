import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openConnection } from '../../../src/sqlite/connection.js';
import type { Loose } from '../client.js';
import { welcomeBack } from '../cluster/people.js';
import { judgeLog, reactionsDone } from '../cluster/verdict.js';
import { agreedViews } from '../cluster/views.js';
import { settle } from './attempts.js';
import { sceneOf, type Play } from './load.js';

/** What a check counted; every figure is of something that was looked at. */
export type Counts = Readonly<Record<string, number>>;

/** More than anything that ends by itself within the hour but sessions: claims, challenges, enrollments, locks. */
const A_WHILE = 1_200_000;
/** Disturbed from the beginning to the end. */
const ALWAYS = { from: '0', to: '9' };

/** What SQLite itself says of the files of a folder, and whether positions of the log have gaps. */
export function inspectFiles(folder: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith('.db'));
  for (const name of names) {
    const database = openConnection(join(folder, name));
    try {
      assert.equal(database.pragma('integrity_check'), 'ok', `${name} is whole`);
      if (name !== 'log.db') continue;
      const row = database.prepareLists<[], [number, number]>('SELECT count(*), max(position) FROM events').get();
      assert.equal(row?.[0], row?.[1], 'positions without a gap');
    } finally {
      database.close();
    }
  }
  return names.length;
}

function shownIn(view: Loose): ReadonlySet<string> {
  const pages = view.users as readonly { readonly nodes: readonly { readonly id: string }[] }[];
  return new Set(pages.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
}

/**
 * Looks at a field when whatever happened to it is over: what was not answered is settled, every node shows what a rebuild from
 * zero shows, and the log holds what was acknowledged, once. Stops the nodes.
 */
export async function verify(play: Play): Promise<Counts> {
  const { field, ledger, attempts, owner } = play;
  const scene = sceneOf(play);
  assert.deepEqual(field.faults(), [], 'nodes that ended by themselves');
  field.clock.advance(A_WHILE);
  await welcomeBack(scene);
  const settled = await settle(scene, attempts);
  await reactionsDone(field.place);
  const before = await agreedViews(field, [owner]);
  await field.rebuild();
  assert.deepEqual(await agreedViews(field, [owner]), before, 'read models that were rebuilt show something else');
  const shown = shownIn(before[0]);
  const missing = attempts.filter(({ userId }) => userId !== null && !shown.has(userId));
  assert.equal(missing.length, 0, 'users that were acknowledged, and are not shown');
  const verdict = await judgeLog(field.place, { ledger, disturbances: [ALWAYS] });
  await Promise.all(field.nodes.map((node) => node.stop()));
  assert.deepEqual(field.faults(), [], 'nodes that did not end as they should');
  const files = field.place.eventStoreUrl === null ? inspectFiles(field.place.folder) : 0;
  const requests = { requests: ledger.requests(), lost: ledger.lost(), repeated: ledger.repeated() };
  return { ...requests, ...verdict, ...settled, ...(files > 0 && { filesWhole: files }) };
}
