import { ratio, type Row } from '../framework/row.js';
import { peopleData } from '../support/data-sets.js';
import { runJob } from '../support/jobs.js';
import { openPeerSide } from './peer-side.js';
import { withService } from './service-side.js';

/** Password and code, with argon2id of the same parameters on both sides. */
export const signIn: Row = {
  name: 'sign-in',
  work: 'password (argon2id) + second factor',
  shown: [
    { figure: 'service', unit: 'a second' },
    { figure: 'peer', unit: 'a second' },
    { figure: 'hash alone', unit: 'a second' },
  ],
  targets: [
    { text: '≥ 0.70 of the hash alone', value: ratio('service', 'hash alone'), bound: { atLeast: 0.7 } },
    { text: '≥ 1.7 × peer', value: ratio('service', 'peer'), bound: { atLeast: 1.7 } },
  ],
  async open(settings) {
    const people = await peopleData(settings);
    const peer = await openPeerSide(settings, 'argon2id');
    return {
      sides: [
        {
          name: 'service',
          measure: () =>
            withService(settings, people, async ({ prepare, load }) => {
              // There are not enough sign-ins in a round for the process to have compiled what they need.
              await prepare('enroll', { milliseconds: 2 * settings.milliseconds });
              const { perSecond, acknowledged } = await load('signInWithCode');
              const expected = ['SessionStarted', 'MfaCodeAccepted'].map((type) => ({ type, acknowledged }));
              return { figures: { service: perSecond }, expected };
            }),
        },
        { name: 'peer', measure: async () => ({ peer: (await peer.load('signInWithCodeAtPeer')).perSecond }) },
        {
          name: 'hash alone',
          async measure() {
            const { milliseconds } = settings;
            return { 'hash alone': (await runJob('hash', { milliseconds })).perSecond };
          },
        },
      ],
      close: () => peer.close(),
    };
  },
};
