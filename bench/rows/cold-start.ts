import { join } from 'node:path';
import { ratio, type Row, type Settings } from '../framework/row.js';
import { copyOf, historyData, historySizes } from '../support/data-sets.js';
import { bundle, startFloor } from '../support/floors.js';
import { workFolder } from '../support/paths.js';
import { installPeers, startPeer } from '../support/peer.js';
import { startService } from '../support/service.js';

/** Anything that was started. */
interface Started {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function firstAnswer(start: () => Promise<Started>, ask: (url: string) => Promise<Response>): Promise<number> {
  const begun = performance.now();
  const started = await start();
  const answer = await ask(started.url);
  await answer.text();
  const milliseconds = performance.now() - begun;
  await started.stop();
  if (!answer.ok) throw new Error(`the first answer was ${answer.status}`);
  return milliseconds;
}

function asking(query: string): (url: string) => Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return (url) => fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
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
  await firstAnswer(start, askPeer);
  const sides = [
    {
      name: 'service',
      async measure() {
        const starting = () => startService({ dataDir: copy.path, profile, profileFromStart: true });
        return { service: await firstAnswer(starting, asking('{ viewer { stage } }')) };
      },
    },
    {
      name: 'empty service',
      measure: async () => ({
        'empty service': await firstAnswer(() => startFloor(floor), asking('{ thing { at } }')),
      }),
    },
    { name: 'peer', measure: async () => ({ peer: await firstAnswer(start, askPeer) }) },
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
