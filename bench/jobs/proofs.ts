import { join } from 'node:path';
import { consistencyProof, inclusionProof } from '../../src/audit/merkle/tree.js';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { createReadModels } from '../../src/projections/read-models.js';
import { quantile } from '../framework/statistics.js';
import { historyIn } from '../seed/history-file.js';

export interface ProofsParams {
  /** A copy: the file of read models is one process's own. */
  readonly folder: string;
  readonly dataSet: string;
  readonly milliseconds: number;
}

export interface ProofsResult {
  /** Milliseconds. */
  readonly inclusion: number;
  readonly consistency: number;
}

/** Odd, and no divisor of any size: the places that it steps to are all over the tree. */
const STRIDE = 7_919 * 104_729;

/** Proofs of leaves and sizes all over a tree, straight from the read model. */
export async function readProofs({ folder, dataSet, milliseconds }: ProofsParams): Promise<ProofsResult> {
  const file = openReadModelFile(join(folder, 'read-models.db'));
  const { trees } = createReadModels(file.connection);
  const { accountId } = historyIn(join(dataSet, 'history.json'));
  const size = trees.sizeOf(accountId);

  function p99(prove: (place: number) => unknown): number {
    const latencies: number[] = [];
    const until = performance.now() + milliseconds / 2;
    for (let n = 0; performance.now() < until || latencies.length < 100; n += 1) {
      const place = (n * STRIDE) % size;
      const begun = performance.now();
      prove(place);
      latencies.push(performance.now() - begun);
    }
    return quantile(latencies, 0.99);
  }

  const inclusion = p99((place) => inclusionProof(trees.nodesOf(accountId), place, trees.sizeOf(accountId)));
  const consistency = p99((place) => consistencyProof(trees.nodesOf(accountId), place, trees.sizeOf(accountId)));
  file.close();
  return { inclusion, consistency };
}
