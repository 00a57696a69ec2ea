import { join } from 'node:path';
import { projections } from '../../src/projections/read-models.js';
import { buildReadModels, openApplication } from '../seed/application.js';
import { seedClock } from '../seed/time.js';
import type { Telling } from './job.js';

export interface RebuildParams {
  readonly dataSet: string;
  readonly folder: string;
  /** Read models that are left out. */
  readonly without: readonly string[];
}

export interface RebuildResult {
  readonly perSecond: number;
  /** Memory at the end as a multiple of memory at a fifth of the way. */
  readonly memoryGrowth: number;
}

/** Builds read models from the beginning of a log; how many events a second. */
export async function rebuild({ dataSet, folder, without }: RebuildParams, tell: Telling): Promise<RebuildResult> {
  const seeding = await openApplication(dataSet, seedClock().now);
  const events = Number(await seeding.store.head());
  let early = 0;
  tell.started();
  const from = performance.now();
  await buildReadModels(seeding, {
    path: join(folder, 'read-models.db'),
    projections: projections.filter(({ name }) => !without.includes(name)),
    onProgress(position) {
      if (early === 0 && Number(position) > events / 5) early = process.memoryUsage.rss();
    },
  });
  const perSecond = events / ((performance.now() - from) / 1_000);
  const memoryGrowth = early === 0 ? 1 : process.memoryUsage.rss() / early;
  await seeding.close();
  return { perSecond, memoryGrowth };
}
