import { strict as assert } from 'node:assert';
import { added, inField, type Check } from '../check.js';
import { createMember, signIn, type Scene } from '../../cluster/people.js';
import { stories, type Story } from '../../cluster/stories.js';
import { createVisitor } from '../../cluster/visitor.js';
import { mutate, viewer, type Outcome } from '../../operations.js';
import { storedEvents } from '../../stored.js';
import { startField } from '../field.js';
import { sceneOf, type Errand, type Play } from '../load.js';
import { protectedMember, sessionsOf } from '../protected.js';
import type { Counts } from '../verify.js';

/** Without a device, so that two cores have something left for what is checked. */
const quiet: Errand = async (scene) => signIn(scene, await createMember(scene));

/** The same scene, with the first so many nodes alone. */
function among(scene: Scene, size: number): Scene {
  const { cluster } = scene;
  return { ...scene, cluster: { ...cluster, up: () => cluster.up().slice(0, size) } };
}

/** Signed in at each node, and usable at every other at once, also by somebody who carries no position. */
async function usableAtOnce(scene: Scene): Promise<Counts> {
  const nodes = scene.cluster.up();
  const member = await createMember(scene);
  let seen = 0;
  for (const here of nodes) {
    const visitor = await signIn({ ...scene, cluster: { ...scene.cluster, up: () => [here] } }, member);
    visitor.carries = false;
    for (const there of nodes) {
      assert.equal((await viewer(visitor.at(there)))?.stage, 'FULL', `signed in at ${here.name}, at ${there.name}`);
      seen += 1;
    }
  }
  return { usableAtOnce: seen };
}

const STORIES = ['oneCodeForSeveralSessions', 'oneCodeAtEveryNode', 'revocation', 'enablingAtOnce'];

async function tellStories(scene: Scene): Promise<Counts> {
  const told = STORIES.map((name) => stories[name]).filter((story): story is Story => story !== undefined);
  assert.equal(told.length, STORIES.length);
  for (const story of told) await story(scene);
  return { stories: told.length };
}

function tally(outcomes: readonly Outcome[]): Counts {
  return outcomes.map(({ refusal }) => ({ [refusal ?? 'DONE']: 1 })).reduce(added, {});
}

async function typesOf({ field }: Play, userId: string): Promise<Counts> {
  const events = await storedEvents(field.place, `mfa-${userId}`);
  return events.map(({ type }) => ({ [type]: 1 })).reduce(added, {});
}

/** 200 wrong codes over all nodes at once: ten are counted, then it is locked, and nothing more is recorded. */
async function wrongCodes(play: Play): Promise<Counts> {
  const scene = sceneOf(play);
  const someone = await protectedMember(scene);
  const sessions = await sessionsOf(scene, someone, 45);
  const right = new Set(Array.from({ length: 45 }, (_, index) => someone.phone.code(index - 22)));
  const candidates = Array.from({ length: 245 }, (_, index) => String(200_000 + index * 1_777));
  const codes = candidates.filter((code) => !right.has(code)).slice(0, 200);
  const nodes = scene.cluster.up();
  const outcomes = await Promise.all(
    codes.map((code, index) => {
      const session = sessions[index % sessions.length] ?? createVisitor(play.ledger);
      const node = nodes[index % nodes.length] ?? play.field.node;
      return mutate(session.twin().at(node), 'answerMfaChallenge', { code });
    }),
  );
  const types = await typesOf(play, someone.member.userId);
  assert.equal(types.MfaCodeRejected, 10, 'wrong codes that were counted');
  assert.equal(types.MfaLocked, 1, 'locks');
  const { DONE = 0, WRONG_CODE = 0, MFA_LOCKED = 0, CHALLENGE_ENDED = 0, UNAUTHENTICATED = 0 } = tally(outcomes);
  assert.deepEqual([DONE, WRONG_CODE], [0, 9], JSON.stringify(tally(outcomes)));
  assert.equal(WRONG_CODE + MFA_LOCKED + CHALLENGE_ENDED + UNAUTHENTICATED, 200, JSON.stringify(tally(outcomes)));
  return { wrongCodes: 200 };
}

/** 50 sessions give one right code at once, over all nodes: one is let in. */
async function rightCodes(play: Play): Promise<Counts> {
  const scene = sceneOf(play);
  const someone = await protectedMember(scene);
  const sessions = await sessionsOf(scene, someone, 50);
  const code = someone.phone.nextCode();
  const nodes = scene.cluster.up();
  const outcomes = await Promise.all(
    sessions.map((session, index) =>
      mutate(session.at(nodes[index % nodes.length] ?? play.field.node), 'answerMfaChallenge', { code }),
    ),
  );
  assert.deepEqual(tally(outcomes), { DONE: 1, WRONG_CODE: 49 });
  const { MfaCodeAccepted, MfaCodeReplayed, MfaCodeRejected = 0 } = await typesOf(play, someone.member.userId);
  assert.deepEqual([MfaCodeAccepted, MfaCodeReplayed, MfaCodeRejected], [1, 49, 0]);
  return { rightCodes: 50 };
}

/** One user begins several enrollments at every node at once: each is answered, and the last of the log is the one that is pending. */
async function enrollments(play: Play): Promise<Counts> {
  const scene = sceneOf(play);
  const member = await createMember(scene);
  const visitor = await signIn(scene, member);
  const nodes = [...scene.cluster.up(), ...scene.cluster.up()];
  const outcomes = await Promise.all(
    nodes.map((node) => mutate(visitor.twin().at(node), 'startMfaEnrollment', { deviceName: 'Phone' })),
  );
  assert.deepEqual(tally(outcomes), { DONE: nodes.length });
  const ids = new Set(outcomes.map(({ payload }) => String(payload.enrollment.id)));
  assert.equal(ids.size, nodes.length, 'enrollments of their own');
  const events = await storedEvents(play.field.place, `mfa-${member.userId}`);
  assert.deepEqual(new Set(events.map(({ data }) => String(data.deviceId))), ids);
  return { enrollments: nodes.length };
}

async function round(play: Play): Promise<Counts> {
  let counts: Counts = {};
  for (let size = 2; size <= play.field.nodes.length; size += 1) {
    const scene = among(sceneOf(play), size);
    counts = added(counts, await usableAtOnce(scene));
    counts = added(counts, await tellStories(scene));
  }
  for (const race of [wrongCodes, rightCodes, enrollments]) counts = added(counts, await race(play));
  return counts;
}

/** Two nodes on one log, and three if it is done more than once: what one did holds at the others, and what may be done once is. */
export const nodes: Check = async (options) =>
  inField(
    { field: await startField({ size: options.times === 1 ? 2 : 3 }), errand: quiet },
    options,
    async (play, load) => {
      await load.acknowledged(10);
      // The races are of those who race.
      await load.stop();
      let counts: Counts = {};
      for (let time = 1; time <= options.times; time += 1) {
        options.progress(`two nodes, three nodes, ${time} of ${options.times}`);
        counts = added(counts, await round(play));
      }
      return counts;
    },
  );
