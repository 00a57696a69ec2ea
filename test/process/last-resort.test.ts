import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createClient } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { startProcess, temporaryFolder, type ServiceProcess } from '../support/process.js';
import { programOf } from '../support/programs.js';

let folder: ReturnType<typeof temporaryFolder>;
let service: ServiceProcess;

beforeEach(() => {
  folder = temporaryFolder();
});

afterEach(async () => {
  service.child.kill('SIGKILL');
  await service.exit;
  folder.remove();
});

/** Starts the service as it is, behind a module that does something in the same process on a signal. */
async function launch(onSignal: string): Promise<string> {
  const preload = `process.on('SIGUSR2', async () => { ${onSignal} });`;
  const program = ['--import', `data:text/javascript,${encodeURIComponent(preload)}`, ...programOf('main')];
  service = startProcess({ DATA_DIR: folder.path }, ['serve'], program);
  return service.url;
}

const fail = (properties: object) =>
  `setImmediate(() => { throw Object.assign(new Error('xK' + 9), ${JSON.stringify(properties)}); });`;

const reject = (properties: object) =>
  `void Promise.reject(Object.assign(new Error('xK' + 9), ${JSON.stringify(properties)}));`;

/** A connection in the process of the service, whose server side is reset while nothing listens to its errors. */
const RESET_SOCKET = `
  const { createServer, connect } = await import('node:net');
  const server = createServer((socket) => { server.close(); socket.resume(); client.resetAndDestroy(); });
  server.listen(0, '127.0.0.1', () => { client = connect(server.address().port, '127.0.0.1'); });
  let client;`;

/** Lines about errors that nothing handles. Everything on standard error is a line of JSON. */
function unhandled(): Record<string, unknown>[] {
  const lines = service
    .err()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return lines.filter(({ msg }) => /nothing handled the error|unhandled error/.test(String(msg)));
}

describe('an error that nothing handles', () => {
  it.each([
    ['a reset socket', RESET_SOCKET, 'ECONNRESET'],
    ['a broken pipe to a client', fail({ code: 'EPIPE', syscall: 'write', errno: -32 }), 'EPIPE'],
    ['a connection that was given up', reject({ code: 'ECONNABORTED', syscall: 'read' }), 'ECONNABORTED'],
  ])('is logged, and the service goes on: %s', async (_, onSignal, code) => {
    const url = await launch(onSignal);
    service.child.kill('SIGUSR2');
    await eventually(async () => expect(unhandled()).toMatchObject([{ level: 40, code }]));
    expect((await createClient(url).send('{ __typename }')).status).toBe(200);
    service.child.kill('SIGTERM');
    expect(await service.exit).toStrictEqual({ code: 0, signal: null });
    expect(service.err()).not.toContain('xK9');
  });

  it.each([
    ['an unknown error', fail({})],
    ['a rejection', reject({})],
    ['a rejection without an error', "void Promise.reject('xK' + 9);"],
    ['a reset without a socket', fail({ code: 'ECONNRESET' })],
    [
      'a reset of a connection that the service opens',
      fail({ code: 'ECONNRESET', syscall: 'read', address: '::1', port: 1 }),
    ],
    ['a broken pipe of a file', fail({ code: 'EPIPE', syscall: 'write', path: '/pipe' })],
    ['another error of a socket', fail({ code: 'ETIMEDOUT', syscall: 'read' })],
  ])('is logged, and ends the service with exit code 1: %s', async (_, onSignal) => {
    await launch(onSignal);
    service.child.kill('SIGUSR2');
    expect(await service.exit).toStrictEqual({ code: 1, signal: null });
    expect(unhandled()).toMatchObject([{ level: 60 }]);
    expect(service.err()).not.toContain('xK9');
  });
});

it('a connection that cannot be accepted, for want of file descriptors, is warned of, and the service goes on', async () => {
  // The server's handle is told what libuv tells it once it has no descriptor in reserve.
  const url = await launch(`
    const { Server } = await import('node:net');
    for (const handle of process._getActiveHandles()) if (handle instanceof Server) handle._handle.onconnection(-24);`);
  service.child.kill('SIGUSR2');
  await eventually(async () => expect(service.err()).toContain('"fault":"CANNOT_ACCEPT","code":"EMFILE","times":1'));
  const lines = service.err().trim().split('\n');
  const line = lines.map((text) => JSON.parse(text)).find(({ fault }) => fault === 'CANNOT_ACCEPT');
  const msg = 'the service cannot accept connections: EMFILE. Raise the limit of open files.';
  expect(line).toMatchObject({ level: 40, msg });
  expect(unhandled()).toStrictEqual([]);
  expect((await createClient(url).send('{ __typename }')).status).toBe(200);
});

it('a service that ends by itself answers what is in flight first', async () => {
  const url = await launch(fail({}));
  const query = '{"query":"{ __typename }"}';
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  const head =
    'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n';
  socket.write(`${head}Content-Length: ${query.length}\r\n\r\n`);
  await once(socket, 'data');
  service.child.kill('SIGUSR2');
  await eventually(async () => expect(unhandled()).toHaveLength(1));
  let heard = '';
  socket.on('data', (text: string) => (heard += text));
  socket.write(query);
  await once(socket, 'close');
  expect(heard).toMatch(/^HTTP\/1\.1 200 [^]*"__typename":"Query"/);
  expect(await service.exit).toStrictEqual({ code: 1, signal: null });
});

it('a service that does not come to its end is ended', async () => {
  const neverClose = "(await import('node:http')).Server.prototype.close = function () { return this; };";
  await launch(`${neverClose} ${fail({})}`);
  service.child.kill('SIGUSR2');
  expect(await service.exit).toStrictEqual({ code: 1, signal: null });
});

it('a service that is told to stop while it ends by itself has exit code 1', async () => {
  // The server closes when the signal has been heard, and not before.
  const closeLater = `const { Server } = await import('node:http');
    const close = Server.prototype.close;
    Server.prototype.close = function (...all) { process.once('SIGTERM', () => close.apply(this, all)); return this; };`;
  await launch(`${closeLater} ${fail({})}`);
  service.child.kill('SIGUSR2');
  await eventually(async () => expect(unhandled()).toMatchObject([{ level: 60 }]));
  service.child.kill('SIGTERM');
  expect(await service.exit).toStrictEqual({ code: 1, signal: null });
  expect(service.out()).toContain('SIGTERM');
});
