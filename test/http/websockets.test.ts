import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ServerOptions } from 'graphql-ws';
import WebSocket, { WebSocketServer } from 'ws';
import { serveWebSockets, type Extra } from '../../src/http/websockets.js';
import { eventually } from '../support/eventually.js';
import { BROKEN_FRAMES } from '../support/frames.js';

let sockets: WebSocketServer;
let reported: unknown[];
let faults: string[];

beforeEach(async () => {
  sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  [reported, faults] = [[], []];
  await once(sockets, 'listening');
});

afterEach(() => {
  for (const client of sockets.clients) client.terminate();
  sockets.close();
});

const serve = (handlers: ServerOptions<undefined, Extra>, pingEvery?: number) =>
  serveWebSockets(handlers, sockets, {
    faults: { note: (kind, error) => faults.push(`${kind}: ${error.message}`), stop: () => undefined },
    report: (error) => reported.push(error),
    ...(pingEvery !== undefined && { pingEvery }),
  });

async function open(options = {}): Promise<WebSocket> {
  const { port } = sockets.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'graphql-transport-ws', options);
  await once(socket, 'open');
  return socket;
}

const fault = new Error('xK9');

it('a connection that does not answer pings is ended, one that does stays', async () => {
  serve({}, 50);
  const [quiet, alive] = [await open({ autoPong: false }), await open()];
  let pings = 0;
  alive.on('ping', () => (pings += 1));
  await once(quiet, 'close');
  const before = pings;
  await eventually(async () => expect(pings).toBeGreaterThan(before + 3));
  expect(alive.readyState).toBe(WebSocket.OPEN);
});

describe('what goes wrong in the service', () => {
  it('is reported, and closes the connection without telling why', async () => {
    serve({
      onConnect: () => {
        throw fault;
      },
    });
    const socket = await open();
    socket.send('{"type":"connection_init"}');
    const [code, reason] = await once(socket, 'close');
    expect([code, String(reason)]).toStrictEqual([4500, 'Internal server error']);
    expect(reported).toStrictEqual([fault]);
  });

  it('is reported also once the connection is gone', async () => {
    serve({ onClose: () => Promise.reject(fault) });
    (await open()).terminate();
    await eventually(async () => expect(reported).toStrictEqual([fault]));
  });
});

it('an id of 300 characters that is used twice is not quoted in the reason, which would be too long', async () => {
  serve({ onConnect: () => true, onSubscribe: () => new Promise<never>(() => undefined) });
  const socket = await open();
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const subscribe = JSON.stringify({ id: 'x'.repeat(300), type: 'subscribe', payload: { query: '{ a }' } });
  for (let n = 0; n < 2; n += 1) socket.send(subscribe);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toStrictEqual([
    4409,
    'An operation with this id is not over yet. Give each operation an id of its own.',
  ]);
  expect(reported).toStrictEqual([]);
});

it.each(Object.entries(BROKEN_FRAMES))('a frame that is broken (%s) is a fault of the client', async (_, bytes) => {
  serve({});
  const socket = await open();
  const wire = (socket as unknown as { _socket: NodeJS.WritableStream })._socket;
  for (let n = 0; n < 3; n += 1) wire.write(bytes);
  await once(socket, 'close');
  expect(faults).toHaveLength(1);
  expect(reported).toStrictEqual([]);
});

// Without the service's own patience it would be ws that gives up, after 30 seconds.
it('a client that does not say goodbye does not keep the service from stopping', async () => {
  const serving = serve({});
  const socket = await open();
  socket.pause();
  await serving.stop();
  socket.terminate();
}, 20_000);
