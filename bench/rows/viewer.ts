import { ratio, type Row } from '../framework/row.js';
import { bundle, startFloor } from '../support/floors.js';
import { peopleData } from '../support/data-sets.js';
import { runJob } from '../support/jobs.js';
import { loadOf, openPeerSide } from './peer-side.js';
import { withService } from './service-side.js';

/** Who am I, with my device; the peer is asked for the session, the floor for nothing. */
export const viewer: Row = {
  name: 'viewer',
  work: 'signed-in read: viewer with its device',
  shown: [
    { figure: 'service', unit: 'a second' },
    { figure: 'peer', unit: 'a second' },
    { figure: 'bare Apollo', unit: 'a second' },
    { figure: 'service p99', unit: 'ms' },
  ],
  targets: [
    { text: '≥ 4 × peer', value: ratio('service', 'peer'), bound: { atLeast: 4 } },
    { text: '≥ 50 % of bare Apollo', value: ratio('service', 'bare Apollo'), bound: { atLeast: 0.5 } },
  ],
  async open(settings) {
    const people = await peopleData(settings);
    const floor = await startFloor(await bundle('apollo'));
    const peer = await openPeerSide(settings, 'trivial');
    return {
      sides: [
        {
          name: 'service',
          measure: () =>
            withService(settings, people, async ({ load }) => {
              const { perSecond, p99 } = await load('viewer');
              return { figures: { service: perSecond, 'service p99': p99 } };
            }),
        },
        { name: 'peer', measure: async () => ({ peer: (await peer.load('sessionAtPeer')).perSecond }) },
        {
          name: 'bare Apollo',
          async measure() {
            const params = { ...loadOf(settings), scenario: 'typename', url: floor.url } as const;
            return { 'bare Apollo': (await runJob('load', params)).perSecond };
          },
        },
      ],
      async close() {
        await peer.close();
        await floor.stop();
      },
    };
  },
};
