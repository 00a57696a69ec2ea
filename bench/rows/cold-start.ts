import { join } from 'node:path';
import { ratio, type Row, type Settings } from '../framework/row.js';
import { copyOf, historyData, historySizes } from '../support/data-sets.js';
import { bundle, startFloor } from '../support/floors.js';
import { workFolder } from '../support/paths.js';
import { installPeers, startPeer } from '../support/peer.js';
import { startService } from '../support/service.js';
import { asking, firstAnswer, FIRST_QUERY, type Started } from './first-answer.js';

/** Stops it again; the milliseconds. */
async function timeToAnswer(start: () => Promise<Started>, ask: (url: string) => Promise<Response>): Promise<number> {
  const { started, milliseconds } = await firstAnswer(start, ask);
  await started.stop();
  return milliseconds;
}

function askPeer(url: string): Promise<Response> {
  return fetch(`${url}/api/auth/get-session`);
}

async function open(settings: Settings) {
  installPeers(settings);
  const { profile } = settings;
  const { small, big } = historySizes(settings);
  const copy = copyOf(await historyData(settings, settings.quick ? big : small));
  const floor = await bundle('empty-service');
  const peerFolder = workFolder();
  const start = () => startPeer(join(peerFolder.path, 'peer.db'), 'argon2id');
  // The first time its tables are made, which is not what is measured.
  await timeToAnswer(start, askPeer);
  const sides = [
    {
      name: 'service',
      async measure() {
        const starting = () => startService({ dataDir: copy.path, profile, profileFromStart: true });
        return { service: await timeToAnswer(starting, asking(FIRST_QUERY)) };
      },
    },
    {
      name: 'empty service',
      measure: async () => ({
        'empty service': await timeToAnswer(() => startFloor(floor), asking('{ thing { at } }')),
      }),
    },
    { name: 'peer', measure: async () => ({ peer: await timeToAnswer(start, askPeer) }) },
  ];
  return {
    sides,
    async close() {
      copy.remove();
      peerFolder.remove();
    },
  };
}

/** From the start of the process to its first answer, with 100,000 events stored and read models up to date. */
export const coldStart: Row = {
  name: 'cold-start',
  work: 'cold start to first answer, 100,000 events stored',
  shown: [
    { figure: 'service', unit: 'ms' },
    { figure: 'empty service', unit: 'ms' },
    { figure: 'peer', unit: 'ms' },
  ],
  targets: [
    { text: '≤ 1.3 × empty service, bundled', value: ratio('service', 'empty service'), bound: { atMost: 1.3 } },
    { text: 'below peer', value: ratio('service', 'peer'), bound: { atMost: 1 } },
  ],
  open,
};
