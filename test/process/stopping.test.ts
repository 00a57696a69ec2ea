import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { createClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, documentOf, mutate, succeed, type Outcome } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';
import { programOf } from '../support/programs.js';
import { storedEvents } from '../support/stored.js';

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

/** Starts the service as it is, behind a module that changes a part of Node in the same process. */
function launchBehind(preload: string): ServiceProcess {
  const program = ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, ...programOf('main')];
  const started = startProcess({ DATA_DIR: folder.path }, ['serve'], program);
  processes.push(started);
  return started;
}

const account = { alias: 'acme', email: 'ada@example.com', password: 'correct horse battery' };

/** A client of a process in which the primary has just signed in. */
async function signedIn(service: ServiceProcess, register = true) {
  const client = createClient(await service.url);
  if (register) await succeed(client, 'registerAccount', account);
  const { email: username, password } = account;
  const { outcome } = await succeed(client, 'signIn', { username, password, transport: 'BEARER' });
  client.token = outcome.token;
  return client;
}

/** Sends the head of a request, and waits until the service has taken it up; the body is still to come. */
async function halfAsk(url: string, body: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setEncoding('utf8');
  const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json'];
  // The service answers the expectation once the request is its own.
  socket.write([...head, `Content-Length: ${body.length}`, 'Expect: 100-continue', '', ''].join('\r\n'));
  const [interim] = (await once(socket, 'data')) as [string];
  expect(interim).toMatch(/^HTTP\/1\.1 100 /);
  return socket;
}

describe.each(['SIGTERM', 'SIGINT'] as const)('on %s the service', (signal) => {
  it('answers what is in flight, takes nothing new, and exits with 0', async () => {
    const service = launch();
    const url = await service.url;
    await signedIn(service);
    const query = documentOf('registerAccount');
    const input = { ...account, alias: 'umbrella', email: 'bob@example.com' };
    const body = JSON.stringify({ query, variables: { input } });
    const socket = await halfAsk(url, body);
    service.child.kill(signal);
    await eventually(async () => expect(service.out()).toContain(`${signal}: answering what is in flight`));
    await eventually(async () => {
      await expect(fetch(url, { method: 'POST' })).rejects.toThrow();
    });
    let heard = '';
    socket.on('data', (text: string) => (heard += text));
    socket.write(body);
    await once(socket, 'close');
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    expect(heard).toContain('"alias":"umbrella"');
    expect(await service.exit).toStrictEqual({ code: 0, signal: null });
    const registered = (await storedEvents({ folder: folder.path })).filter(
      ({ type }) => type === 'PrimaryAccountRegistered',
    );
    expect(registered).toHaveLength(2);
  });
});

it('a request that comes while the service stops is told so, with its id', async () => {
  const service = launch();
  const url = await service.url;
  const query = JSON.stringify({ query: '{ viewer { stage } }' });
  const inFlight = await halfAsk(url, query);
  const late = connect(Number(new URL(url).port), '127.0.0.1');
  late.setEncoding('utf8');
  const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${query.length}\r\n`;
  // A connection on which a request has begun is not idle, and stays.
  await new Promise<void>((resolve) => late.write(head, () => resolve()));
  service.child.kill('SIGTERM');
  await eventually(async () => {
    await expect(fetch(url, { method: 'POST' })).rejects.toThrow();
  });
  let heard = '';
  late.on('data', (text: string) => (heard += text));
  late.write(`\r\n${query}`);
  await once(late, 'close');
  inFlight.write(query);
  expect(heard).toMatch(/^HTTP\/1\.1 503 /);
  const id = /^x-request-id: (\S+)\r$/im.exec(heard)?.[1] ?? 'none';
  expect(heard).toContain(`"extensions":{"code":"UNAVAILABLE","requestId":"${id}"}`);
  expect(await service.exit).toStrictEqual({ code: 0, signal: null });
});

describe('SIGTERM does not wait for a client that', () => {
  const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  const PIPELINED = 'GET /audit/keys HTTP/1.1\r\nHost: localhost\r\n\r\n';

  /** Opens a connection that sends a text, and never closes it. Closed when the test ends. */
  async function abandon(url: string, text: string): Promise<Socket> {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
    // The service may reset it.
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.resume();
    await new Promise<void>((resolve) => socket.write(text, () => resolve()));
    return socket;
  }

  it.each([
    ['sends nothing', ''],
    ['sends half a head', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\ncont'],
    ['sends half a body', `${HEAD}Content-Length: 100\r\n\r\n{`],
    ['sends half a chunked body', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"qu`],
    ['sends half a head after a whole request', `${PIPELINED}GET /audit`],
  ])('%s', async (_, text) => {
    const service = launch();
    const url = await service.url;
    const socket = await abandon(url, text);
    // The service has read what came before this answer.
    await fetch(url, { method: 'POST' });
    service.child.kill('SIGTERM');
    expect(await service.exit).toStrictEqual({ code: 0, signal: null });
    socket.destroy();
  });

  it('waits for an answer that does not come to its end', async () => {
    const neverEnd = `const { ServerResponse } = await import('node:http');
      const { end } = ServerResponse.prototype;
      ServerResponse.prototype.end = function (...args) {
        return this.req.url === '/audit/keys' ? this : end.apply(this, args);
      };`;
    const service = launchBehind(neverEnd);
    const url = await service.url;
    const socket = await abandon(url, PIPELINED);
    // The service has read what came before this answer.
    await fetch(url, { method: 'POST' });
    service.child.kill('SIGTERM');
    expect(await service.exit).toStrictEqual({ code: 0, signal: null });
    socket.destroy();
  });
});

