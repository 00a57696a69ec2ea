import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, Loose } from '../support/client.js';
import { ask, mutate, succeed, viewer } from '../support/operations.js';
import { createSubUser, primary, signIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** A primary that is signed in, and a sub-user. */
async function household() {
  const owner = await primary(service);
  return { ...owner, sam: await createSubUser(owner.client, owner.account) };
}

async function stageOf(client: Client): Promise<string | null> {
  return (await viewer(client))?.stage ?? null;
}

async function sessionOf(client: Client): Promise<string> {
  return (await viewer(client)).session.id;
}

describe('sessions', () => {
  async function listOf(client: Client, id: string): Promise<Loose> {
    const query = 'query ($id: ID!) { user(id: $id) { sessions { nodes { id current stage ip userAgent } } } }';
    return (await ask(client, query, { id })).user.sessions?.nodes ?? null;
  }

  it('are listed for oneself, newest first, with what began them', async () => {
    const { account, client } = await primary(service);
    const { id } = (await viewer(client)).user;
    const other = await signIn(service, account);
    const common = { stage: 'FULL', ip: '127.0.0.1', userAgent: 'jest' };
    expect(await listOf(client, id)).toStrictEqual([
      { id: await sessionOf(other), current: false, ...common },
      { id: await sessionOf(client), current: true, ...common },
    ]);
  });

  it('are listed for those who manage the user, and for no other reader', async () => {
    const { account, client, sam } = await household();
    const open = await signIn(service, sam);
    const [admin, auditor] = await Promise.all(
      (['ADMIN', 'AUDITOR'] as const).map(async (role) => signIn(service, await createSubUser(client, account, role))),
    );
    const ids = [{ id: await sessionOf(open) }];
    expect(await listOf(client, sam.userId)).toMatchObject(ids);
    expect(await listOf(admin ?? client, sam.userId)).toMatchObject(ids);
    expect(await listOf(auditor ?? client, sam.userId)).toBeNull();
  });

  it('of oneself and of those whom one manages are revoked', async () => {
    const { account, client, sam } = await household();
    const other = await signIn(service, account);
    const open = await signIn(service, sam);
    for (const session of [other, open]) {
      const sessionId = await sessionOf(session);
      expect((await succeed(client, 'revokeSession', { sessionId })).revokedSessionId).toBe(sessionId);
      expect(await stageOf(session)).toBeNull();
      await succeed(client, 'revokeSession', { sessionId });
    }
    expect(await listOf(client, sam.userId)).toStrictEqual([]);
    await succeed(client, 'revokeSession', { sessionId: await sessionOf(client) });
    expect(await stageOf(client)).toBeNull();
  });

  it('of anybody else do not exist', async () => {
    const { account, client, sam } = await household();
    const open = await signIn(service, sam);
    const admin = await signIn(service, await createSubUser(client, account, 'ADMIN'));
    const stranger = await household();
    const foreign = [
      [open, await sessionOf(client)],
      [open, 'no-such-session'],
      [admin, await sessionOf(client)],
      [stranger.client, await sessionOf(open)],
    ] as const;
    for (const [from, sessionId] of foreign) {
      expect((await mutate(from, 'revokeSession', { sessionId })).refusal).toBe('NOT_FOUND');
    }
    expect(await stageOf(client)).toBe('FULL');
    expect(await stageOf(open)).toBe('FULL');
  });
});
