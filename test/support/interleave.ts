import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Application } from '../../src/application/application.js';

/** One step of one of several commands that run at once: a call of a port. */
export interface Step {
  readonly lane: string;
  /** The method, and the stream or the kind of secret: `append mfa`. */
  readonly call: string;
}

type Commands = Readonly<Record<string, (app: Application) => Promise<unknown>>>;

/** What came of several commands that ran at once. */
export interface Interleaved<C extends Commands> {
  readonly results: { readonly [K in keyof C]: Awaited<ReturnType<C[K]>> };
  readonly steps: readonly Step[];
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of several, by chance. */
export function oneOf<T>(random: () => number, ...choices: readonly [T, ...T[]]): T {
  return choices[Math.floor(random() * choices.length)] ?? choices[0];
}

type Turn = <T>(call: string, work: () => Promise<T>) => Promise<T>;

function nameOf(target: unknown): string {
  if (typeof target === 'string') return target.slice(0, target.indexOf('-'));
  return typeof target === 'object' && target !== null && 'kind' in target ? String(target.kind) : '';
}

/** A port whose every call waits for its turn. */
function inTurn<T extends object>(port: T, turn: Turn): T {
  return new Proxy(port, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) =>
        turn(`${String(name)} ${nameOf(args[0])}`.trim(), () => Promise.resolve(Reflect.apply(method, target, args)));
    },
  });
}

interface Waiting {
  readonly call: string;
  /** Makes the call; settles with it, whatever comes of it. */
  readonly go: () => Promise<void>;
}

interface Lane {
  readonly name: string;
  readonly waiting: Waiting[];
  /** How readily it is chosen: some commands hurry past others that hardly move. */
  readonly weight: number;
  finished: boolean;
}

function turnIn(lane: Lane): Turn {
  return (call, work) =>
    new Promise((resolve, reject) => {
      lane.waiting.push({ call, go: () => work().then(resolve, reject) });
    });
}

function chooseLane(random: () => number, lanes: readonly Lane[]): Lane | undefined {
  let point = random() * lanes.reduce((sum, { weight }) => sum + weight, 0);
  return lanes.find(({ weight }) => (point -= weight) < 0) ?? lanes.at(-1);
}

/** Until every command waits for its turn or is over; between two calls of ports they only compute. */
async function settled(lanes: readonly Lane[]): Promise<void> {
  for (let turns = 0; turns < 1_000; turns += 1) {
    await nextTurn();
    if (lanes.every(({ finished, waiting }) => finished || waiting.length > 0)) return;
  }
  throw new Error('a command waits for something that is no port');
}

async function runSteps(random: () => number, lanes: readonly Lane[]): Promise<readonly Step[]> {
  const steps: Step[] = [];
  for (;;) {
    await settled(lanes);
    const lane = chooseLane(
      random,
      lanes.filter(({ waiting }) => waiting.length > 0),
    );
    if (lane === undefined) return steps;
    const [next] = lane.waiting.splice(Math.floor(random() * lane.waiting.length), 1);
    steps.push({ lane: lane.name, call: next?.call ?? '' });
    await next?.go();
  }
}

/**
 * Runs commands at once, of which exactly one takes its next step at every call of a port; whose turn it is comes from the
 * seed alone. A command that throws lets the others come to their end first.
 */
export async function interleave<C extends Commands>(
  app: Application,
  random: () => number,
  commands: C,
): Promise<Interleaved<C>> {
  const running = Object.entries(commands).map(([name, command]) => {
    const lane: Lane = { name, waiting: [], weight: 4 ** Math.floor(random() * 3), finished: false };
    const ports = { log: inTurn(app.log, turnIn(lane)), vault: inTurn(app.vault, turnIn(lane)) };
    const result = command({ ...app, ...ports }).finally(() => (lane.finished = true));
    return { name, lane, result };
  });
  const outcomes = Promise.allSettled(running.map(({ result }) => result));
  const lanes = running.map(({ lane }) => lane);
  const steps = await runSteps(random, lanes);
  const failed = (await outcomes).find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw new Error(`a command threw: ${String(failed.reason)}`, { cause: failed.reason });
  const results = await Promise.all(running.map(async ({ name, result }) => [name, await result] as const));
  return { results: Object.fromEntries(results) as Interleaved<C>['results'], steps };
}