it('on SIGTERM a service that does not come to its end is ended with 1, and says so', async () => {
  const neverClose = "(await import('node:http')).Server.prototype.close = function () { return this; };";
  const service = launchBehind(neverClose);
  await service.url;
  service.child.kill('SIGTERM');
  expect(await service.exit).toStrictEqual({ code: 1, signal: null });
  const lines = service.err().trim().split('\n');
  expect(lines.filter((line) => line.includes('did not stop in time'))).toHaveLength(1);
});

describe('under load', () => {
  it('SIGTERM lets every command that was taken up be answered, and what was answered is there', async () => {
    const service = launch();
    const client = await signedIn(service);
    const created: string[] = [];
    const refusals: string[] = [];
    const load = Array.from({ length: 8 }, async (_, worker) => {
      for (let n = 0; ; n += 1) {
        const outcome = await create(client, `sam-${worker}-${n}`);
        if (outcome === null) return;
        if (outcome.payload !== null) created.push(outcome.payload.user.id);
        else if (outcome.answer.status === 503) return;
        else refusals.push(outcome.answer.text);
        if (created.length === 24) service.child.kill('SIGTERM');
      }
    });
    await Promise.all(load);
    expect(await service.exit).toStrictEqual({ code: 0, signal: null });
    // Whoever kept a connection open may be told to come back later; nothing else is refused.
    expect(refusals).toStrictEqual([]);
    await expectAll(created);
  });

  it('kill -9 loses nothing that was acknowledged', async () => {
    const created: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const service = launch();
      const client = await signedIn(service, round === 0);
      const before = created.length;
      const load = Array.from({ length: 8 }, async (_, worker) => {
        for (let n = 0; ; n += 1) {
          const outcome = await create(client, `sam-${round}-${worker}-${n}`);
          if (outcome === null) return;
          created.push(outcome.payload.user.id);
          if (created.length === before + 20) service.child.kill('SIGKILL');
        }
      });
      await Promise.all(load);
      expect(await service.exit).toStrictEqual({ code: null, signal: 'SIGKILL' });
    }
    expect(created.length).toBeGreaterThanOrEqual(60);
    await expectAll(created);
  });
});

/** Creates a sub-user; null where the service is gone. */
async function create(client: ReturnType<typeof createClient>, username: string): Promise<Outcome | null> {
  try {
    return await mutate(client, 'createSubUser', { username, password: `${username} has this password` });
  } catch {
    return null;
  }
}

/** Starts the service once more: everything that was acknowledged is in the log once, and shown. */
async function expectAll(userIds: readonly string[]): Promise<void> {
  const events = (await storedEvents({ folder: folder.path })).filter(({ type }) => type === 'UserCreated');
  const ids = events.map(({ data }) => data.userId as string);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining([...userIds]));
  const client = await signedIn(launch(), false);
  await eventually(async () => {
    const shown: string[] = [];
    let page = { hasNextPage: true, endCursor: null as string | null };
    while (page.hasNextPage) {
      const query =
        'query ($after: String) { users(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';
      const { users } = await ask(client, query, { after: page.endCursor });
      shown.push(...users.nodes.map(({ id }: { id: string }) => id));
      page = users.pageInfo;
    }
    expect(shown).toStrictEqual(ids);
  });
}
