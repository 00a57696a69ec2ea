import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keep } from './keep.js';

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The folder of the bench. */
export const BENCH = join(ROOT, 'bench');
/** Where data sets are kept between runs. */
export const CACHE = join(BENCH, '.cache');
/** Where CPU profiles are left. */
export const PROFILES = join(BENCH, 'profiles');

/** Where the next CPU profile of something goes. */
export function profilePath(name: string): string {
  mkdirSync(PROFILES, { recursive: true });
  return join(PROFILES, `${name}-${Date.now()}.cpuprofile`);
}

/** A folder for the files of one round, on the disk of the project: durability costs what it costs there. */
export function workFolder(): { readonly path: string; readonly remove: () => void } {
  mkdirSync(CACHE, { recursive: true });
  const path = mkdtempSync(join(CACHE, 'work-'));
  const removed = keep(`folder ${path}`);
  const remove = () => {
    rmSync(path, { recursive: true, force: true });
    removed();
  };
  return { path, remove };
}
