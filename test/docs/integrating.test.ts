import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { canonicalJson } from '../../src/canonical/canonical-json.js';
import { buildGraphqlSchema } from '../../src/graphql/schema.js';
import { createClient, type Client, type Loose } from '../support/client.js';
import { ask, succeed } from '../support/operations.js';
import { primary, signIn, verified, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLE = join(ROOT, 'examples/delete-instance/server.mjs');
const page = readFileSync(join(ROOT, 'docs/integrating.md'), 'utf8');

function blocksOf(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);
}

/** The first cells of the table whose first heading is this. */
function cellsUnder(heading: string): string[][] {
  const [, rows = ''] = new RegExp(`^\\| ${heading} .*\\n\\|[ |-]+\\n((?:\\|.*\\n)+)`, 'm').exec(page) ?? [];
  return rows
    .trim()
    .split('\n')
    .map((row) => row.split('|').map((cell) => cell.trim().replaceAll('`', '')));
}

let service: TestService;
let account: Account;
/** The user's browser, which reaches Virtual MFA through the example. */
let browser: Client;
let credential: string;
let example: { readonly url: string; stop(): Promise<void> };

/** Runs the example as its page says, in a process of its own. */
async function startExample(environment: Readonly<Record<string, string>>): Promise<typeof example> {
  const env = { PATH: process.env.PATH, PORT: '0', ...environment };
  const child = spawn(process.execPath, [EXAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const port = /port: (\d+)/.exec(said.toString())?.[1];
  const ended = once(child, 'close');
  return {
    url: `http://localhost:${port ?? ''}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

beforeAll(async () => {
  // The example has the clock of its machine.
  const clock = { now: () => new Date().toISOString(), advance: () => undefined };
  service = await startService({}, { clock });
  const owner = await primary(service);
  ({ account } = owner);
  ({ credential } = await verified(
    owner.client,
    'createServiceCredential',
    { name: 'Virtual machines', service: 'vm' },
    account,
  ));
  const { origin } = new URL(service.url);
  example = await startExample({ MFA_URL: origin, SERVICE_CREDENTIAL: credential });
  browser = await signIn({ client: () => createClient(`${example.url}/graphql`) }, account);
});

afterAll(async () => {
  await example.stop();
  await service.dispose();
});

/** What the page does when its button is pressed, up to the grant. */
async function grantFor(instance: string, changed: Loose = {}): Promise<string> {
  const wanted = (await (await fetch(`${example.url}/instances/${instance}`)).json()) as Loose;
  const { challenge } = await succeed(browser, 'requestOperationVerification', { ...wanted, ...changed });
  const { password } = account;
  return (await succeed(browser, 'verifyOperation', { challengeId: challenge.id, password })).grant;
}

async function remove(instance: string, grant: string): Promise<[status: number, text: string]> {
  const answer = await fetch(`${example.url}/instances/${instance}`, { method: 'DELETE', body: grant });
  return [answer.status, await answer.text()];
}

describe('The example service', () => {
  it('has a page with a button', async () => {
    const text = await (await fetch(example.url)).text();
    expect(text).toContain('Delete instance</button>');
  });

  it('deletes nothing by a grant that is forged, or for something else', async () => {
    const grant = await grantFor('i-124');
    const [head = '', body = '', signature = ''] = grant.split('.');
    const forged = Buffer.from(JSON.stringify({ ...decodeJwt(grant), resource: 'i-123' })).toString('base64url');
    const attempts = [
      [grant, /another resource/],
      ['', /Invalid Compact JWS/],
      [`${head}.${forged}.${signature}`, /signature verification failed/],
      [`${head}.${body}.`, /signature verification failed/],
      [await grantFor('i-123', { argumentsDigest: 'A'.repeat(43) }), /another arguments_digest/],
      [await grantFor('i-123', { operation: 'vm:StopInstance' }), /another operation/],
    ] as const;
    for (const [given, said] of attempts) {
      const [status, text] = await remove('i-123', given);
      expect([status, text]).toStrictEqual([403, expect.stringMatching(said)]);
    }
    expect((await fetch(`${example.url}/instances/i-123`)).status).toBe(200);
  });

  it('deletes an instance by its grant, once, and no node of it does so by the same grant again', async () => {
    const { origin } = new URL(service.url);
    const second = await startExample({ MFA_URL: origin, SERVICE_CREDENTIAL: credential });
    try {
      const grant = await grantFor('i-123');
      expect(await remove('i-123', grant)).toStrictEqual([200, 'It is deleted.']);
      expect((await fetch(`${example.url}/instances/i-123`)).status).toBe(404);
      const again = await fetch(`${second.url}/instances/i-123`, { method: 'DELETE', body: grant });
      expect([again.status, await again.text()]).toStrictEqual([403, 'Error: GRANT_ALREADY_REDEEMED']);
      expect((await fetch(`${second.url}/instances/i-123`)).status).toBe(200);
    } finally {
      await second.stop();
    }
    const types = await ask(browser, '{ auditEvents(first: 4) { nodes { type } } }');
    expect(types.auditEvents.nodes.map(({ type }: Loose) => type)).toStrictEqual([
      ...['VerificationGrantRedeemed', 'VerificationGrantIssued', 'OperationVerified', 'ServiceOperationChallenged'],
    ]);
  });
});

describe('The page on integrating', () => {
  it('shows what the example does', () => {
    const source = readFileSync(EXAMPLE, 'utf8').replaceAll(/^ +/gm, '');
    const blocks = blocksOf('js');
    expect(blocks.length).toBeGreaterThan(3);
    for (const block of blocks) expect(source).toContain(block.replaceAll(/^ +/gm, '').trim());
  });

  it('shows operations that the API has', async () => {
    const schema = await buildGraphqlSchema();
    const blocks = blocksOf('graphql');
    expect(blocks).toHaveLength(3);
    for (const block of blocks) expect(validate(schema, parse(block))).toStrictEqual([]);
  });

  it('lists every claim of a grant, and what its header has', async () => {
    const grant = await grantFor('i-124');
    const listed = cellsUnder('claim').map(([, claim]) => claim);
    expect(listed.sort()).toStrictEqual(Object.keys(decodeJwt(grant)).sort());
    expect(Object.keys(decodeProtectedHeader(grant)).sort()).toStrictEqual(['alg', 'kid', 'typ']);
  });

  it('computes digests of arguments as it says', () => {
    const rows = cellsUnder('arguments');
    expect(rows).toHaveLength(3);
    for (const [, json = '', digest] of rows) {
      expect(canonicalJson(JSON.parse(json))).toBe(json);
      expect(createHash('sha256').update(json).digest('base64url')).toBe(digest);
    }
  });
});
