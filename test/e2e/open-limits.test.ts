import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client as Connection } from 'graphql-ws';
import WebSocket from 'ws';
import type { Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { answerOf, connect, open } from '../support/live.js';
import { errorOf } from '../support/operations.js';
import { createSubUser, primary, signIn, verified } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;

afterEach(() => service.dispose());

async function expectOpen(count: number): Promise<void> {
  await eventually(async () => expect(service.openNow().subscriptions).toBe(count));
}

/** Opens subscriptions over a connection, all of which find a place. */
async function openMany(connection: Connection, count: number): Promise<void> {
  const before = service.openNow().subscriptions;
  for (let each = 0; each < count; each += 1) open(connection);
  await expectOpen(before + count);
}

async function expectRefused(connection: Connection, holder: string, most: number): Promise<void> {
  const [error] = (await answerOf(connection)).errors;
  expect(error.message).toBe(
    `${holder} has reached its limit of ${most} open subscriptions. Complete one, then try again.`,
  );
  expect(error.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 10 });
}

const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

describe('Subscriptions are limited', () => {
  it('on one connection, whose other subscriptions go on', async () => {
    service = await startService({ SUBSCRIPTIONS_PER_CONNECTION: '3' });
    const { client } = await primary(service, 'BEARER');
    const connection = connect(client);
    const complete = open(connection);
    await expectOpen(1);
    await openMany(connection, 2);
    await expectRefused(connection, 'This connection', 3);
    await openMany(connect(client), 3);
    complete();
    await expectOpen(5);
    await openMany(connection, 1);
  });

  it('on one connection also while they have not begun, completed or not', async () => {
    service = await startService({ SUBSCRIPTIONS_PER_CONNECTION: '3' });
    const { client } = await primary(service, 'BEARER');
    const socket = silent();
    await opened(socket);
    const answers: Loose[] = [];
    socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
    const send = (message: Loose): void => socket.send(JSON.stringify(message));
    send({ type: 'connection_init', payload: { authorization: `Bearer ${String(client.token)}` } });
    await eventually(async () => expect(answers).toHaveLength(1));
    const payload = { query: 'subscription { auditEventRecorded { id } }' };
    for (const id of ['1', '2', '3']) for (const type of ['subscribe', 'complete']) send({ id, type, payload });
    send({ id: '4', type: 'subscribe', payload });
    await eventually(async () => expect(answers).toHaveLength(2));
    expect(answers[1]).toMatchObject({ id: '4', type: 'error', payload: [{ extensions: { code: 'RATE_LIMITED' } }] });
    send({ id: '5', type: 'subscribe', payload });
    await expectOpen(1);
    socket.terminate();
    await expectOpen(0);
  });

  it('in one session and by one token', async () => {
    service = await startService({ SUBSCRIPTIONS_PER_SESSION: '3' });
    const { account, client } = await primary(service, 'BEARER');
    const input = { name: 'SIEM', scopes: ['READ'], expiresInDays: 1 };
    const { token } = await verified(client, 'createAuditToken', input, { password: account.password });
    for (const one of [client, Object.assign(service.client(), { token })]) {
      await openMany(connect(one), 2);
      await openMany(connect(one), 1);
      await expectRefused(connect(one), 'This session or token', 3);
    }
    await openMany(connect(await signIn(service, account, 'BEARER')), 3);
  });

  it('in one account, where members leave its primary a quarter', async () => {
    service = await startService({ SUBSCRIPTIONS_PER_ACCOUNT: '8' });
    const { account, client } = await primary(service, 'BEARER');
    const sam = await createSubUser(client, account, 'AUDITOR');
    await openMany(connect(await signIn(service, sam, 'BEARER')), 4);
    const other = connect(await signIn(service, sam, 'BEARER'));
    await openMany(other, 2);
    await expectRefused(other, 'This account', 6);
    await openMany(connect(client), 2);
    await expectRefused(connect(client), 'This account', 8);
    await openMany(connect((await primary(service, 'BEARER')).client), 8);
  });

  it('at one address, of IPv6 one /64, as a trusted proxy tells it', async () => {
    service = await startService({ SUBSCRIPTIONS_PER_ADDRESS: '2', TRUSTED_PROXIES: 'loopback' });
    const { client } = await primary(service, 'BEARER');
    await openMany(connect(client, { headers: from('2001:db8:1:2::1') }), 1);
    await openMany(connect(client, { headers: from('2001:db8:1:2:ffff::9') }), 1);
    await expectRefused(connect(client, { headers: from('2001:db8:1:2::3') }), 'This address', 2);
    await openMany(connect(client, { headers: from('2001:db8:1:3::1') }), 2);
  });
});

