import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Aim } from './attack.js';
import { heard } from './sockets.js';

/** RFC 6455 section 5.2: a final text frame. */
const TEXT = 0x81;
const MASKED = 0x80;
const LONGEST_SHORT = 125;
const LENGTH_IN_TWO_BYTES = 126;

/** The head of a request that asks for a WebSocket. */
export function upgradeRequest(url: URL, path = url.pathname, more = ''): string {
  const key = randomBytes(16).toString('base64');
  return [
    `GET ${path} HTTP/1.1`,
    `host: ${url.host}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${key}`,
    `sec-websocket-protocol: graphql-transport-ws${more}`,
    '\r\n',
  ].join('\r\n');
}

/** A frame with JSON, as a client sends it; its mask is zero, which changes nothing. */
export function frame(message: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const long = text.length > LONGEST_SHORT;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = TEXT;
  head[1] = MASKED | (long ? LENGTH_IN_TWO_BYTES : text.length);
  if (long) head.writeUInt16BE(text.length, 2);
  return Buffer.concat([head, text]);
}

/** A WebSocket that is open; null where the server refuses it. */
export async function openWebSocket({ url, open }: Aim): Promise<Socket | null> {
  const socket = await open.socket();
  if (socket === null) return null;
  socket.write(upgradeRequest(url));
  if (await heard(socket, 'data')) return socket;
  socket.destroy();
  return null;
}

/** A WebSocket over which subscriptions may be sent; null where the server refuses it. */
export async function openGraphql(aim: Aim, token: string): Promise<Socket | null> {
  const socket = await openWebSocket(aim);
  if (socket === null) return null;
  socket.write(frame({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  if (!(await heard(socket, 'data'))) {
    socket.destroy();
    return null;
  }
  // What comes after this is thrown away.
  socket.resume();
  return socket;
}

const SUBSCRIPTION = 'subscription { auditEventRecorded { id seq type } }';

/** Frames that begin so many subscriptions. */
export function subscribing(count: number): Buffer {
  const frames = Array.from({ length: count }, (_, index) =>
    frame({ id: `s${index}`, type: 'subscribe', payload: { query: SUBSCRIPTION } }),
  );
  return Buffer.concat(frames);
}

/** Frames that end them. */
export function completing(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, index) => frame({ id: `s${index}`, type: 'complete' })));
}
