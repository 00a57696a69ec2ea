import { strict as assert } from 'node:assert';
import { eventually } from '../eventually.js';
import { ask, mutate, viewer, type Outcome } from '../operations.js';
import { fresh } from '../people.js';
import { storedEvents, type StoredRow } from '../stored.js';
import type { ClusterNode } from './node.js';
import {
  anyNode,
  createMember,
  createProtectedMember,
  everyNode,
  prepareDevice,
  protect,
  signIn,
  type Scene,
} from './people.js';
import { createVisitor, keepToken, must, type Visitor } from './visitor.js';

/** Something that happens to a fresh sub-user, over all nodes, and is checked where it happens. */
export type Story = (scene: Scene) => Promise<void>;

/** Does things at once; fails as the first that fails, once all are over. */
async function together<T>(tasks: readonly Promise<T>[]): Promise<readonly T[]> {
  const results = await Promise.allSettled(tasks);
  return results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** Sends a mutation to every node at once, by somebody for each node, and counts those that were done: never more than one. */
async function onceAtMost(
  send: (node: ClusterNode, index: number) => Promise<Outcome>,
  nodes: readonly ClusterNode[],
): Promise<readonly Outcome[]> {
  let done = 0;
  const outcomes = together(
    nodes.map(async (node, index) => {
      const outcome = await send(node, index);
      if (outcome.refusal === null) done += 1;
      return outcome;
    }),
  );
  await outcomes.catch(() => undefined);
  assert.ok(done <= 1, `what may be done once was done ${done} times`);
  return outcomes;
}

function refusalsOf(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.map(({ refusal }) => refusal ?? 'DONE').sort();
}

/** Waits until something holds at every node that is up. */
async function everywhere(scene: Scene, holds: (node: ClusterNode) => Promise<void>): Promise<void> {
  await eventually(async () => {
    for (const node of everyNode(scene)) await holds(node);
  });
}

async function expectStage(scene: Scene, visitor: Visitor, stage: string | null): Promise<void> {
  await everywhere(scene, async (node) => {
    assert.equal((await viewer(visitor.at(node)))?.stage ?? null, stage);
  });
}

async function mfaOf(visitor: Visitor, node: ClusterNode, userId: string) {
  const query = 'query ($id: ID!) { user(id: $id) { mfa { enabled required requiredFrom locked } } }';
  return (await ask(visitor.at(node), query, { id: userId })).user.mfa;
}

function storedOf({ cluster }: Scene, userId: string, type: string): Promise<readonly StoredRow[]> {
  return storedEvents(cluster.place, `mfa-${userId}`).then((rows) => rows.filter((row) => row.type === type));
}

/** One code for several sessions, each at another node. */
async function oneCodeForSeveralSessions(scene: Scene): Promise<void> {
  const { member, device } = await createProtectedMember(scene);
  const nodes = everyNode(scene);
  const visitors = await together(nodes.map(() => signIn(scene, member)));
  const code = device.freshCode();
  const outcomes = await onceAtMost(
    (node, index) => mutate((visitors[index] ?? createVisitor(scene.ledger)).at(node), 'answerMfaChallenge', { code }),
    nodes,
  );
  assert.deepEqual(refusalsOf(outcomes), ['DONE', ...nodes.slice(1).map(() => 'WRONG_CODE')]);
  assert.equal((await storedOf(scene, member.userId, 'MfaCodeAccepted')).length, 1);
}

/** One code of one session, sent to every node. */
async function oneCodeAtEveryNode(scene: Scene): Promise<void> {
  const { member, device } = await createProtectedMember(scene);
  const visitor = await signIn(scene, member);
  const code = device.freshCode();
  const nodes = everyNode(scene);
  const outcomes = await onceAtMost((node) => mutate(visitor.twin().at(node), 'answerMfaChallenge', { code }), nodes);
  const accepted = outcomes.find(({ refusal }) => refusal === null);
  assert.ok(accepted, 'the right code was accepted nowhere');
  keepToken(visitor, accepted);
  await expectStage(scene, visitor, 'FULL');
}

/** Two tries for more wrong codes than their budgets, over all nodes: the count is exact, then they are locked, and unlocked. */
async function wrongCodes(scene: Scene): Promise<void> {
  const { member, device } = await createProtectedMember(scene);
  for (let tried = 1; tried <= 2; tried += 1) {
    const visitor = await signIn(scene, member);
    const codes = device.wrongCodes(8);
    const outcomes = await together(
      codes.map((code) => mutate(visitor.twin().at(anyNode(scene)), 'answerMfaChallenge', { code })),
    );
    assert.ok(!refusalsOf(outcomes).includes('DONE'), 'a wrong code was accepted');
    const failures = (await storedOf(scene, member.userId, 'MfaCodeRejected')).map(
      ({ data }) => data.consecutiveFailures as number,
    );
    assert.deepEqual(
      failures,
      Array.from({ length: 5 * tried }, (_, index) => index + 1),
    );
  }
  assert.equal((await storedOf(scene, member.userId, 'MfaLocked')).length, 1);
  const visitor = await signIn(scene, member);
  const code = device.freshCode();
  for (const node of everyNode(scene)) {
    assert.equal((await mutate(visitor.at(node), 'answerMfaChallenge', { code })).refusal, 'MFA_LOCKED');
  }
  const { owner } = scene;
  await must(owner.visitor, anyNode(scene), 'unlockUser', { userId: member.userId });
  await everywhere(scene, async (node) => {
    assert.equal((await mfaOf(owner.visitor, node, member.userId)).locked, false);
  });
  await must(visitor, anyNode(scene), 'answerMfaChallenge', { code });
  await expectStage(scene, visitor, 'FULL');
}

/** A device is required at once: open sessions are held to it at every node. */
async function requirement(scene: Scene): Promise<void> {
  const { owner } = scene;
  const member = await createMember(scene);
  const visitors = await together([signIn(scene, member), signIn(scene, member)]);
  const input = { userId: member.userId, effective: 'IMMEDIATELY' };
  await must(owner.visitor, anyNode(scene), 'requireSubUserMfa', input);
  for (const visitor of visitors) await expectStage(scene, visitor, 'MFA_ENROLLMENT');
  await everywhere(scene, async (node) => {
    assert.equal((await mfaOf(owner.visitor, node, member.userId)).requiredFrom, 'IMMEDIATELY');
  });
  const [visitor = createVisitor(scene.ledger)] = visitors;
  await protect(scene, visitor);
  await expectStage(scene, visitor, 'FULL');
}

/** One of two sessions is revoked: it is over at every node, the other goes on. */
async function revocation(scene: Scene): Promise<void> {
  const member = await createMember(scene);
  const [revoked, other] = [await signIn(scene, member), await signIn(scene, member)];
  const sessionId = (await viewer(revoked.at(anyNode(scene)))).session.id;
  await must(scene.owner.visitor, anyNode(scene), 'revokeSession', { sessionId });
  await expectStage(scene, revoked, null);
  await expectStage(scene, other, 'FULL');
}

/** The owner disables a sub-user's device, each step at any node: its sessions are over, its codes are asked for no more. */
async function disabling(scene: Scene): Promise<void> {
  const { owner } = scene;
  const { member, visitor } = await createProtectedMember(scene);
  const { userId } = member;
  const asked = await mutate(owner.visitor.at(anyNode(scene)), 'disableMfa', { userId });
  assert.equal(asked.refusal, 'VERIFICATION_REQUIRED');
  const challengeId = asked.userError.challenge.id as string;
  const answer = { challengeId, code: owner.device.freshCode() };
  await must(owner.visitor, anyNode(scene), 'verifyOperation', answer);
  await must(owner.visitor, anyNode(scene), 'disableMfa', { userId, challengeId });
  await expectStage(scene, visitor, null);
  await expectStage(scene, await signIn(scene, member), 'FULL');
  await everywhere(scene, async (node) => {
    assert.equal((await mfaOf(owner.visitor, node, userId)).enabled, false);
  });
}

/** A sub-user is created at one node and goes on at others; who has its position sees it at once, anybody else soon. */
async function goingOn(scene: Scene): Promise<void> {
  const member = await createMember(scene);
  const { visitor } = scene.owner;
  const expectListed = async (by: Visitor, node: ClusterNode): Promise<void> => {
    const { users } = await ask(by.at(node), '{ users(last: 100) { nodes { id } } }');
    assert.ok(
      users.nodes.some(({ id }: { id: string }) => id === member.userId),
      `not known to ${node.name} yet`,
    );
  };
  if (visitor.carries && visitor.position !== null) await expectListed(visitor, anyNode(scene));
  const forgetful = visitor.twin();
  forgetful.carries = false;
  await everywhere(scene, (node) => expectListed(forgetful, node));
  await expectStage(scene, await signIn(scene, member), 'FULL');
}

/** The first code of a device is sent to every node at once. */
async function enablingAtOnce(scene: Scene): Promise<void> {
  const member = await createMember(scene);
  const visitor = await signIn(scene, member);
  const { enrollmentId, device } = await prepareDevice(scene, visitor);
  const input = { enrollmentId, code: device.freshCode() };
  const nodes = everyNode(scene);
  const outcomes = await onceAtMost((node) => mutate(visitor.twin().at(node), 'enableMfa', input), nodes);
  const enabled = outcomes.find(({ refusal }) => refusal === null);
  assert.ok(enabled, 'the first code was accepted nowhere');
  keepToken(visitor, enabled);
  await expectStage(scene, visitor, 'FULL');
  assert.equal((await storedOf(scene, member.userId, 'MfaEnabled')).length, 1);
}

/** One user name is asked for at every node at once. */
async function oneNameAtEveryNode(scene: Scene): Promise<void> {
  const { visitor } = scene.owner;
  const input = { username: fresh('sam'), password: fresh('battery staple'), role: 'MEMBER' };
  const nodes = everyNode(scene);
  const outcomes = await onceAtMost((node) => mutate(visitor.twin().at(node), 'createSubUser', input), nodes);
  const [done, ...others] = refusalsOf(outcomes);
  assert.equal(done, 'DONE');
  for (const other of others) assert.match(other, /^(USERNAME_TAKEN|REGISTRATION_ABANDONED)$/);
}

/** Every story, by its name. */
export const stories: Readonly<Record<string, Story>> = {
  oneCodeForSeveralSessions,
  oneCodeAtEveryNode,
  wrongCodes,
  requirement,
  revocation,
  disabling,
  goingOn,
  enablingAtOnce,
  oneNameAtEveryNode,
};
