import { join } from 'node:path';
import { attacks, type AttackName } from '../attacks/attacks.js';
import { figure, type Figures, type Row, type Settings } from '../framework/row.js';
import { attackedData, type DataSet } from '../support/data-sets.js';
import { bundle, startFloor, type Floor } from '../support/floors.js';
import { runJob } from '../support/jobs.js';
import { withLimitedService, type ServiceRound } from './service-side.js';

const NAMES = Object.keys(attacks) as AttackName[];
/** People of several accounts at several addresses who look now and then: none of their budgets is ever used up. */
const FROM = Array.from({ length: 8 }, (_, index) => `127.0.1.${index + 1}`);
const PROBE = { connections: FROM.length, from: FROM, pauseMilliseconds: 40, warmUpMilliseconds: 500 };
/** An attack ends with what is measured, and in any case after so long. */
const LONGEST = 60_000;

interface Attacking {
  readonly attack: AttackName;
  readonly dataSet: DataSet;
  readonly empty: Floor;
}

/** The p99 of others while something is attacked. */
async function p99While(
  { load }: ServiceRound,
  { attack, dataSet }: Attacking,
  { url, milliseconds }: { readonly url: string; readonly milliseconds: number },
): Promise<number> {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const stop = new AbortController();
  const params = { attack, url, people: join(dataSet, 'people.json'), longest: LONGEST };
  const attacking = runJob('attack', params, { stop: stop.signal, onStarted: () => begin() });
  await Promise.race([begun, attacking]);
  try {
    return (await load('viewer', { ...PROBE, milliseconds })).p99;
  } catch (error) {
    throw new Error(`under ${attack}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  } finally {
    stop.abort();
    await attacking;
  }
}

/** How many times as long others wait as they would if the attacker were as busy elsewhere. */
async function measureAttack(settings: Settings, attacking: Attacking): Promise<Figures> {
  const milliseconds = settings.milliseconds / 2;
  return withLimitedService(settings, attacking.dataSet, async (round) => {
    const elsewhere = await p99While(round, attacking, { url: attacking.empty.url, milliseconds });
    const attacked = await p99While(round, attacking, { url: round.service.url, milliseconds });
    return { figures: { [attacking.attack]: attacked / elsewhere } };
  });
}

/** How long reads of others take while the service is attacked. A refusal is a good answer to an attacker. */
export const readsUnderAttack: Row = {
  name: 'reads-under-attack',
  work: 'viewer while others attack',
  shown: NAMES.map((name) => ({ figure: name, unit: '× p99' })),
  targets: [
    {
      text: 'p99 under the worst attack ≤ 3 × with an attacker as busy elsewhere',
      value: (figures) => Math.max(...NAMES.map((name) => figure(figures, name))),
      bound: { atMost: 3 },
    },
  ],
  async open(settings) {
    const dataSet = await attackedData(settings);
    const empty = await startFloor(await bundle('empty-server'));
    return {
      sides: NAMES.map((attack) => ({
        name: attack,
        measure: async () => measureAttack(settings, { attack, dataSet, empty }),
      })),
      close: async () => empty.stop(),
    };
  },
};
