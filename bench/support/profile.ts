import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROFILES, ROOT } from './paths.js';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly children?: readonly number[];
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Profiles that lie there now. */
export function profilesThere(): readonly string[] {
  mkdirSync(PROFILES, { recursive: true });
  return readdirSync(PROFILES).filter((name) => name.endsWith('.cpuprofile'));
}

function place({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const path = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
  return `${name}  ${path}:${lineNumber + 1}`;
}

interface Spent {
  readonly all: number;
  /** By function: in itself. */
  readonly self: ReadonlyMap<string, number>;
  /** By function: in itself and in all that it calls. */
  readonly total: ReadonlyMap<string, number>;
}

function parentsOf({ nodes }: Profile): ReadonlyMap<number, number> {
  return new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
}

function add(times: Map<string, number>, where: string, time: number): void {
  times.set(where, (times.get(where) ?? 0) + time);
}

function spentIn(profile: Profile): Spent {
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const parents = parentsOf(profile);
  const [self, total] = [new Map<string, number>(), new Map<string, number>()];
  let all = 0;
  for (const [index, sample] of profile.samples.entries()) {
    const time = profile.timeDeltas[index] ?? 0;
    const where = places.get(sample) ?? '';
    if (where === '(idle)') continue;
    all += time;
    add(self, where, time);
    const callers = new Set<string>();
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) callers.add(places.get(id) ?? '');
    for (const caller of callers) add(total, caller, time);
  }
  return { all, self, total };
}

function linesOf(times: ReadonlyMap<string, number>, all: number, count: number): readonly string[] {
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([where, time]) => `${((100 * time) / all).toFixed(1).padStart(5)} %  ${where}`);
}

/** Where a profile's time was spent, waiting left out: in which functions themselves, and under which of ours. */
export function topOf(name: string, count = 20): string {
  const { all, self, total } = spentIn(JSON.parse(readFileSync(join(PROFILES, name), 'utf8')) as Profile);
  const ours = new Map([...total].filter(([where]) => / {2}(?:dist|src)\//.test(where)));
  return [
    `bench/profiles/${name}: ${Math.round(all / 1_000)} ms not idle`,
    'in themselves:',
    ...linesOf(self, all, count),
    'with all that they call:',
    ...linesOf(ours, all, 2 * count),
  ].join('\n');
}
