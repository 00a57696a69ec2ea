import { join } from 'node:path';
import { figure, ratio, type Row, type Settings } from '../framework/row.js';
import { copyOf, historyData, historySizes, type DataSet } from '../support/data-sets.js';
import { runJob } from '../support/jobs.js';
import { readyService, startService } from '../support/service.js';

async function direct({ milliseconds, progress }: Settings, dataSet: DataSet, folder: string) {
  const result = await runJob('audit-pages', { folder, dataSet, milliseconds });
  progress(`audit-pages: the worst is ${result.worstName}`);
  return result;
}

async function overGraphql({ milliseconds, profile }: Settings, dataSet: DataSet, folder: string) {
  const service = await startService({ dataDir: folder, profile });
  await readyService(service);
  const params = { connections: 1, warmUpMilliseconds: milliseconds / 2, milliseconds };
  const people = join(dataSet, 'history.json');
  const { p99 } = await runJob(
    'load',
    { ...params, scenario: 'auditPages', url: service.url, people },
    { onStarted: () => profile && process.kill(service.pid, 'SIGUSR2') },
  );
  await service.stop();
  return p99;
}

/** Pages of 50 of the audit trail by any filter, the first and the deepest, of a trail and of one ten times as long. */
export const auditPages: Row = {
  name: 'audit-pages',
  work: 'audit page of 50, any filter, first and deepest page',
  shown: [
    { figure: 'big', unit: 'ms p99' },
    { figure: 'small', unit: 'ms p99' },
    { figure: 'worst of big', unit: 'ms p99' },
    { figure: 'worst of small', unit: 'ms p99' },
    { figure: 'big over GraphQL', unit: 'ms p99' },
  ],
  targets: [
    { text: 'big ≤ 2 × small', value: ratio('big', 'small'), bound: { atMost: 2 } },
    { text: 'the worst filter too', value: ratio('worst of big', 'worst of small'), bound: { atMost: 2 } },
    {
      text: 'GraphQL ≤ 10 ms more than the query',
      value: (figures) => figure(figures, 'big over GraphQL') - figure(figures, 'big'),
      bound: { atMost: 10 },
    },
  ],
  async open(settings) {
    const sizes = historySizes(settings);
    const [small, big] = [await historyData(settings, sizes.small), await historyData(settings, sizes.big)];
    const [smallCopy, bigCopy] = [copyOf(small), copyOf(big)];
    return {
      sides: [
        {
          name: 'over GraphQL',
          measure: async () => ({ 'big over GraphQL': await overGraphql(settings, big, bigCopy.path) }),
        },
        {
          name: `${sizes.big} events`,
          async measure() {
            const { p99, worst } = await direct(settings, big, bigCopy.path);
            return { big: p99, 'worst of big': worst };
          },
        },
        {
          name: `${sizes.small} events`,
          async measure() {
            const { p99, worst } = await direct(settings, small, smallCopy.path);
            return { small: p99, 'worst of small': worst };
          },
        },
      ],
      async close() {
        smallCopy.remove();
        bigCopy.remove();
      },
    };
  },
};
