import { ratio, type Row } from '../framework/row.js';
import { peopleData } from '../support/data-sets.js';
import { CONNECTIONS } from './peer-side.js';
import { withService, type ServiceRound } from './service-side.js';

/** A few clients that look now and then: what is measured is how long they wait, not how much the service can do. */
const PROBE = { connections: 2, pauseMilliseconds: 5, warmUpMilliseconds: 500 };

async function underFlood({ load }: ServiceRound, milliseconds: number) {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const flood = load('signInFlood', {
    ...{ connections: CONNECTIONS, warmUpMilliseconds: 500, milliseconds: milliseconds + 4_000 },
    onStarted: () => begin(),
  });
  await Promise.race([begun, flood]);
  const probe = await load('viewer', { ...PROBE, milliseconds });
  const { perSecond } = await flood;
  return { p99: probe.p99, signIns: perSecond };
}

/** How long a signed-in read takes while passwords are compared as fast as they can be. */
export const readsUnderFlood: Row = {
  name: 'reads-under-flood',
  work: 'viewer under a flood of sign-ins',
  shown: [
    { figure: 'idle', unit: 'ms p99' },
    { figure: 'under flood', unit: 'ms p99' },
    { figure: 'sign-ins', unit: 'a second' },
  ],
  targets: [{ text: 'p99 ≤ 5 × idle', value: ratio('under flood', 'idle'), bound: { atMost: 5 } }],
  async open(settings) {
    const people = await peopleData(settings);
    return {
      sides: [
        {
          name: 'service',
          measure: () =>
            withService(settings, people, async (round) => {
              const idle = await round.load('viewer', { ...PROBE, milliseconds: settings.milliseconds });
              const { p99, signIns } = await underFlood(round, settings.milliseconds);
              return { figures: { idle: idle.p99, 'under flood': p99, 'sign-ins': signIns } };
            }),
        },
      ],
      close: async () => undefined,
    };
  },
};
