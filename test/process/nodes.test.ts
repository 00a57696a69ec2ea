import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { createClient, type Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { mutate, succeed, viewer } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';

let folder: ReturnType<typeof temporaryFolder>;
const processes: ServiceProcess[] = [];

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  for (const { child, exit } of processes.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
  folder.remove();
});

function launch(): ServiceProcess {
  const started = startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'silent' });
  processes.push(started);
  return started;
}

const account = { alias: 'acme', email: 'ada@example.com', password: 'correct horse battery' };
const USERS = '{ users(first: 100) { nodes { username } } }';

function moved(client: Client, url: string): Client {
  const other = createClient(url);
  other.token = client.token;
  return other;
}

function readModelFiles(): readonly string[] {
  return readdirSync(folder.path)
    .filter((name) => /^read-models.*[.]db$/.test(name))
    .sort();
}

describe('processes in one data folder', () => {
  it('serve as one, each with read models of its own; one that was killed leaves its file to the next', async () => {
    const nodes = [launch(), launch(), launch()];
    const urls = await Promise.all(nodes.map(({ url }) => url));
    const client = createClient(urls[0] ?? '');
    await succeed(client, 'registerAccount', account);
    const signedIn = await succeed(client, 'signIn', {
      ...{ username: account.email, password: account.password, transport: 'BEARER' },
    });
    client.token = signedIn.outcome.token;
    const names: string[] = [];
    for (let round = 0; round < 9; round += 1) {
      const writer = moved(client, urls[round % 3] ?? '');
      names.push(`sam-${round}`);
      const { answer, refusal } = await mutate(writer, 'createSubUser', {
        ...{ username: `sam-${round}`, password: `sam-${round} has this password` },
      });
      expect(refusal).toBeNull();
      const headers = { 'x-log-position': answer.body.extensions.logPosition as string };
      for (const url of urls) {
        const shown = await moved(client, url).send(USERS, {}, headers);
        expect(shown.body.data.users.nodes.slice(1)).toStrictEqual(names.map((username) => ({ username })));
      }
    }
    const files = readModelFiles();
    expect(files.length).toBeGreaterThanOrEqual(3);

    nodes[1]?.child.kill('SIGKILL');
    await nodes[1]?.exit;
    const next = await launch().url;
    expect((await moved(client, next).send(USERS)).body.data.users.nodes).toHaveLength(10);
    expect(readModelFiles()).toStrictEqual(files);

    const other = moved(client, urls[2] ?? '');
    await succeed(other, 'revokeSession', { sessionId: (await viewer(client)).session.id });
    for (const url of [urls[0] ?? '', urls[2] ?? '', next]) expect(await viewer(moved(client, url))).toBeNull();
  });

  it('all become ready', async () => {
    for (const url of await Promise.all([launch(), launch()].map(({ url: listens }) => listens))) {
      await eventually(async () => {
        expect((await fetch(url.replace('/graphql', '/health/ready'))).status).toBe(200);
      });
    }
  });
});
