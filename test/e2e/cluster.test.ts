import { expect, it } from '@jest/globals';
import { runCluster } from '../support/cluster/run.js';

/** Another one with `CLUSTER_SEED`, as a failure names it. */
const SEED = Number(process.env.CLUSTER_SEED ?? 1);

it('three nodes on one log keep every rule, while they are killed and started again', async () => {
  const report = await runCluster({ seed: SEED, rounds: 5 }).catch((error: unknown) => {
    throw new Error(`with the seed ${SEED}`, { cause: error });
  });
  expect(report.storiesTold).toBeGreaterThan(0);
  expect(report.acknowledged).toBeGreaterThan(50);
  expect(report.nodesKilled).toBeGreaterThan(0);
}, 300_000);
