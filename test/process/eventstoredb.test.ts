import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { createClient, type Client, type Loose } from '../support/client.js';
import { startDoubleProcess, type DoubleProcess } from '../support/eventstoredb/process.js';
import { eventually } from '../support/eventually.js';
import { errorOf, mutate, succeed, viewer } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';

let folder: ReturnType<typeof temporaryFolder>;
let log: DoubleProcess;
const processes: ServiceProcess[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  log = await startDoubleProcess({ file: join(folder.path, 'double') });
});

afterEach(async () => {
  for (const { child, exit } of processes.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
  await log.kill();
  folder.remove();
});

/** Starts a node with files of its own, on the key ring that all of them share. */
function launch(name: string): ServiceProcess {
  const key = Buffer.alloc(32, 7).toString('base64');
  const started = startProcess({
    ...{ DATA_DIR: join(folder.path, name), LOG_LEVEL: 'silent', EVENT_STORE_URL: log.url },
    KEY_RING: JSON.stringify({ active: 'first', sealing: { first: key }, digest: key }),
  });
  processes.push(started);
  return started;
}

const account = { alias: 'acme', email: 'ada@example.com', password: 'correct horse battery' };
const USERS = '{ users { nodes { username } } }';

async function signedIn(url: string): Promise<Client> {
  const client = createClient(url);
  await succeed(client, 'registerAccount', account);
  const { email: username, password } = account;
  client.token = (await succeed(client, 'signIn', { username, password, transport: 'BEARER' })).outcome.token;
  return client;
}

async function ready(url: string): Promise<{ readonly status: number; readonly body: Loose }> {
  const response = await fetch(url.replace('/graphql', '/health/ready'));
  return { status: response.status, body: await response.json() };
}

function moved(client: Client, url: string): Client {
  const other = createClient(url);
  other.token = client.token;
  return other;
}

describe('nodes on one EventStoreDB', () => {
  it('serve as one, with nothing in common but the log and the key ring', async () => {
    const [here, there] = await Promise.all([launch('here').url, launch('there').url]);
    const client = await signedIn(here);
    for (const username of ['kim', 'lee', 'max']) {
      const { answer } = await mutate(client, 'createSubUser', { username, password: `${username} has this password` });
      const headers = { 'x-log-position': answer.body.extensions.logPosition as string };
      const shown = await moved(client, there).send(USERS, {}, headers);
      expect(shown.body.data.users.nodes).toContainEqual({ username });
    }
    await succeed(moved(client, there), 'signOut');
    expect(await viewer(client)).toBeNull();
  });

  it('wait for it at the start, and go on by themselves', async () => {
    const { port } = log;
    await log.kill();
    const url = await launch('early').url;
    await eventually(async () => {
      expect(await ready(url)).toMatchObject({ status: 503, body: { lag: { log: 'AWAY' } } });
    });
    log = await startDoubleProcess({ file: join(folder.path, 'double'), port });
    await eventually(async () => expect((await ready(url)).status).toBe(200));
    expect(await viewer(await signedIn(url))).toMatchObject({ stage: 'FULL' });
  });

  it('go on reading while it is frozen, do nothing, and take it up again', async () => {
    const url = await launch('node').url;
    const client = await signedIn(url);
    log.stop();
    const refused = await mutate(client, 'createSubUser', { username: 'kim', password: 'kim has this password' });
    expect(refused).toMatchObject({ refusal: 'UNAVAILABLE' });
    await eventually(async () => expect((await ready(url)).body.lag.log).toBe('AWAY'));
    expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    log.cont();
    await eventually(async () => {
      const answer = await client.send(USERS);
      expect([errorOf(answer), answer.body.extensions.stale, (await ready(url)).status]).toStrictEqual([
        null,
        undefined,
        200,
      ]);
    });
    await eventually(() => succeed(client, 'createSubUser', { username: 'lee', password: 'lee has this password' }));
  });

  it('go on after it was killed and came back', async () => {
    const url = await launch('node').url;
    const client = await signedIn(url);
    const { port } = log;
    await log.kill();
    await eventually(async () => expect((await ready(url)).body.lag.log).toBe('AWAY'));
    log = await startDoubleProcess({ file: join(folder.path, 'double'), port });
    await eventually(() => succeed(client, 'createSubUser', { username: 'lee', password: 'lee has this password' }));
    await eventually(async () => {
      expect((await client.send(USERS)).body.data.users.nodes).toContainEqual({ username: 'lee' });
    });
  });
});
