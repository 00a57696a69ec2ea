import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROFILES, ROOT } from './paths.js';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
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

/** Where a profile's time was spent: the functions that took most of it themselves, waiting left out. */
export function topOf(name: string, count = 25): string {
  const profile = JSON.parse(readFileSync(join(PROFILES, name), 'utf8')) as Profile;
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const spent = new Map<string, number>();
  profile.samples.forEach((id, index) => {
    const where = places.get(id) ?? '';
    if (where !== '(idle)') spent.set(where, (spent.get(where) ?? 0) + (profile.timeDeltas[index] ?? 0));
  });
  const all = [...spent.values()].reduce((sum, time) => sum + time, 0);
  const lines = [...spent]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([where, time]) => `${((100 * time) / all).toFixed(1).padStart(5)} %  ${where}`);
  return [`bench/profiles/${name}: ${Math.round(all / 1_000)} ms not idle`, ...lines].join('\n');
}
