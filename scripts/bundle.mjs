import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Left out: native packages, what compiles schemas of routes, of which there are none, and what is not installed. */
const EXTERNAL = [
  ...['@photostructure/sqlite', '@node-rs/argon2', 'class-validator'],
  ...['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'],
];
/** Loaded only where it is used, from where it is installed: in a bundle these would lose the names that they export. */
const LAZY = ['@eventstore/db-client', '@zxcvbn-ts/language-common'];

/** Packages that are CommonJS call `require` for what Node has. */
const BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** What is shipped, by the name of its file: `main.js` imports `program.js`, unless the Node is refused. */
const SERVICE = { main: 'src/entry.ts', program: 'src/main.ts' };

/**
 * Bundles the service: `main.js`, and beside it what is loaded only when it is needed. One file is read and compiled several
 * times faster than a thousand.
 * @param {string} outdir emptied first; a folder of the project, whose package.json is read from there
 * @param {Readonly<Record<string, string>>} more programs to be bundled with it, by name
 */
export async function bundle(outdir, more = {}) {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...{ absWorkingDir: ROOT, entryPoints: { ...SERVICE, ...more }, outdir, chunkNames: 'chunks/[name]-[hash]' },
    ...{
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      external: [...EXTERNAL, ...LAZY],
    },
    // Names stay, for whoever reads a stack; what is compiled anew at each start gets a third shorter.
    ...{ minifyWhitespace: true, minifySyntax: true },
    ...{ sourcemap: true, sourcesContent: false, logLevel: 'warning', banner: { js: BANNER } },
  });
}
