import { strict as assert } from 'node:assert';
import { inField, type Check } from '../check.js';
import { anyNode, signIn, type Scene } from '../../cluster/people.js';
import { Refused } from '../../cluster/visitor.js';
import { mutate } from '../../operations.js';
import { storedEvents } from '../../stored.js';
import { startField } from '../field.js';
import { sceneOf, type Errand, type Play } from '../load.js';
import { codeNow, protectedMember, sessionsOf, type Protected } from '../protected.js';

const HOUR = 3_600_000;
/** Back and forth, and in the end an hour further on. */
const JUMPS = [HOUR, -HOUR, -HOUR, 2 * HOUR, -HOUR, HOUR];
const RACERS = 4;

/** Several sessions give the code of this moment at once; answers its step, and how many were let in. */
async function race(scene: Scene, someone: Protected) {
  const visitors = await sessionsOf(scene, someone, RACERS);
  const { step, code } = codeNow(scene, someone);
  const outcomes = await Promise.all(
    visitors.map((visitor) => mutate(visitor.at(anyNode(scene)), 'answerMfaChallenge', { code })),
  );
  const others = outcomes.map(({ refusal }) => refusal).filter((refusal) => refusal !== null);
  assert.deepEqual(new Set(others), new Set(['WRONG_CODE']), 'what is said of codes that were not accepted');
  return { step, letIn: outcomes.length - others.length };
}

/** Signs in by password; a session whose time was over before its answer could be given is none. */
const byPassword: Errand = async (scene) => {
  try {
    await signIn(scene, scene.owner.account);
  } catch (error) {
    if (!(error instanceof Refused && error.code === 'SIGN_IN_FAILED')) throw error;
  }
};

/** No right password was taken for a wrong one, whatever the clock did. */
async function expectRightPasswords({ field }: Play): Promise<void> {
  const types = (await storedEvents(field.place, 'password-*')).map(({ type }) => type);
  assert.ok(!types.includes('PasswordRejected'), 'a right password was refused');
}

/** The clock jumps an hour forwards and backwards under load: a code is accepted once, and none of a step before the last. */
export const clock: Check = async (options) =>
  inField({ field: await startField(), errand: byPassword }, options, async (play, load) => {
    const scene = sceneOf(play);
    const someone = await protectedMember(scene);
    let last = someone.firstStep;
    let [accepted, refused] = [0, 0];
    for (const jump of Array.from({ length: options.times }, () => JUMPS).flat()) {
      play.field.clock.advance(jump);
      options.progress(`the clock jumps by ${jump / HOUR} h`);
      const { step, letIn } = await race(scene, someone);
      assert.equal(letIn, step > last ? 1 : 0, `sessions let in by a code of step ${step}, after one of ${last}`);
      last = Math.max(step, last);
      accepted += letIn;
      refused += RACERS - letIn;
      await load.acknowledged(5);
    }
    await expectRightPasswords(play);
    return { jumps: options.times * JUMPS.length, raceAccepted: accepted, raceRefused: refused };
  });
