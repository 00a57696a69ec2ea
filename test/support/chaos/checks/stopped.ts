import { strict as assert } from 'node:assert';
import { inField, type Check } from '../check.js';
import { createMember } from '../../cluster/people.js';
import { eventually } from '../../eventually.js';
import { startField } from '../field.js';
import { takeOff } from '../flight.js';
import { sceneOf, type Play } from '../load.js';

const IN_FLIGHT = 32;

/** Has so many sign-ins in flight when the signal comes; answers how long the process took to end. */
async function stopInFlight(play: Play): Promise<number> {
  const { node } = play.field;
  const { account, username, password } = await createMember(sceneOf(play));
  const input = { account, username, password, transport: 'BEARER' };
  const flights = await Promise.all(Array.from({ length: IN_FLIGHT }, () => takeOff(node.url(), 'signIn', input)));
  const stopping = node.stop();
  await eventually(() => fetch(node.url()).then(expectNobody, () => undefined));
  const answers = await Promise.all(flights.map((flight) => flight.land()));
  await stopping;
  for (const { status, requestId, body } of answers) {
    assert.equal(status, 200, body);
    assert.ok(body.includes('"SignedIn"'), 'a sign-in in flight was not done');
    play.ledger.note({ requestId, name: 'signIn', refusal: null });
  }
  assert.deepEqual([node.ended()?.code, node.ended()?.signal], [0, null], 'how the process ended');
  return node.ended()?.milliseconds ?? 0;
}

function expectNobody(): never {
  throw new Error('the service takes new connections');
}

/** SIGTERM under load: what is in flight is answered, and the process ends with 0. */
export const stopped: Check = async (options) =>
  inField({ field: await startField() }, options, async (play, load) => {
    let slowest = 0;
    for (let time = 1; time <= options.times; time += 1) {
      await load.acknowledged(20);
      options.progress(`SIGTERM, ${time} of ${options.times}`);
      slowest = Math.max(slowest, await stopInFlight(play));
      await play.field.node.start();
    }
    const answered = options.times * IN_FLIGHT;
    return { signals: options.times, inFlightAnswered: answered, slowestStopMilliseconds: slowest };
  });
