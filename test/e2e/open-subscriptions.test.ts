import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client as Connection } from 'graphql-ws';
import { once } from 'node:events';
import WebSocket from 'ws';
import { DAY, HOUR } from '../../src/domain/instant.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { connect, failureOf, follow, open, type Feed } from '../support/live.js';
import { succeed, viewer } from '../support/operations.js';
import { createSubUser, primary, signIn, verified } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** Waits until so many subscriptions run, and as many are watched. */
async function expectOpen(count: number): Promise<void> {
  await eventually(async () =>
    expect(service.openNow()).toStrictEqual({ subscriptions: count, exports: 0, watched: count }),
  );
}

/** A subscription of a client that waits for an event. */
async function waiting(
  client: Client,
): Promise<{ readonly feed: Feed; readonly failure: Promise<string | number | null> }> {
  const before = service.openNow().subscriptions;
  const feed = follow(client);
  const failure = failureOf(feed);
  await expectOpen(before + 1);
  return { feed, failure };
}

/** A connection over which a test sends what it likes, once the service has acknowledged it. */
async function acknowledged(client: Client): Promise<WebSocket> {
  const socket = new WebSocket(client.url.replace(/^http/, 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  const authorization = `Bearer ${String(client.token)}`;
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
  await once(socket, 'message');
  return socket;
}

const subscribe = (id: string): string =>
  JSON.stringify({ id, type: 'subscribe', payload: { query: 'subscription { auditEventRecorded { id } }' } });
const complete = (id: string): string => JSON.stringify({ id, type: 'complete' });

describe('An id of a connection', () => {
  it('that is used again before its operation is over closes the connection, and nothing stays open', async () => {
    const { client } = await primary(service, 'BEARER');
    const socket = await acknowledged(client);
    let code: number | null = null;
    socket.once('close', (given) => (code = given));
    for (let time = 0; time < 5; time += 1) for (const message of [subscribe('1'), complete('1')]) socket.send(message);
    socket.send(subscribe('1'));
    await eventually(async () => expect(code !== null || service.openNow().subscriptions > 1).toBe(true));
    socket.terminate();
    await expectOpen(0);
    expect(code).toBe(4409);
  });

  it('can be used again once its operation is over', async () => {
    const { client } = await primary(service, 'BEARER');
    const socket = await acknowledged(client);
    for (let time = 0; time < 3; time += 1) {
      socket.send(subscribe('1'));
      await expectOpen(1);
      socket.send(complete('1'));
      await expectOpen(0);
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });
});

describe('A subscription that waits for an event', () => {
  it('ends with its connection: of a thousand, none is left', async () => {
    const { client } = await primary(service, 'BEARER');
    const connections: Connection[] = [];
    for (let count = 0; count < 50; count += 1) {
      const connection = connect(client);
      connections.push(connection);
      for (let each = 0; each < 20; each += 1) open(connection);
      await expectOpen(20 * (count + 1));
    }
    for (const connection of connections.slice(0, 25)) await connection.dispose();
    for (const connection of connections.slice(25)) connection.terminate();
    await expectOpen(0);
    // A busy machine takes its time to open a thousand.
  }, 240_000);

  it('ends when its client completes it, and leaves the others of its connection alone', async () => {
    const { client } = await primary(service, 'BEARER');
    const connection = connect(client);
    const endings = Array.from({ length: 100 }, () => open(connection));
    await expectOpen(100);
    for (const end of endings.slice(1)) end();
    await expectOpen(1);
    await connection.dispose();
    await expectOpen(0);
  });

  it('ends when its session signs out, is revoked or expires', async () => {
    const { account, client } = await primary(service, 'BEARER');
    const endings: ((other: Client) => unknown)[] = [
      (other) => succeed(other, 'signOut'),
      async (other) => succeed(client, 'revokeSession', { sessionId: (await viewer(other)).session.id }),
      () => service.clock.advance(13 * HOUR),
    ];
    for (const end of endings) {
      const other = await signIn(service, account, 'BEARER');
      const { failure, feed } = await waiting(other);
      await end(other);
      expect(await failure).toBe('UNAUTHENTICATED');
      await expectOpen(0);
      await feed.close();
    }
  });

  it('ends when its session is lowered', async () => {
    const { account, client } = await primary(service, 'BEARER');
    const sam = await createSubUser(client, account, 'AUDITOR');
    const { failure, feed } = await waiting(await signIn(service, sam, 'BEARER'));
    await succeed(client, 'requireSubUserMfa', { userId: sam.userId, effective: 'IMMEDIATELY' });
    expect(await failure).toBe('MFA_ENROLLMENT_REQUIRED');
    await expectOpen(0);
    await feed.close();
  });

  it('ends when its token is revoked or expires', async () => {
    const { account, client } = await primary(service, 'BEARER');
    const input = { name: 'SIEM', scopes: ['READ'], expiresInDays: 1 };
    const endings = [
      (tokenId: string) => succeed(client, 'revokeAuditToken', { tokenId }),
      async () => service.clock.advance(DAY),
    ];
    for (const end of endings) {
      const { auditToken, token } = await verified(client, 'createAuditToken', input, { password: account.password });
      const { failure, feed } = await waiting(Object.assign(service.client(), { token }));
      await end(auditToken.id);
      expect(await failure).toBe('UNAUTHENTICATED');
      await expectOpen(0);
      await feed.close();
    }
  });
});
