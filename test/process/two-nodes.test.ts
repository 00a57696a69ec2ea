import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openLogDatabase } from '../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { inspectFiles } from '../support/chaos/verify.js';
import { createClient, type Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { otherNode, THIS_NODE, type NodeToTest } from '../support/other-node.js';
import { ask, succeed } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';
import { programOf } from '../support/programs.js';

let folder: ReturnType<typeof temporaryFolder>;
let services: ServiceProcess[];

beforeEach(() => {
  folder = temporaryFolder();
  services = [];
});

afterEach(async () => {
  for (const { child } of services) child.kill('SIGKILL');
  await Promise.all(services.map(({ exit }) => exit));
  folder.remove();
});

async function start(node: NodeToTest): Promise<Client> {
  const service = startProcess({ DATA_DIR: folder.path }, ['serve'], undefined, node);
  services.push(service);
  return createClient(await service.url);
}

async function stop(service: ServiceProcess | undefined): Promise<void> {
  service?.child.kill('SIGTERM');
  expect(await service?.exit).toEqual({ code: 0, signal: null });
}

async function usernames(client: Client): Promise<readonly string[]> {
  const { users } = await ask(client, '{ users { nodes { username } } }');
  return (users.nodes as readonly { readonly username: string }[]).map(({ username }) => username).sort();
}

const OWNER = { username: 'owner@acme.example', password: 'a long and private sentence' };

it(`services on ${THIS_NODE.name} and ${otherNode().name} share one log`, async () => {
  const [one, other] = [await start(THIS_NODE), await start(otherNode())];
  await succeed(one, 'registerAccount', { alias: 'acme', email: OWNER.username, password: OWNER.password });
  other.token = (await succeed(other, 'signIn', { ...OWNER, transport: 'BEARER' })).outcome.token;
  one.token = other.token;
  const names = Array.from({ length: 6 }, (_, index) => `user-${index}`);
  await Promise.all(
    names.map((username, index) =>
      succeed(index % 2 === 0 ? one : other, 'createSubUser', { username, password: OWNER.password }),
    ),
  );
  for (const client of [one, other])
    await eventually(async () => expect(await usernames(client)).toEqual([OWNER.username, ...names].sort()));
  await stop(services[0]);
  await succeed(other, 'createSubUser', { username: 'alone', password: OWNER.password });
  const again = await start(THIS_NODE);
  again.token = other.token;
  await eventually(async () => expect(await usernames(again)).toContain('alone'));
  await stop(services[1]);
  await stop(services[2]);
  expect(inspectFiles(folder.path)).toBe(3);
});

it(`appends by ${THIS_NODE.name} and ${otherNode().name} at the same time are all in the log, once`, async () => {
  const path = join(folder.path, 'log.db');
  const count = 60;
  const appenders = [THIS_NODE, otherNode(), THIS_NODE, otherNode()].map((node, index) =>
    spawn(node.path, [...node.flags, ...programOf('log-appender'), path, `session-${index}`, String(count)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  );
  expect(await Promise.all(appenders.map((child) => once(child, 'close')))).toEqual(appenders.map(() => [0, null]));
  const database = openLogDatabase({ path });
  const store = openSqliteEventStore({ database, now: () => '2026-01-01T00:00:00.000Z' });
  for (const index of appenders.keys()) {
    const versions = (await store.readStream(`session-${index}`)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: count }, (_, version) => version + 1));
  }
  await store.close();
  await database.close();
  expect(inspectFiles(folder.path)).toBe(1);
});
