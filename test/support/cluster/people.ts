import { millisecondsOf } from '../../../src/domain/instant.js';
import { scan } from '../authenticator.js';
import { viewer } from '../operations.js';
import { fresh, type Account, type Credentials, type SubUser } from '../people.js';
import type { Clock } from '../service.js';
import type { Cluster } from './cluster.js';
import type { Ledger } from './ledger.js';
import type { ClusterNode } from './node.js';
import type { Random } from './random.js';
import { createVisitor, Lost, must, type Visitor } from './visitor.js';

/** A phone that gives each code once. */
export interface Device {
  /** A code that was not given before: of this step or the next. */
  freshCode(): string;
  /** Codes that are wrong, each another one. */
  wrongCodes(count: number): readonly string[];
}

/** Whoever owns an account, with a device and a session that is full. */
export interface Owner {
  readonly account: Account;
  readonly device: Device;
  visitor: Visitor;
}

/** What a story is played with. */
export interface Scene {
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly owner: Owner;
}

/** Where people go who have no owner yet. */
export type Place = Omit<Scene, 'owner'>;

const STEP = 30_000;

function createDevice(uri: string, clock: Clock): Device {
  const phone = scan(uri, clock);
  const stepNow = () => Math.floor(millisecondsOf(clock.now()) / STEP);
  let last = 0;
  return {
    freshCode() {
      const step = Math.max(stepNow(), last + 1);
      if (step > stepNow() + 1) throw new Error('a story asks for more codes than a phone shows within its time');
      last = step;
      return phone.code(step - stepNow());
    },
    wrongCodes(count) {
      const near = new Set(Array.from({ length: 45 }, (_, index) => phone.code(index - 22)));
      const codes = Array.from({ length: count + 45 }, (_, index) => String(100_000 + index * 13_337));
      return codes.filter((code) => !near.has(code)).slice(0, count);
    },
  };
}

/** Any node that is up. */
export function anyNode({ cluster, random }: Pick<Scene, 'cluster' | 'random'>): ClusterNode {
  const nodes = cluster.up();
  if (nodes.length === 0) throw new Lost('no node is up');
  return random.pick(nodes);
}

/** Every node that is up, in any order. */
export function everyNode({ cluster, random }: Pick<Scene, 'cluster' | 'random'>): readonly ClusterNode[] {
  return random.shuffled(cluster.up());
}

/** Somebody who has given the right password at any node, and may still owe a code. */
export async function signIn(place: Place, { account, username, password }: Credentials): Promise<Visitor> {
  const visitor = createVisitor(place.ledger);
  visitor.carries = place.random.chance(0.5);
  await must(visitor, anyNode(place), 'signIn', { account, username, password, transport: 'BEARER' });
  return visitor;
}

/** Sets up a device at one node and enables it at another. */
export async function protect(place: Place, visitor: Visitor): Promise<Device> {
  const { payload } = await must(visitor, anyNode(place), 'startMfaEnrollment', { deviceName: 'Phone' });
  const { id: enrollmentId, otpauthUri } = payload.enrollment;
  const device = createDevice(otpauthUri, place.cluster.clock);
  await must(visitor, anyNode(place), 'enableMfa', { enrollmentId, code: device.freshCode() });
  return device;
}

/** Sets up a device that is still to be enabled. */
export async function prepareDevice(place: Place, visitor: Visitor) {
  const { payload } = await must(visitor, anyNode(place), 'startMfaEnrollment', {});
  const { id, otpauthUri } = payload.enrollment;
  return { enrollmentId: id as string, device: createDevice(otpauthUri, place.cluster.clock) };
}

/** Registers an account whose owner has a device. */
export async function createOwner(place: Place): Promise<Owner> {
  const [alias, username, password] = [fresh('acme'), `${fresh('ada')}@example.com`, fresh('correct horse')];
  const input = { alias, email: username, password };
  const { payload } = await must(createVisitor(place.ledger), anyNode(place), 'registerAccount', input);
  const account = { account: null, alias, username, password, accountId: payload.account.id };
  const visitor = await signIn(place, account);
  return { account, visitor, device: await protect(place, visitor) };
}

/** Sees to it that the owner has a session that is full. */
export async function welcomeBack(scene: Scene): Promise<void> {
  const { owner } = scene;
  owner.visitor.carries = scene.random.chance(0.5);
  if ((await viewer(owner.visitor.at(anyNode(scene))))?.stage === 'FULL') return;
  const visitor = await signIn(scene, owner.account);
  await must(visitor, anyNode(scene), 'answerMfaChallenge', { code: owner.device.freshCode() });
  owner.visitor = visitor;
}

/** A new sub-user of the owner. */
export async function createMember(scene: Scene): Promise<SubUser> {
  const { account, visitor } = scene.owner;
  const [username, password] = [fresh('sam'), fresh('battery staple')];
  const { payload } = await must(visitor, anyNode(scene), 'createSubUser', { username, password, role: 'MEMBER' });
  return { account: account.alias, username, password, userId: payload.user.id };
}

/** A new sub-user with a device, and the session in which it was enabled. */
export async function createProtectedMember(scene: Scene) {
  const member = await createMember(scene);
  const visitor = await signIn(scene, member);
  return { member, visitor, device: await protect(scene, visitor) };
}
