import { join } from 'node:path';
import { openReadModelFile } from '../../src/projections/read-model-file.js';
import { createReadModels } from '../../src/projections/read-models.js';
import { quantile } from '../framework/statistics.js';
import { filtersAbout, historyIn, SAMPLED } from '../seed/history-file.js';

export interface AuditPagesParams {
  /** A copy: the file of read models is one process's own. */
  readonly folder: string;
  readonly dataSet: string;
  readonly milliseconds: number;
}

export interface AuditPagesResult {
  /** Milliseconds, of all filters and both ends together. */
  readonly p99: number;
  /** Of the filter and end that take the longest. */
  readonly worst: number;
  readonly worstName: string;
}

const PAGE = { limit: 50, after: null, before: null };

/** Pages of 50 by every kind of filter, from both ends of the list, straight from the read model. */
export async function readAuditPages({ folder, dataSet, milliseconds }: AuditPagesParams): Promise<AuditPagesResult> {
  const file = openReadModelFile(join(folder, 'read-models.db'));
  const { audit } = createReadModels(file.connection);
  const { accountId, filters } = historyIn(join(dataSet, 'history.json'));
  const [sample] = audit.page(accountId, SAMPLED, { ...PAGE, limit: 1, fromEnd: false }).rows;
  if (sample === undefined) throw new Error('nobody has given a code');
  const cases = [...filters, ...filtersAbout(sample)].flatMap(({ name, filter }) =>
    [false, true].map((fromEnd) => ({ name: `${name}, ${fromEnd ? 'last' : 'first'} page`, filter, fromEnd })),
  );
  const taken = cases.map(({ name, filter, fromEnd }) => {
    const once = () => audit.page(accountId, filter, { ...PAGE, fromEnd });
    once();
    const latencies: number[] = [];
    const until = performance.now() + milliseconds / cases.length;
    while (performance.now() < until || latencies.length < 5) {
      const begun = performance.now();
      once();
      latencies.push(performance.now() - begun);
    }
    return { name, latencies, p99: quantile(latencies, 0.99) };
  });
  file.close();
  const [worst] = taken.sort((a, b) => b.p99 - a.p99);
  // Of each as many: the quick ones were asked more often.
  const least = Math.min(...taken.map(({ latencies }) => latencies.length));
  const all = taken.flatMap(({ latencies }) => latencies.slice(0, least));
  return { p99: quantile(all, 0.99), worst: worst?.p99 ?? NaN, worstName: worst?.name ?? '' };
}
