import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { BROKEN_FRAMES, frame } from '../support/frames.js';
import { ask, succeed } from '../support/operations.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';

let folder: ReturnType<typeof temporaryFolder>;
let service: ServiceProcess;
let client: Client;
let port: number;
/** The cursor of the first event of the trail. */
let beginning: string;

/** How often each stage of each kind of request is cut off. */
const TIMES = 200;
const AT_ONCE = 40;

beforeAll(async () => {
  folder = temporaryFolder();
  service = startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'info' });
  client = createClient(await service.url);
  port = Number(new URL(client.url).port);
  const [username, password] = ['ada@example.com', 'correct horse battery'];
  await succeed(client, 'registerAccount', { alias: 'acme', email: username, password });
  client.token = (await succeed(client, 'signIn', { username, password, transport: 'BEARER' })).outcome.token;
  await eventually(async () => {
    const { auditEvents } = await ask(client, '{ auditEvents(first: 1, orderBy: OLDEST_FIRST) { nodes { cursor } } }');
    beginning = auditEvents.nodes[0].cursor;
  });
});

afterAll(async () => {
  service.child.kill('SIGKILL');
  await service.exit;
  folder.remove();
});

/** A request, and where its connection is reset: after its first bytes, or once the service has said something. */
interface Stage {
  readonly bytes: () => Buffer;
  readonly until?: RegExp;
  /** What it sends once it has heard that, and what it waits for then. */
  readonly next?: Omit<Stage, 'atOnce'>;
  /** How many at once, where the service takes few. */
  readonly atOnce?: number;
}

const head = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const text = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const part = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));

const BODY = '{"query":"{ viewer { stage } }"}';
const COMMAND = '{"query":"mutation { startMfaEnrollment(input: {}) { userErrors { code } } }"}';
const post = (body: string, ...headers: string[]) =>
  text(head('POST /graphql', 'Content-Type: application/json', `Content-Length: ${body.length}`, ...headers), body);
const upgrade = (path: string, ...headers: string[]) =>
  text(
    head(
      `GET ${path}`,
      ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol: graphql-transport-ws', ...headers],
    ),
  );
