import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { TOTP, Secret } from 'otpauth';
import { inspectFiles } from '../support/chaos/verify.js';
import { createClient, type Client, type Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { nodesToTest } from '../support/other-node.js';
import { ask, succeed } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';

const FIXTURE = fileURLToPath(new URL('../fixtures/data-folder', import.meta.url));

const PASSWORD = 'a password of the fixture alone';
const TOTP_SECRET = 'WXSIEF2AF37X4KK4TSZOSFOZCYFHFV5G';

let folder: ReturnType<typeof temporaryFolder>;
let service: ServiceProcess | undefined;

beforeEach(() => {
  folder = temporaryFolder();
  for (const name of readdirSync(FIXTURE)) {
    const from = join(FIXTURE, name);
    if (name.endsWith('.gz')) writeFileSync(join(folder.path, name.slice(0, -3)), gunzipSync(readFileSync(from)));
    else if (/^(?:audit|grant|keys)/.test(name)) copyFileSync(from, join(folder.path, name));
  }
});

afterEach(async () => {
  service?.child.kill('SIGKILL');
  await service?.exit;
  folder.remove();
});

async function stop(): Promise<void> {
  service?.child.kill('SIGTERM');
  expect(await service?.exit).toEqual({ code: 0, signal: null });
}

/** Signs in as the primary, with the device whose secret the vault holds. */
async function signIn(client: Client): Promise<void> {
  const { outcome } = await succeed(client, 'signIn', {
    username: 'owner@acme.example',
    password: PASSWORD,
    transport: 'BEARER',
  });
  client.token = outcome.token;
  const code = new TOTP({ secret: Secret.fromBase32(TOTP_SECRET) }).generate();
  client.token = (await succeed(client, 'answerMfaChallenge', { code })).outcome.token;
}

const USERS = '{ users { nodes { username mfa { deviceName } } } }';
const EVENTS = '{ auditEvents { nodes { type } } }';

async function usernames(client: Client): Promise<readonly string[]> {
  const { users } = await ask(client, USERS);
  return users.nodes.map((user: Loose) => user.username).sort();
}

describe.each(nodesToTest())('A data folder that a release on better-sqlite3 left, on $name', (node) => {
  async function start(): Promise<Client> {
    service = startProcess({ DATA_DIR: folder.path }, ['serve'], undefined, node);
    return createClient(await service.url);
  }

  it('opens with all that is in it, takes in more, and stays whole', async () => {
    const client = await start();
    await signIn(client);
    expect(await usernames(client)).toEqual(['ada', 'owner@acme.example', 'sam']);
    const { viewer } = await ask(client, '{ viewer { user { mfa { enabled deviceName } } } }');
    expect(viewer.user.mfa).toEqual({ enabled: true, deviceName: 'Phone' });
    const { auditEvents } = await ask(client, EVENTS);
    const types = auditEvents.nodes.map(({ type }: Loose) => type);
    expect(types).toEqual(expect.arrayContaining(['UserCreated', 'MfaEnabled', 'MfaCodeAccepted']));
    await succeed(client, 'createSubUser', { username: 'eve', password: PASSWORD });
    await stop();
    expect(inspectFiles(folder.path)).toBe(2);
    const again = await start();
    again.token = client.token;
    await eventually(async () => expect(await usernames(again)).toContain('eve'));
    await stop();
  });
});
