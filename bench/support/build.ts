import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../framework/row.js';
import { ROOT } from './paths.js';

const BUILT = join(ROOT, 'dist/main.js');

function isNewer(path: string, than: number): boolean {
  return statSync(path).mtimeMs > than;
}

function isUpToDate(): boolean {
  if (!existsSync(BUILT)) return false;
  const { mtimeMs } = statSync(BUILT);
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const paths = [...sources.map((path) => join('src', path)), 'tsconfig.json', 'scripts/bundle.mjs', 'package.json'];
  return !paths.some((path) => isNewer(join(ROOT, path), mtimeMs));
}

/** Builds the service as users do, where a source is newer than what is there. */
export function buildService({ progress }: Pick<Settings, 'progress'>): void {
  if (isUpToDate()) return;
  progress('building the service');
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}
