import { setTimeout as sleep } from 'node:timers/promises';
import { figure, ratio, type Row } from '../framework/row.js';
import { copyOf, historyData, historySizes, type DataSet } from '../support/data-sets.js';
import { workFolder } from '../support/paths.js';
import { readyService, startService, type RunningService } from '../support/service.js';

/** How long nothing is asked before memory is looked at. */
const REST = 2_000;

/** What a service that runs takes up once it has done all that it had to do, in MB. */
export async function restingMemory(service: RunningService): Promise<number> {
  await readyService(service);
  await sleep(REST);
  return service.memory();
}

async function memoryIn(dataDir: string): Promise<number> {
  const service = await startService({ dataDir });
  const memory = await restingMemory(service);
  await service.stop();
  return memory;
}

async function empty(): Promise<number> {
  const folder = workFolder();
  try {
    return await memoryIn(folder.path);
  } finally {
    folder.remove();
  }
}

/** A service that has just taken in a whole log. */
async function after(dataSet: DataSet): Promise<number> {
  const copy = copyOf(dataSet, { withoutReadModels: true });
  try {
    return await memoryIn(copy.path);
  } finally {
    copy.remove();
  }
}

/** Measures once, and says the same from then on: taking in so many events takes minutes. */
function once(measure: () => Promise<number>): () => Promise<number> {
  let measured: Promise<number> | undefined;
  return () => (measured ??= measure());
}

/** Memory of the service at rest: on an empty log, and after it has taken in logs of 100,000 and of 1,000,000 events, the latter once a run. */
export const memory: Row = {
  name: 'memory',
  work: 'memory at rest, and after many events',
  shown: [
    { figure: 'at rest', unit: 'MB' },
    { figure: 'after few', unit: 'MB' },
    { figure: 'after many', unit: 'MB' },
  ],
  targets: [
    { text: 'at rest ≤ 150 MB', value: (figures) => figure(figures, 'at rest'), bound: { atMost: 150 } },
    { text: 'after ten times as many ≤ 1.2 ×', value: ratio('after many', 'after few'), bound: { atMost: 1.2 } },
  ],
  async open(settings) {
    const { small, big } = historySizes(settings);
    const [few, many] = [await historyData(settings, small), await historyData(settings, big)];
    const afterMany = once(() => after(many));
    return {
      sides: [
        { name: 'at rest', measure: async () => ({ 'at rest': await empty() }) },
        { name: 'after few', measure: async () => ({ 'after few': await after(few) }) },
        { name: 'after many', measure: async () => ({ 'after many': await afterMany() }) },
      ],
      close: async () => undefined,
    };
  },
};
