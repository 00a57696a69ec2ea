import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventStore, EventToAppend } from '../../src/eventstore/event-store.js';
import type { Answer, Client, Loose } from '../support/client.js';
import { run, connect, failureOf, follow } from '../support/live.js';
import { ask, errorOf, mutate, succeed } from '../support/operations.js';
import { createSubUser, primary, signIn, verified } from '../support/people.js';
import { START, startService, type TestService } from '../support/service.js';

/** Events that one append may weigh. */
const PORTION = 500;

let service: TestService;

afterEach(() => service.dispose());

/** A service whose log the test writes to as well. */
async function started(environment: Readonly<Record<string, string>> = {}): Promise<EventStore> {
  const stores: EventStore[] = [];
  service = await startService(environment, {
    wrapStore(store) {
      stores.push(store);
      return store;
    },
  });
  const [store] = stores;
  if (store === undefined) throw new Error('there is no store');
  return store;
}

/** Writes codes that a user has given, as the service would have recorded them. */
async function writeCodes(store: EventStore, ids: { accountId: string; userId: string }, count: number): Promise<void> {
  const { accountId, userId } = ids;
  const requestId = randomUUID();
  const events = Array.from({ length: count }, (_, timeStep): EventToAppend => ({
    ...{ id: randomUUID(), type: 'MfaCodeAccepted', revision: 1 },
    data: { accountId, userId, deviceId: 'phone', purpose: 'SIGN_IN', challengeId: 'challenge', timeStep },
    metadata: {
      ...{ occurredAt: START, actor: { kind: 'USER', id: userId }, sessionId: null },
      ...{ requestId, correlationId: requestId, causationId: null },
    },
  }));
  for (let version = 0; version < count; version += PORTION)
    await store.append(`mfa-${userId}`, version, events.slice(version, version + PORTION));
}

/** Looks back at one user as often as a document may say. */
function looks(userId: string): string {
  const aliases = Array.from(
    { length: 15 },
    (_, n) => `at${n}: mfaStateAt(userId: "${userId}", at: "${START}") { enabled }`,
  );
  return `{ ${aliases.join(' ')} }`;
}

function codesOf({ body }: Answer): string[] {
  return ((body.errors ?? []) as Loose[]).map(({ extensions }) => extensions.code);
}

describe('Looking back at a long stream', () => {
  it('fifteen times in one request lets others have their answers meanwhile', async () => {
    const store = await started();
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    await writeCodes(store, { accountId: account.accountId, userId: sam.userId }, 3_000);
    const other = await signIn(service, sam);
    let isDone = false;
    const heavy = client.send(looks(sam.userId)).finally(() => (isDone = true));
    let answered = 0;
    while (!isDone) {
      await ask(other, '{ viewer { stage } }');
      if (!isDone) answered += 1;
    }
    expect(codesOf(await heavy)).toStrictEqual([]);
    expect(answered).toBeGreaterThanOrEqual(50);
  });

  it('is paid for as it is read, and stops when the budget of the session is used up', async () => {
    const store = await started({ READ_COST_PER_MINUTE_PER_SESSION: '300' });
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    await writeCodes(store, { accountId: account.accountId, userId: sam.userId }, 3_000);
    const answer = await client.send(looks(sam.userId));
    expect(codesOf(answer)).toContain('RATE_LIMITED');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(errorOf(await client.send(looks(sam.userId)))).toBe('RATE_LIMITED');
    await ask(await signIn(service, sam), '{ viewer { stage } }');
  });
});

describe('An operation that costs too much', () => {
  const SESSIONS =
    'query ($users: Int, $sessions: Int) { users(first: $users) { nodes { sessions(first: $sessions) { nodes { id } } } } }';

  it('is refused with its cost, the ceiling and what to do; in smaller pages it is answered', async () => {
    await started();
    const { client } = await primary(service);
    for (const document of ['{ users(first: 100) { nodes { sessions { nodes { id } } } } }', SESSIONS]) {
      const answer = await client.send(document, { users: 100, sessions: 100 });
      const [error] = answer.body.errors as Loose[];
      expect(error.extensions).toStrictEqual({
        ...{ code: 'OPERATION_TOO_EXPENSIVE', requestId: answer.headers.get('x-request-id') },
        ...{ cost: expect.any(Number), maximumCost: 1_000 },
      });
      expect(error.extensions.cost).toBeGreaterThan(1_000);
      expect(error.message).toBe(
        `This operation costs about ${error.extensions.cost} points; one operation may cost 1000. Ask for a smaller \`first\` or \`last\`, for fewer fields, or in several requests.`,
      );
      expect(answer.body.data).toBeUndefined();
    }
    const { users } = await ask(client, SESSIONS, { users: 10, sessions: 10 });
    expect(users.nodes[0].sessions.nodes).toHaveLength(1);
  });

  it('is answered with status 400 where the client knows the media type of GraphQL', async () => {
    await started();
    const { client } = await primary(service);
    const headers = { accept: 'application/graphql-response+json' };
    const answer = await client.send(SESSIONS, { users: 100, sessions: 100 }, headers);
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toBe('OPERATION_TOO_EXPENSIVE');
    expect((await client.send(SESSIONS, { users: 100, sessions: 100 })).status).toBe(200);
  });

  it('is a mutation, too, if its answer asks for as much; nothing is done then', async () => {
    await started();
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const document = `mutation ($id: ID!) { deleteSubUser(input: { userId: $id }) { userErrors { code }
      query { users(first: 100) { nodes { sessions(first: 100) { nodes { id } } } } } } }`;
    expect(errorOf(await client.send(document, { id: sam.userId }))).toBe('OPERATION_TOO_EXPENSIVE');
    await signIn(service, sam);
  });
});