const bearer = () => `Authorization: Bearer ${String(client.token)}`;
const init = () =>
  frame(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${String(client.token)}` } }));
const subscribe = (id: string) => {
  const query = 'subscription ($after: String) { auditEventRecorded(after: $after) { id } }';
  return frame(JSON.stringify({ id, type: 'subscribe', payload: { query, variables: { after: beginning } } }));
};
const followed = () => text(upgrade('/graphql'), init());

const STAGES: Readonly<Record<string, Stage>> = {
  'before anything': { bytes: () => Buffer.alloc(0) },
  'inside a head': { bytes: () => part(post(BODY), 0.4) },
  'after a head': { bytes: () => text(head('POST /graphql', 'Content-Type: application/json', 'Content-Length: 9')) },
  'while told to go on': {
    bytes: () => text(head('POST /graphql', 'Content-Length: 9', 'Expect: 100-continue')),
    until: /100/,
  },
  'inside a body': { bytes: () => part(post(BODY), 0.9) },
  'inside a body in chunks': { bytes: () => text(head('POST /graphql', 'Transfer-Encoding: chunked'), '9\r\n{"q') },
  'before an answer': { bytes: () => post(BODY) },
  'inside answers': { bytes: () => text(...Array.from({ length: 5 }, () => post(BODY))), until: /HTTP/ },
  'before the answer to a command': { bytes: () => post(COMMAND, bearer()) },
  'after a bad URL': { bytes: () => text(head('GET /%')) },
  'after what is not HTTP': { bytes: () => Buffer.from('GARBAGE\r\n\r\n') },
  'after headers that are too long': { bytes: () => text(head('GET /', `X: ${'x'.repeat(20_000)}`)) },
  'inside an upgrade': { bytes: () => part(upgrade('/graphql'), 0.5) },
  'after an upgrade at another address': { bytes: () => upgrade('/elsewhere') },
  'inside a refusal': { bytes: () => text(upgrade('/elsewhere'), 'x'.repeat(50_000)), until: /404/ },
  'after an upgrade of another site': { bytes: () => upgrade('/graphql', 'Origin: https://evil.example') },
  'after a wrong handshake': { bytes: () => upgrade('/graphql', 'Sec-WebSocket-Extensions: ,') },
  'after an upgrade to another protocol': { bytes: () => text(head('GET /', 'Connection: Upgrade', 'Upgrade: h2c')) },
  'after an upgrade': { bytes: () => upgrade('/graphql') },
  'after an upgrade was taken': { bytes: () => upgrade('/graphql'), until: /101/ },
  'inside a frame': { bytes: () => text(upgrade('/graphql'), part(init(), 0.5)) },
  'before a connection is taken': { bytes: () => followed() },
  'while a subscription begins': {
    bytes: followed,
    until: /connection_ack/,
    next: { bytes: () => text(subscribe('1'), subscribe('2')) },
  },
  'inside the messages of a subscription': {
    bytes: followed,
    until: /connection_ack/,
    next: { bytes: () => text(subscribe('1'), subscribe('2')), until: /"next"/ },
  },
  'inside an export’s head': { bytes: () => part(text(head('GET /audit/export', bearer())), 0.5), atOnce: 2 },
  'before an export': { bytes: () => text(head('GET /audit/export', bearer())), atOnce: 2 },
  'inside an export': { bytes: () => text(head('GET /audit/export', bearer())), until: /HTTP/, atOnce: 2 },
  ...Object.fromEntries(
    Object.entries(BROKEN_FRAMES).map(([name, broken]) => [
      `after a broken frame: ${name}`,
      { bytes: () => text(upgrade('/graphql'), broken), until: /101/ },
    ]),
  ),
};

/** Sends a request up to where it is cut off, and resets the connection some milliseconds later. */
async function cutOff(stage: Stage, milliseconds: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.setEncoding('latin1');
  const hear = (what: RegExp) =>
    new Promise<void>((resolve) => {
      let said = '';
      socket.on('data', (more: string) => {
        said += more;
        if (what.test(said)) resolve();
      });
    });
  for (let step: Stage | undefined = stage; step !== undefined; step = step.next) {
    const heard = step.until === undefined ? sleep(0) : hear(step.until);
    socket.write(step.bytes());
    await Promise.race([heard, closed]);
  }
  await sleep(milliseconds);
  socket.resetAndDestroy();
  await closed;
}

it.each(Object.entries(STAGES))('a connection that is reset %s harms nobody', async (_, stage) => {
  const { atOnce = AT_ONCE } = stage;
  const workers = Array.from({ length: atOnce }, async (_worker, first) => {
    for (let n = first; n < TIMES; n += atOnce) await cutOff(stage, n % 21);
  });
  await Promise.all(workers);
  const { status, body } = await client.send('{ viewer { stage } }');
  expect({ status, body, ended: service.child.exitCode }).toMatchObject({ status: 200, ended: null });
});

it('commands whose connection was reset were carried out', async () => {
  await eventually(async () => {
    const filter = '{ types: [MfaEnrollmentStarted] }';
    const { auditEvents } = await ask(client, `{ auditEvents(first: 100, filter: ${filter}) { nodes { id } } }`);
    expect(auditEvents.nodes.length).toBeGreaterThan(10);
  });
});

it('the service stops in order, and its log has no errors, no stack traces, and little about clients', async () => {
  service.child.kill('SIGTERM');
  expect(await service.exit).toStrictEqual({ code: 0, signal: null });
  const lines = service.err().trim().split('\n');
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(logged.filter(({ level }) => Number(level) >= 50)).toStrictEqual([]);
  expect(service.err()).not.toMatch(/\\n\s+at |node:internal|stack/);
  const faults = logged.filter(({ fault }) => fault !== undefined);
  expect(faults).toContainEqual(expect.objectContaining({ level: 30, fault: 'INVALID_FRAME', times: 1 }));
  expect(faults.length).toBeLessThan(100);
  expect(faults.reduce((sum, { times }) => sum + Number(times), 0)).toBeGreaterThan(10 * TIMES);
});
