import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
  type GraphQLSchema,
} from 'graphql';
import { createClient } from '../support/client.js';
import { register, signIn } from '../support/people.js';
import { startProcess, temporaryFolder } from '../support/process.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

let built: string;

beforeAll(() => {
  built = mkdtempSync(join(ROOT, '.bundle-'));
  // In a process of its own: what esbuild starts for its caller would outlive this test.
  execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs'), built]);
});

afterAll(() => rmSync(built, { recursive: true, force: true }));

function sorted(schema: GraphQLSchema): string {
  return printSchema(lexicographicSortSchema(schema));
}

function run(...args: readonly string[]) {
  return spawnSync(process.execPath, [join(built, 'main.js'), ...args], { encoding: 'utf8' });
}

describe('The service in its bundle', () => {
  it('serves the schema that is written down, signs people in, and stops when it is asked to', async () => {
    const folder = temporaryFolder();
    const service = startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn' }, ['serve'], [join(built, 'main.js')]);
    const url = await service.url;
    const { body } = await createClient(url).send(getIntrospectionQuery());
    const served = buildClientSchema(body.data);
    const written = buildSchema(readFileSync(join(ROOT, 'schema.graphql'), 'utf8'));
    expect(sorted(served)).toBe(sorted(written));
    const place = { client: () => createClient(url) };
    // Whoever could not sign in fails here.
    await signIn(place, await register(place));
    service.child.kill('SIGTERM');
    expect(await service.exit).toStrictEqual({ code: 0, signal: null });
    folder.remove();
  });

  it('says the version that package.json does', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(run('--version').stdout).toBe(`${version}\n`);
  });

  it('generates a key ring', () => {
    expect(JSON.parse(run('keys', 'generate').stdout)).toHaveProperty('active');
  });

  it('loads what belongs to the demo, and to the other event store, only where it is used', () => {
    const read = (name: string) => readFileSync(join(built, name), 'utf8');
    const chunks = readdirSync(join(built, 'chunks')).filter((name) => name.endsWith('.js'));
    const withDemo = chunks.filter((name) => name.startsWith('demo-'));
    expect(withDemo).toHaveLength(1);
    const all = ['main.js', ...chunks.map((name) => `chunks/${name}`)].map(read);
    expect(all.filter((text) => /^import .*@eventstore\/db-client/m.test(text))).toEqual([]);
    expect(all.filter((text) => text.includes('import("@eventstore/db-client")'))).toHaveLength(1);
  });
});
