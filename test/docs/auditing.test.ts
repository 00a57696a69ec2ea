import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startProcess, temporaryFolder } from '../support/process.js';
import { programOf } from '../support/programs.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/auditing.md'), 'utf8');
const run = promisify(execFile);

/** The commands of the page by the number of their heading; 0 before the first. */
const blocks = page.split(/^## /m).flatMap((section) => {
  const heading = Number.parseInt(section, 10) || 0;
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, commands = '']) => ({ heading, commands }));
});

const MARK = '\u0001';

/** `npx` and `curl` as they are on a machine that has the package and curl: here they are the bundle and a stand-in. */
function shellOf(url: string): string {
  const program = programOf('main').map((word) => `'${word}'`);
  return `set -euo pipefail
    npx() { shift; node ${program.join(' ')} "$@"; }
    curl() { node '${join(ROOT, 'test/docs/curl.mjs')}' "$@"; }
    export -f npx curl
    ${blocks.map(({ commands }) => commands.replace('http://localhost:4000', url)).join(`\nprintf '${MARK}'\n`)}`;
}

/** What each block of the page prints, run one after the other in one shell. */
async function runPage(): Promise<readonly { readonly heading: number; readonly printed: string }[]> {
  const folder = temporaryFolder();
  const environment = { DATA_DIR: folder.path, LOG_LEVEL: 'warn' };
  const service = startProcess(environment);
  try {
    const url = (await service.url).replace(/\/graphql$/, '');
    const env = { PATH: process.env.PATH, NODE_ENV: 'test', ...environment };
    const { stdout } = await run('bash', ['--norc', '-c', shellOf(url)], { cwd: ROOT, env, maxBuffer: 2 ** 24 });
    return stdout.split(MARK).map((printed, index) => ({ heading: blocks[index]?.heading ?? -1, printed }));
  } finally {
    service.child.kill('SIGTERM');
    await service.exit;
    folder.remove();
  }
}

describe('The page on auditing', () => {
  it('runs as it is written, from registering to verifying an export offline', async () => {
    const printed = await runPage();
    const textOf = (heading: number) => printed.filter((one) => one.heading === heading).map((one) => one.printed);
    expect(printed.map(({ heading }) => heading)).toEqual(blocks.map(({ heading }) => heading));
    for (const { printed: text } of printed.slice(2)) expect(text).not.toMatch(/"errors":|"userErrors":\[\{/);

    const [refusals = '', chinese = '', back = ''] = textOf(2);
    expect(JSON.parse(refusals)).toMatchObject({ data: { auditEvents: { nodes: [{ type: 'PasswordRejected' }] } } });
    expect(chinese).toMatch(/\p{Script=Han}/u);
    expect(JSON.parse(back)).toMatchObject({
      data: {
        exposures: { nodes: [{ user: { name: 'sam' }, cause: 'CREATED', ending: null }] },
        mfaCoverage: { users: 3, enabled: 0, required: 1, overdue: 1 },
        mfaStateAt: { existence: 'ACTIVE', required: true, enabled: false },
      },
    });
    expect(textOf(3)[0]).toMatch(/^\S+\+[0-9a-f]{8}\+\S+\n.*\n— /s);

    const [header = '', sound = '', tampered = '', second = ''] = textOf(5);
    expect(header).toMatch(/^\{"account":/);
    expect(sound).toMatch(/^SOUND: the first 8 records/);
    expect(tampered).toMatch(/HASH_MISMATCH.*exit code 1\n$/s);
    expect(second).toBe('sound\n');

    expect(textOf(6)[1]).toBe('it stands in the trail\n');
    expect(textOf(7)[1]).toMatch(/"class_uid":.*\nseq,/s);
    const [, used = ''] = textOf(7)[1]?.split(/(?=\{"data")/) ?? [];
    expect(JSON.parse(used)).toMatchObject({ data: { auditTokens: { nodes: [{ name: 'SIEM', revokedAt: null }] } } });
    expect(used).toMatch(/"lastUsedAt":"/);

    const [forgotten = ''] = textOf(8);
    expect(forgotten).toMatch(/^SOUND: the first 8 records/);
    expect(forgotten).toMatch(/trail\.ndjson:[1-9]\d*\n\S*after\.ndjson:0\n$/);
    expect(textOf(9)[0]).toMatch(/^SOUND: the first 8 records/);
  }, 120_000);
});