describe('The budget of reading', () => {
  const PAGE = '{ users(first: 100) { nodes { id username mfa { enabled } } } }';

  async function useUp(client: Client, document = PAGE): Promise<Answer> {
    for (let time = 0; time < 50; time += 1) {
      const answer = await client.send(document);
      if (errorOf(answer) === 'RATE_LIMITED') return answer;
    }
    throw new Error('the budget never ended');
  }

  it('is one for each session: others of the account go on', async () => {
    await started({ READ_COST_PER_MINUTE_PER_SESSION: '100' });
    const { account, client } = await primary(service);
    const { headers, body } = await useUp(client);
    expect(body.errors[0].extensions.retryAfterSeconds).toBeGreaterThan(0);
    expect(headers.get('retry-after')).toBe(String(body.errors[0].extensions.retryAfterSeconds));
    await ask(await signIn(service, account), PAGE);
  });

  it('of an account has a share that its primary alone can take', async () => {
    await started({ READ_COST_PER_MINUTE_PER_ACCOUNT: '200' });
    const { account, client } = await primary(service);
    const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'));
    const second = await signIn(service, await createSubUser(client, account, 'AUDITOR'));
    await useUp(auditor);
    expect(errorOf(await second.send(PAGE))).toBe('RATE_LIMITED');
    await ask(client, PAGE);
  });

  it('never refuses what protects an account, nor any other mutation that asks for no more than its outcome', async () => {
    await started({ READ_COST_PER_MINUTE_PER_ACCOUNT: '40', READ_COST_PER_MINUTE_PER_SESSION: '40' });
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    await useUp(client);
    await succeed(client, 'requireSubUserMfa', { userId: sam.userId });
    expect((await mutate(client, 'deleteSubUser', { userId: sam.userId })).refusal).toBeNull();
    await succeed(client, 'signOut');
  });

  it('is one for each address where nobody is signed in', async () => {
    await started({ TRUSTED_PROXIES: 'loopback', READ_COST_PER_MINUTE_PER_ADDRESS: '40' });
    const from = (address: string) => service.client({ headers: { 'x-forwarded-for': address } });
    await useUp(from('2001:db8::1'), '{ viewer { stage } }');
    expect(errorOf(await from('2001:db8::2').send('{ viewer { stage } }'))).toBe('RATE_LIMITED');
    await ask(from('2001:db8:0:1::1'), '{ viewer { stage } }');
  });

  it('is one for each audit token', async () => {
    await started({ READ_COST_PER_MINUTE_PER_SESSION: '100' });
    const { account, client } = await primary(service);
    const tokens = await Promise.all(
      ['one', 'other'].map((name) =>
        verified(client, 'createAuditToken', { name, scopes: ['READ'], expiresInDays: 1 }, account),
      ),
    );
    const [one, other] = tokens.map(({ token }) => Object.assign(service.client(), { token }));
    const trail = '{ auditEvents(first: 100) { nodes { id } } }';
    await useUp(one as Client, trail);
    await ask(other as Client, trail);
  });

  it('is taken from over WebSocket as well', async () => {
    await started({ READ_COST_PER_MINUTE_PER_SESSION: '100' });
    const { client } = await primary(service);
    const feed = follow(client);
    await useUp(client);
    await feed.close();
    expect(await failureOf(follow(client))).toBe('RATE_LIMITED');
  });
});

describe('A text that is too long', () => {
  const search = 'x'.repeat(50_000);
  const message = '`filter.search` has 50000 characters. Send at most 128.';

  it('is refused over HTTP', async () => {
    await started();
    const { client } = await primary(service);
    for (const [list, type] of [
      ['users', 'UserFilter'],
      ['auditEvents', 'AuditEventFilter'],
    ]) {
      const document = `query ($filter: ${type}) { ${list}(filter: $filter) { nodes { id } } }`;
      const answer = await client.send(document, { filter: { search } });
      expect(codesOf(answer)).toStrictEqual(['BAD_USER_INPUT']);
      expect(answer.body.errors[0].message).toBe(message);
    }
  });

  it('is refused over WebSocket', async () => {
    await started();
    const { client } = await primary(service);
    expect(await failureOf(follow(client, { filter: { search } }))).toBe('BAD_USER_INPUT');
    const document = `subscription { auditEventRecorded(filter: { search: "${search}" }) { id } }`;
    expect(await failureOf(run(connect(client), document))).toBe('BAD_USER_INPUT');
  });
});
