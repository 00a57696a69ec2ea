import { ratio, type Row } from '../framework/row.js';
import { peopleData } from '../support/data-sets.js';
import { openPeerSide } from './peer-side.js';
import { LONGEST_LOOK, withService } from './service-side.js';

/** More than the peer can use up in a second. */
const PEER_PER_SECOND = 500;

/** What each leaves in the log. */
const TYPES = ['MfaCodeAccepted', 'SessionRaised', 'SessionRotated'];

/** Code checked, burnt, stored; session raised and rotated. Passwords were given before. */
export const secondFactor: Row = {
  name: 'second-factor',
  work: 'second factor at sign-in',
  shown: [
    { figure: 'service', unit: 'a second' },
    { figure: 'peer', unit: 'a second' },
    { figure: 'service p99', unit: 'ms' },
    { figure: 'peer p99', unit: 'ms' },
  ],
  targets: [{ text: '≥ 8 × peer', value: ratio('service', 'peer'), bound: { atLeast: 8 } }],
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
              await prepare('lookAtSessions', { milliseconds: LONGEST_LOOK, index: 0 });
              const { perSecond, p99, acknowledged } = await load('answerChallenges');
              const expected = TYPES.map((type) => ({ type, acknowledged }));
              return { figures: { service: perSecond, 'service p99': p99 }, expected };
            }),
        },
        {
          name: 'peer',
          async measure() {
            const { perSecond, p99 } = await peer.load('verifyCodes', { prepared });
            return { peer: perSecond, 'peer p99': p99 };
          },
        },
      ],
      close: () => peer.close(),
    };
  },
};
