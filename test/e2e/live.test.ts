import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, Loose } from '../support/client.js';
import { connect, failureOf, follow, run, type Feed } from '../support/live.js';
import { ask, succeed, viewer } from '../support/operations.js';
import { createSubUser, primary, signIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** The events of a trail, oldest first. */
async function trailOf(client: Client): Promise<Loose[]> {
  const { auditEvents } = await ask(client, '{ auditEvents(first: 100) { nodes { id seq cursor type } } }');
  return auditEvents.nodes.reverse();
}

async function take(feed: Feed, count: number): Promise<Loose[]> {
  const taken: Loose[] = [];
  while (taken.length < count) taken.push(await feed.next());
  return taken;
}

/** The cursor of the first event of a trail. */
async function beginning(client: Client): Promise<string> {
  return (await trailOf(client))[0].cursor;
}

const FOLLOW = 'subscription ($after: String) { auditEventRecorded(after: $after) { id } }';

describe('the live view of the trail', () => {
  it('goes on from a cursor without a gap, into what is recorded while it is open', async () => {
    const { account, client } = await primary(service);
    const feed = follow(client, { after: await beginning(client) });
    const first = await feed.next();
    for (let created = 0; created < 3; created += 1) await createSubUser(client, account);
    const trail = await trailOf(client);
    const seen = [first, ...(await take(feed, trail.length - 2))];
    expect(seen.map(({ id }) => id)).toStrictEqual(trail.slice(1).map(({ id }) => id));
    await feed.close();
    await createSubUser(client, account);
    const again = follow(client, { after: seen.at(-1).cursor });
    expect((await again.next()).seq).toBe(Number(seen.at(-1).seq) + 1);
    await again.close();
  });

  it('shows what the filter lets through, of this account only', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const filter = { types: ['RoleAssigned'], subjectId: sam.userId };
    const feed = follow(client, { after: await beginning(client), filter });
    const other = await primary(service);
    await createSubUser(other.client, other.account);
    const kim = await createSubUser(client, account);
    for (const { userId } of [kim, sam]) await succeed(client, 'assignRole', { userId, role: 'AUDITOR' });
    expect(await feed.next()).toMatchObject({ type: 'RoleAssigned', subject: { id: sam.userId } });
    await feed.close();
  });

  it('is narrowed by names and addresses as the trail is', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const filter = { search: sam.username.toUpperCase(), ip: '::/0', categories: ['USER'] };
    const feed = follow(client, { after: await beginning(client), filter });
    expect(await feed.next()).toMatchObject({ type: 'UserCreated', subject: { id: sam.userId } });
    const kim = await createSubUser(client, account);
    for (const { userId } of [kim, sam]) await succeed(client, 'assignRole', { userId, role: 'AUDITOR' });
    expect(await feed.next()).toMatchObject({ type: 'RoleAssigned', subject: { id: sam.userId } });
    await feed.close();
    const vain = follow(client, { filter: { ip: 'nonsense' } });
    expect(await failureOf(vain)).toBe('BAD_USER_INPUT');
  });
});

describe('a connection', () => {
  it('is accepted with the cookie from a page of the same origin, and refused from any other', async () => {
    const { client } = await primary(service);
    const { origin } = new URL(client.url);
    const cookie = `session=${encodeURIComponent(client.cookies.get('session') ?? '')}`;
    const after = await beginning(client);
    const same = follow(client, { after }, { headers: { cookie, origin } });
    expect(await failureOf(same)).toBeNull();
    await same.close();
    for (const foreign of ['https://evil.example', 'null', `${origin}0`]) {
      const feed = follow(client, { after }, { headers: { cookie, origin: foreign } });
      expect(await failureOf(feed)).not.toBeNull();
      await feed.close();
    }
  });

  it('is accepted with a bearer token in its parameters, and refused with none or a wrong one', async () => {
    const { client } = await primary(service, 'BEARER');
    const after = await beginning(client);
    const feed = follow(client, { after });
    expect(await failureOf(feed)).toBeNull();
    await feed.close();
    for (const connectionParams of [{}, { authorization: `Bearer ${client.token ?? ''}x` }, { authorization: 7 }]) {
      expect(await failureOf(follow(client, { after }, { connectionParams }))).toBe(4403);
    }
  });

  it('answers neither queries nor mutations', async () => {
    const { client } = await primary(service);
    for (const query of ['{ viewer { stage } }', 'mutation { signOut { userErrors { code } } }']) {
      expect(await failureOf(run(connect(client), query))).toBe('BAD_REQUEST');
    }
    expect((await viewer(client)).stage).toBe('FULL');
  });

  it('holds the limits that hold over HTTP', async () => {
    const { client } = await primary(service);
    const aliases = Array.from({ length: 200 }, (_, index) => `a${index}: id`).join(' ');
    const documents = [
      `subscription { auditEventRecorded { ${aliases} } }`,
      `subscription { auditEventRecorded { ${'id '.repeat(20_000)} } }`,
      'subscription { auditEventRecorded { nothing } }',
    ];
    for (const document of documents) {
      const failure = await failureOf(run(connect(client), document));
      expect([document.slice(0, 40), failure]).not.toContain(null);
    }
  });
});

describe('a subscription that cannot be run', () => {
  const named = (name: string) => `subscription ${name} { auditEventRecorded { id } }`;

  it.each([
    ['is not GraphQL', 'subscription { ', {}, 'GRAPHQL_PARSE_FAILED'],
    ['asks for what there is not', 'subscription { auditEventRecorded { nothing } }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['has a wrong variable', FOLLOW, { after: { xK9: true } }, 'BAD_USER_INPUT'],
    ['lacks a variable', 'subscription ($a: String!) { auditEventRecorded(after: $a) { id } }', {}, 'BAD_USER_INPUT'],
    ['has no operation', 'fragment F on AuditEvent { id }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['has two operations', `${named('A')} ${named('B')}`, {}, 'OPERATION_RESOLUTION_FAILURE'],
  ])('since it %s is told so, and is no error of the service', async (_, document, variables, code) => {
    const { client } = await primary(service);
    expect(await failureOf(run(connect(client), document, variables))).toBe(code);
    expect(service.log.join('')).not.toMatch(/"level":50|xK9/);
  });
});

describe('ends when', () => {
  it('the session ends', async () => {
    const { account, client } = await primary(service);
    const other = await signIn(service, account);
    const feed = follow(other, { after: await beginning(client) });
    await feed.next();
    await succeed(client, 'revokeSession', { sessionId: (await viewer(other)).session.id });
    expect(await endOf(feed)).toBe('UNAUTHENTICATED');
  });

  it('the role is taken', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account, 'AUDITOR');
    const feed = follow(await signIn(service, sam), { after: await beginning(client) });
    await feed.next();
    await succeed(client, 'assignRole', { userId: sam.userId, role: 'MEMBER' });
    expect(await endOf(feed)).toBe('FORBIDDEN');
  });

  /** What a feed ends with, once it has shown what was before. */
  async function endOf(feed: Feed): Promise<string | number | null> {
    for (;;) {
      const failure = await failureOf(feed);
      if (failure !== null) return failure;
    }
  }
});