/** A WebSocket that says nothing. */
function silent(headers: Record<string, string> = {}): WebSocket {
  const socket = new WebSocket(service.url.replace(/^http/, 'ws'), 'graphql-transport-ws', { headers });
  socket.on('error', () => undefined);
  return socket;
}

function opened(socket: WebSocket): Promise<number | null> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve(null));
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
  });
}

function closed(socket: WebSocket): Promise<{ readonly code: number; readonly reason: string }> {
  return new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

const STAGE = '{ viewer { stage } }';
const TOO_MANY = 'Too many connections are open from this address. Close one, then try again.';

describe('Connections are limited', () => {
  it('at one address, whatever they are for, and there is room again when one closes', async () => {
    service = await startService({ CONNECTIONS_PER_ADDRESS: '5' });
    const sockets = Array.from({ length: 5 }, () => silent());
    expect(await Promise.all(sockets.map(opened))).toStrictEqual([null, null, null, null, null]);
    expect(await opened(silent())).toBe(503);
    const refused = await fetch(new URL('/health/live', service.url));
    expect([refused.status, refused.headers.get('retry-after')]).toStrictEqual([503, '10']);
    expect(((await refused.json()) as Loose).errors).toMatchObject([
      { message: TOO_MANY, extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 10 } },
    ]);
    const lines = service.log.filter((line) => line.includes('TOO_MANY_CONNECTIONS'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 40,
      times: 1,
      msg: expect.stringContaining('TRUSTED_PROXIES'),
    });
    sockets[0]?.close();
    await eventually(async () => expect((await fetch(new URL('/health/live', service.url))).status).toBe(200));
    for (const socket of sockets) socket.terminate();
  });

  it('by trusted proxies not at all, and behind them by the address that they tell', async () => {
    service = await startService({ CONNECTIONS_PER_ADDRESS: '2', TRUSTED_PROXIES: 'loopback' });
    const sockets = Array.from({ length: 2 }, () => silent(from('192.0.2.1')));
    expect(await Promise.all(sockets.map(opened))).toStrictEqual([null, null]);
    const third = silent(from('192.0.2.1'));
    expect(await closed(third)).toStrictEqual({ code: 1013, reason: TOO_MANY });
    const other = silent(from('192.0.2.2'));
    expect(await opened(other)).toBeNull();
    const client: Client = service.client({ headers: from('192.0.2.1') });
    expect(errorOf(await client.send(STAGE))).toBeNull();
    for (const socket of [...sockets, other]) socket.terminate();
  });
});

describe('A WebSocket whose client does not read', () => {
  it('is ended once too much waits for it', async () => {
    service = await startService();
    const socket = silent();
    await opened(socket);
    socket.pause();
    const end = closed(socket);
    const payload = Buffer.alloc(60_000, 'x').toString();
    const ping = JSON.stringify({ type: 'ping', payload: { payload } });
    // Each message is answered with one as long, of which nothing is read: 120 MB in all.
    let left = 2_000;
    const timer = setInterval(() => {
      for (let count = 0; count < 20 && left > 0; count += 1, left -= 1) socket.send(ping, () => undefined);
    }, 5);
    await eventually(async () => expect(left === 0 || socket.readyState !== WebSocket.OPEN).toBe(true));
    clearInterval(timer);
    expect(left).toBeGreaterThan(0);
    socket.resume();
    expect((await end).code).toBe(1006);
  });
});
