import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { talk } from '../support/raw-http.js';
import { startService, type TestService } from '../support/service.js';

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

let service: TestService;

beforeAll(async () => {
  service = await startService({ PUBLIC_URL: 'http://mfa.example.com' });
});

afterAll(() => service.dispose());

const ask = (line: string, headers: Readonly<Record<string, string>>, rest = '') =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...Object.entries(headers).map(([k, v]) => `${k}: ${v}`), '', rest].join(
    '\r\n',
  );

const SECURE = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

describe('a refused upgrade is answered like every other error, and closed', () => {
  it.each([
    ['at another address', 'GET /elsewhere', HANDSHAKE, '', 404, 'NOT_FOUND'],
    [
      'of a page of another site',
      'GET /graphql',
      { ...HANDSHAKE, origin: 'https://evil.example' },
      '',
      403,
      'FORBIDDEN',
    ],
    ['of a page without an origin', 'GET /graphql?x=1', { ...HANDSHAKE, origin: 'null' }, '', 403, 'FORBIDDEN'],
    ['by another method', 'POST /graphql', HANDSHAKE, '', 400, 'BAD_REQUEST'],
    ['without a key', 'GET /graphql', { ...HANDSHAKE, 'sec-websocket-key': '' }, '', 400, 'BAD_REQUEST'],
    ['in another version', 'GET /graphql', { ...HANDSHAKE, 'sec-websocket-version': '7' }, '', 400, 'BAD_REQUEST'],
    ['to several protocols', 'GET /graphql', { ...HANDSHAKE, upgrade: 'websocket, h2c' }, '', 400, 'BAD_REQUEST'],
    ['to several protocols at once', 'GET /graphql', { ...HANDSHAKE, Upgrade: 'h2c' }, '', 400, 'BAD_REQUEST'],
    ['with a body', 'GET /elsewhere', { ...HANDSHAKE, 'content-length': '4' }, 'body', 404, 'NOT_FOUND'],
    ['with two hosts', 'GET /graphql', { ...HANDSHAKE, Host: 'a' }, '', 400, 'BAD_REQUEST'],
    ['before another request', 'GET /elsewhere', HANDSHAKE, ask('GET /health/live', {}), 404, 'NOT_FOUND'],
  ])('%s', async (_, line, headers, rest, status, code) => {
    const answers = await talk(service.url, ask(line, headers, rest));
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } });
    expect(answer?.headers).toMatchObject({ ...SECURE, connection: 'close' });
    expect(answer?.body.errors[0].extensions.requestId).toBe(answer?.headers['x-request-id']);
    expect(answer?.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer?.body.errors[0].message).toMatch(/\. [A-Z].*\.$/);
    expect(service.log.join('')).toContain(answer?.headers['x-request-id']);
  });
});

it.each([
  ['a query', 'POST /graphql', '{"query":"{ __typename }"}', { data: { __typename: 'Query' } }],
  ['without a body', 'GET /health/live', '', { status: 'live' }],
])('an upgrade to what the service does not speak is ignored: %s is answered', async (_, line, body, expected) => {
  const headers = {
    ...{ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' },
    ...(body !== '' && { 'content-type': 'application/json', 'content-length': String(body.length) }),
  };
  const [answer, ...more] = await talk(service.url, ask(line, headers, body));
  expect(more).toStrictEqual([]);
  expect(answer).toMatchObject({ status: 200, body: expected, headers: { ...SECURE, connection: 'close' } });
});

it.each(['http://mfa.example.com', 'http://localhost', 'https://localhost'])(
  'an upgrade of a page at %s is taken',
  async (origin) => {
    const [answer] = await talk(service.url, ask('GET /graphql', { ...HANDSHAKE, origin }), 101);
    expect(answer).toMatchObject({ status: 101, headers: { 'sec-websocket-protocol': 'graphql-transport-ws' } });
  },
);

it.each([
  ['a WebSocket', '/graphql', HANDSHAKE],
  ['another address', '/elsewhere', HANDSHAKE],
  ['a broken handshake', '/graphql', { ...HANDSHAKE, 'sec-websocket-version': '7' }],
])('an upgrade to %s does not overtake the answers that are due', async (_, path, headers) => {
  const text = ask('GET /health/live', {}).repeat(20) + ask(`GET ${path}`, headers);
  const statuses = (await talk(service.url, text, 101)).map(({ status }) => status);
  expect(statuses.filter((status) => status !== 200)).toStrictEqual([]);
});

it('an upgrade after the answers to earlier requests on its connection is taken', async () => {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  socket.write(ask('GET /health/live', {}));
  const [first] = (await once(socket, 'data')) as [string];
  expect(first).toMatch(/^HTTP\/1\.1 200 /);
  socket.write(ask('GET /graphql', HANDSHAKE));
  const [second] = (await once(socket, 'data')) as [string];
  expect(second).toMatch(/^HTTP\/1\.1 101 /);
  socket.destroy();
});

it('a client that goes on sending after its refusal is cut off', async () => {
  await expect(talk(service.url, ask('GET /elsewhere', HANDSHAKE), 'STAY')).resolves.toMatchObject([{ status: 404 }]);
});
