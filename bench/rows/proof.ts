import { figure, type Row } from '../framework/row.js';
import { copyOf, historyData, historySizes } from '../support/data-sets.js';
import { runJob } from '../support/jobs.js';

/** Proofs from the Merkle tree of a long trail, at places all over it. */
export const proof: Row = {
  name: 'proof',
  work: 'proof from the Merkle tree of a long trail',
  shown: [
    { figure: 'inclusion', unit: 'ms p99' },
    { figure: 'consistency', unit: 'ms p99' },
  ],
  targets: [
    { text: 'inclusion ≤ 1 ms', value: (figures) => figure(figures, 'inclusion'), bound: { atMost: 1 } },
    { text: 'consistency ≤ 1 ms', value: (figures) => figure(figures, 'consistency'), bound: { atMost: 1 } },
  ],
  async open(settings) {
    const { big } = historySizes(settings);
    const dataSet = await historyData(settings, big);
    const copy = copyOf(dataSet);
    const { milliseconds } = settings;
    return {
      sides: [
        {
          name: `${big} events`,
          async measure() {
            const { inclusion, consistency } = await runJob('proofs', { folder: copy.path, dataSet, milliseconds });
            return { inclusion, consistency };
          },
        },
      ],
      close: async () => copy.remove(),
    };
  },
};
