import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SOURCES } from './program-sources.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PREFIX = '.bundle-test-';

/** @param {string} pid */
function isRunning(pid) {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

/** Takes away what test runs that were killed have left behind. */
function clear() {
  const folders = readdirSync(ROOT).filter((name) => name.startsWith(PREFIX));
  for (const name of folders) {
    if (!isRunning(name.slice(PREFIX.length))) rmSync(join(ROOT, name), { recursive: true, force: true });
  }
}

/** Before the tests: bundles what they run in processes of their own. It takes a second, which two starts save. */
export default function build() {
  clear();
  const folder = join(ROOT, `${PREFIX}${process.pid}`);
  const { main, ...more } = SOURCES;
  const programs = Object.entries(more).map(([name, source]) => `${name}=${source}`);
  // In a process of its own: what esbuild starts for its caller would outlive the tests.
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), folder, ...programs], { stdio: 'inherit' });
  process.env.TEST_PROGRAMS = folder;
}
