/**
 * Writes the files that are generated from the sources. `--check` writes nothing and exits 1 if one of them is stale.
 */
import 'reflect-metadata';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildGraphqlSchema } from '../src/graphql/schema.js';
import { errorsMarkdown } from './docs/errors.js';
import { eventCatalogueMarkdown } from './docs/events.js';

interface GeneratedFile {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly content: () => Promise<string>;
}

const generatedFiles: readonly GeneratedFile[] = [
  {
    path: 'schema.graphql',
    content: async () => printSchema(lexicographicSortSchema(await buildGraphqlSchema())),
  },
  { path: 'docs/events.md', content: async () => eventCatalogueMarkdown() },
  { path: 'docs/errors.md', content: async () => errorsMarkdown() },
];

const root = fileURLToPath(new URL('..', import.meta.url));

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Brings one file up to date unless `checkOnly`; true if it was stale. */
async function refresh(generated: GeneratedFile, checkOnly: boolean): Promise<boolean> {
  const file = join(root, generated.path);
  const wanted = `${(await generated.content()).trimEnd()}\n`;
  if ((await readIfPresent(file)) === wanted) return false;
  if (!checkOnly) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, wanted);
  }
  return true;
}

async function main(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== '--check');
  if (unknown !== undefined) throw new Error(`Unknown argument ${unknown}: only --check is understood.`);

  const checkOnly = args.includes('--check');
  for (const generated of generatedFiles) {
    const stale = await refresh(generated, checkOnly);
    if (stale && checkOnly) {
      console.error(`${generated.path} is stale: run \`npm run generate\` and commit the result.`);
      process.exitCode = 1;
    } else if (stale) {
      console.log(`${generated.path} written`);
    } else {
      console.log(`${generated.path} is up to date`);
    }
  }
}

await main(process.argv.slice(2));
