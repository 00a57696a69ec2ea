import { createHash } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import type { Settings } from '../framework/row.js';
import { projections } from '../../src/projections/read-models.js';
import { catalogue } from '../../src/domain/catalogue.js';
import { runJob } from './jobs.js';
import { CACHE, workFolder } from './paths.js';

/** A folder as the service keeps it, with what is known of it beside; to be copied, never to be written. */
export type DataSet = string;

function digestOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 8);
}

const events = Object.entries(catalogue).map(([name, { revision }]) => `${name} ${revision}`);
const models = projections.map(({ name, version }) => `${name} ${version}`);

/** Seeds of before have reactions still to come. */
const REACTIONS = 'reactions 1';

async function cached(name: string, build: (folder: string) => Promise<void>): Promise<DataSet> {
  const folder = join(CACHE, `${name}-${digestOf([...events, ...models, REACTIONS])}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await build(unfinished);
  renameSync(unfinished, folder);
  return folder;
}

/** People of whom each can do one thing or a few: enough for a round and the warm-up before it. */
export function peopleData({ quick, progress }: Settings): Promise<DataSet> {
  const withDevice = quick ? 500 : 3_000;
  const withoutDevice = 2 * withDevice;
  return cached(`people-${withDevice}-${withoutDevice}`, (folder) =>
    runJob('people', { folder, withDevice, withoutDevice, challenges: 3 }, { onProgress: progress }),
  );
}

/** Accounts that are attacked and others that attack, with what attackers need. */
export function attackedData({ quick, progress }: Settings): Promise<DataSet> {
  const size = quick
    ? { usersEach: 40, challenges: 500, oldStream: 500 }
    : { usersEach: 300, challenges: 4_000, oldStream: 3_000 };
  const params = { viewers: 8, attackers: 4, sessionsEach: 3, endedSessions: 4, ...size };
  return cached(`attacked-${Object.values(params).join('-')}`, (folder) =>
    runJob('attacked', { folder, ...params }, { onProgress: progress }),
  );
}

/** A user for each length of the MFA stream. */
export function oldStreamsData({ progress }: Settings, lengths: readonly number[]): Promise<DataSet> {
  return cached(`old-streams-${lengths.join('-')}`, (folder) =>
    runJob('old-streams', { folder, lengths }, { onProgress: progress }),
  );
}

/** A long history of one account; its read models are brought up to this release. */
export async function historyData({ progress }: Settings, count: number): Promise<DataSet> {
  const folder = join(CACHE, `history-${count}-${digestOf(events)}`);
  await runJob('history', { folder, events: count }, { onProgress: progress });
  return folder;
}

/** The sizes of histories that are compared: the small one, and ten times as much. */
export function historySizes({ quick, large }: Settings): { readonly small: number; readonly big: number } {
  if (quick) return { small: 10_000, big: 100_000 };
  return { small: 100_000, big: large ? 10_000_000 : 1_000_000 };
}

export interface CopyOptions {
  /** Without read models, as after an update that changes all of them. */
  readonly withoutReadModels?: boolean;
}

/** A copy of a data set that may be written, on the same disk. */
export function copyOf(
  dataSet: DataSet,
  { withoutReadModels = false }: CopyOptions = {},
): ReturnType<typeof workFolder> {
  const folder = workFolder();
  for (const file of ['log.db', ...(withoutReadModels ? [] : ['read-models.db'])]) {
    copyFileSync(join(dataSet, file), join(folder.path, file), constants.COPYFILE_FICLONE);
  }
  return folder;
}

/** How many events of each type are in the log of a folder. */
export function eventCounts(folder: string): ReadonlyMap<string, number> {
  const database = openConnection(join(folder, 'log.db'), { readOnly: true });
  try {
    const rows = database
      .prepare<[], { type: string; count: number }>('SELECT type, count(*) AS count FROM events GROUP BY type')
      .all();
    return new Map(rows.map(({ type, count }) => [type, count]));
  } finally {
    database.close();
  }
}
