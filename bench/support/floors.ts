import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PACKAGED_DRIVER } from '../../src/sqlite/driver.js';
import { BENCH, CACHE, ROOT } from './paths.js';
import { startServer, urlIn, type ServerProcess } from './server-process.js';

/** A floor in a process of its own. */
export interface Floor extends ServerProcess {
  readonly url: string;
}

/** Left out of a bundle: native packages, one that starts workers from files of its own, and one that is not installed. */
const EXTERNAL = [PACKAGED_DRIVER, '@node-rs/argon2', 'pino', 'class-validator'];

/** Bundles a floor into one file, which starts as fast as it can; answers where it is. */
export async function bundle(name: string): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(CACHE, `${name}.mjs`);
  await build({
    ...{ entryPoints: [join(BENCH, `floors/${name}.ts`)], outfile, absWorkingDir: ROOT },
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', external: EXTERNAL, logLevel: 'error' },
    ...{ minifyWhitespace: true, minifySyntax: true },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

/** Starts a bundled floor. */
export async function startFloor(path: string): Promise<Floor> {
  const server = await startServer({ args: [path], environment: {} });
  return { ...server, url: urlIn(server.announcement) };
}
