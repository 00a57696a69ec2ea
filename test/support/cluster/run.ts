import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from './cluster.js';
import { createLedger, type Ledger } from './ledger.js';
import { createMember, createOwner, signIn, welcomeBack, type Owner, type Scene } from './people.js';
import { randomOf, type Random } from './random.js';
import { stories } from './stories.js';
import { judgeLog, reactionsDone, type Disturbance, type LogVerdict } from './verdict.js';
import { agreedViews } from './views.js';
import { Lost } from './visitor.js';

/** How long a run is. */
export interface RunOptions {
  readonly seed: number;
  /** In each round every account has a story; two rounds in five are disturbed. */
  readonly rounds: number;
  readonly accounts?: number;
  /** Told what is going on. */
  readonly progress?: (line: string) => void;
}

/** What a run came to; it has passed if there is one. */
export interface RunReport extends LogVerdict {
  readonly seed: number;
  readonly log: 'sqlite' | 'eventstoredb';
  readonly rounds: number;
  readonly storiesTold: number;
  /** Stories that ended early, since an answer got lost where a process was disturbed. */
  readonly storiesBroken: number;
  readonly requests: number;
  readonly lost: number;
  readonly repeated: number;
  readonly nodesKilled: number;
  readonly logKilled: number;
  readonly logFrozen: number;
  readonly seconds: number;
}

/** Between two rounds: enough for new codes, and for what a killed node had claimed to be free. */
const BETWEEN_ROUNDS = 120_000;

interface Run {
  readonly cluster: Cluster;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly owners: readonly Owner[];
  readonly disturbances: Disturbance[];
  readonly counts: {
    storiesTold: number;
    storiesBroken: number;
    nodesKilled: number;
    logKilled: number;
    logFrozen: number;
  };
}

type DisturbanceKind = 'nodesKilled' | 'logKilled' | 'logFrozen';

async function disturb({ cluster, random, counts }: Run, kind: DisturbanceKind): Promise<void> {
  const { log } = cluster;
  await sleep(random.below(1_000));
  counts[kind] += 1;
  if (kind === 'nodesKilled' || log === null) {
    const node = random.pick(cluster.nodes);
    await node.kill();
    await node.start();
  } else if (kind === 'logKilled') {
    await log.kill();
    await sleep(random.below(500));
    await log.restart();
  } else {
    log.freeze();
    await sleep(random.below(3_000));
    log.thaw();
  }
}

/** Has every owner's story happen at once; a story may end early only where something was disturbed. */
async function tell(run: Run, names: readonly string[], disturbed: boolean): Promise<void> {
  const told = run.owners.map(async (owner, index) => {
    const { cluster, ledger } = run;
    const scene: Scene = { cluster, ledger, owner, random: run.random.fork() };
    const name = names[index] ?? '';
    try {
      await welcomeBack(scene);
      await stories[name]?.(scene);
      run.counts.storiesTold += 1;
    } catch (error) {
      if (disturbed && isExcusable(error)) run.counts.storiesBroken += 1;
      else throw new Error(`the story ${name} went wrong: ${messageOf(error)}`, { cause: error });
    }
  });
  await allOf(told);
}

/** Waits for all of them, whatever becomes of each; fails as the first that failed. */
async function allOf(tasks: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

function isExcusable(error: unknown): boolean {
  return error instanceof Lost;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Creates sub-users and signs them in, one after the other, as long as something lasts; what is lost is lost. */
async function chatter(run: Run, owner: Owner, lasts: () => boolean): Promise<void> {
  const scene: Scene = { ...run, owner: { ...owner, visitor: owner.visitor.twin() }, random: run.random.fork() };
  while (lasts()) {
    try {
      await signIn(scene, await createMember(scene));
    } catch (error) {
      if (!isExcusable(error)) throw error;
      await sleep(100);
    }
  }
}

/** Disturbs something while there is much to do. */
async function disturbAmidst(run: Run, kind: DisturbanceKind): Promise<void> {
  let lasts = true;
  const disturbance = disturb(run, kind).finally(() => (lasts = false));
  await allOf([disturbance, ...run.owners.map((owner) => chatter(run, owner, () => lasts))]);
}

async function playRound(run: Run, names: readonly string[], kind: DisturbanceKind | null): Promise<void> {
  const { cluster } = run;
  const from = cluster.clock.now();
  await allOf([tell(run, names, kind !== null), ...(kind === null ? [] : [disturbAmidst(run, kind)])]);
  assert.deepEqual(cluster.faults(), [], 'nodes that ended by themselves');
  // Where nothing was disturbed, reactions are done before the clock moves on and their leases with it.
  if (kind === null) await reactionsDone(cluster.place);
  cluster.clock.advance(BETWEEN_ROUNDS);
  await reactionsDone(cluster.place);
  if (kind !== null) run.disturbances.push({ from, to: cluster.clock.now() });
}

/** Names of stories for each round and account: all of them, over and over, each time in another order. */
function programme(random: Random, rounds: number, accounts: number): readonly (readonly string[])[] {
  const left = Array.from({ length: accounts }, (): string[] => []);
  return Array.from({ length: rounds }, () =>
    left.map((names) => {
      if (names.length === 0) names.push(...random.shuffled(Object.keys(stories)));
      return names.pop() ?? '';
    }),
  );
}

function kindFor({ random, cluster }: Run): DisturbanceKind | null {
  if (random.chance(0.6)) return null;
  return cluster.log === null ? 'nodesKilled' : random.pick(['nodesKilled', 'logKilled', 'logFrozen'] as const);
}

async function play(run: Run, { rounds, progress = () => undefined }: RunOptions): Promise<LogVerdict> {
  const { cluster, owners, random } = run;
  let round = 0;
  for (const names of programme(random, rounds, owners.length)) {
    const kind = round === 1 ? 'nodesKilled' : kindFor(run);
    progress(`round ${(round += 1)} of ${rounds}: ${names.join(', ')}${kind === null ? '' : ` (${kind})`}`);
    await playRound(run, names, kind);
  }
  for (const owner of owners) await welcomeBack({ ...run, owner });
  progress('the nodes are compared, with each other and after a rebuild');
  const before = await agreedViews(cluster, owners);
  await cluster.rebuild();
  assert.deepEqual(await agreedViews(cluster, owners), before, 'read models that were rebuilt show something else');
  const verdict = await judgeLog(cluster.place, run);
  await Promise.all(cluster.nodes.map((node) => node.stop()));
  assert.deepEqual(cluster.faults(), [], 'nodes that did not end as they should');
  return verdict;
}

/** Runs a cluster of three nodes through so many rounds; fails with what went wrong and never shows a secret. */
export async function runCluster(options: RunOptions): Promise<RunReport> {
  const { seed, rounds, accounts = 2 } = options;
  const began = performance.now();
  const cluster = await startCluster();
  try {
    const [ledger, random] = [createLedger(), randomOf(seed)];
    const place = { cluster, ledger, random };
    const owners = await Promise.all(Array.from({ length: accounts }, () => createOwner(place)));
    const counts = { storiesTold: 0, storiesBroken: 0, nodesKilled: 0, logKilled: 0, logFrozen: 0 };
    const verdict = await play({ ...place, owners, counts, disturbances: [] }, options);
    return {
      ...{ seed, rounds, ...counts, ...verdict },
      log: cluster.log === null ? 'sqlite' : 'eventstoredb',
      ...{ requests: ledger.requests(), lost: ledger.lost(), repeated: ledger.repeated() },
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    await cluster.dispose();
  }
}
