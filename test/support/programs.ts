import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCES } from './program-sources.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A program that tests run in processes of its own. */
export type Program = keyof typeof SOURCES;

/**
 * What Node is told so that it runs a program: from the bundle that was made for these tests, which starts several times
 * faster; from its sources where none was made.
 */
export function programOf(program: Program): readonly [string, ...string[]] {
  const folder = process.env.TEST_PROGRAMS;
  return folder === undefined ? ['--import', 'tsx', join(ROOT, SOURCES[program])] : [join(folder, `${program}.js`)];
}
