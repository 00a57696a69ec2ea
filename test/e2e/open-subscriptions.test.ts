import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client as Connection } from 'graphql-ws';
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
  });

  it('ends when its client completes it, and leaves the others of its connection alone', async () => {
    const { client } = await primary(service, 'BEARER');
    const connection = connect(client);
    const complete = Array.from({ length: 100 }, () => open(connection));
    await expectOpen(100);
    for (const end of complete.slice(1)) end();
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
