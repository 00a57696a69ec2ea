import { ratio, type Row } from '../framework/row.js';
import { peopleData } from '../support/data-sets.js';
import { openPeerSide } from './peer-side.js';
import { LONGEST_LOOK, withService } from './service-side.js';

/** More than the peer can use up in a second. */
const PEER_PER_SECOND = 300;

/** A device is set up and enabled. The service asks for no password moments after a sign-in; the peer's is hashed trivially. */
export const enrollment: Row = {
  name: 'enrollment',
  work: 'enroll + enable, two requests',
  shown: [
    { figure: 'service', unit: 'a second' },
    { figure: 'peer', unit: 'a second' },
    { figure: 'service p99', unit: 'ms' },
    { figure: 'peer p99', unit: 'ms' },
  ],
  targets: [{ text: '≥ 6 × peer', value: ratio('service', 'peer'), bound: { atLeast: 6 } }],
  async open(settings) {
    const people = await peopleData(settings);
    const peer = await openPeerSide(settings, 'trivial');
    const prepared = Math.ceil((1.5 * settings.milliseconds * PEER_PER_SECOND) / 1_000);
    return {
      sides: [
        {
          name: 'service',
          measure: () =>
            withService(settings, people, async ({ prepare, load }) => {
              await prepare('lookAtSessions', { milliseconds: LONGEST_LOOK, index: 1 });
              const { perSecond, p99, acknowledged } = await load('enroll');
              const expected = ['MfaEnrollmentStarted', 'MfaEnabled'].map((type) => ({ type, acknowledged }));
              return { figures: { service: perSecond, 'service p99': p99 }, expected };
            }),
        },
        {
          name: 'peer',
          async measure() {
            const { perSecond, p99 } = await peer.load('enrollAtPeer', { prepared });
            return { peer: perSecond, 'peer p99': p99 };
          },
        },
      ],
      close: () => peer.close(),
    };
  },
};
