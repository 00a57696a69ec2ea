import { ratio, type Row, type Settings } from '../framework/row.js';
import { runJob } from '../support/jobs.js';
import { workFolder } from '../support/paths.js';

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = workFolder();
  try {
    return await work(folder.path);
  } finally {
    folder.remove();
  }
}

function sidesOf({ milliseconds, profile }: Settings) {
  return [
    {
      name: 'port',
      measure: () =>
        inFolder(async (folder) => {
          const { perSecond } = await runJob('append', { folder, milliseconds }, { profile });
          return { port: perSecond };
        }),
    },
    {
      name: 'raw',
      measure: () =>
        inFolder(async (folder) => {
          const { grouped, oneByOne } = await runJob('raw-append', { folder, milliseconds });
          return { 'raw group commit': grouped, 'raw one by one': oneByOne };
        }),
    },
  ];
}

/** One event a command through the port of the event store, 64 commands under way, `synchronous=FULL`. */
export const append: Row = {
  name: 'append',
  work: 'durable append, 64 in flight',
  shown: [
    { figure: 'port', unit: 'a second' },
    { figure: 'raw group commit', unit: 'a second' },
    { figure: 'raw one by one', unit: 'a second' },
  ],
  targets: [{ text: '≥ 50 % of raw group commit', value: ratio('port', 'raw group commit'), bound: { atLeast: 0.5 } }],
  open: async (settings) => ({ sides: sidesOf(settings), close: async () => undefined }),
};
