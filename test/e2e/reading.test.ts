import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client, Loose } from '../support/client.js';
import { ask, errorOf, mutate, succeed, USER, viewer } from '../support/operations.js';
import {
  answerChallenge,
  createSubUser,
  enable,
  fresh,
  primary,
  signIn,
  trySignIn,
  type Account,
  type SubUser,
} from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;
let account: Account;
let client: Client;
let sam: SubUser;
let ids: { readonly ada: string; readonly sam: string };

const EVENT = `id seq type category occurredAt outcome reason sessionId ip userAgent requestId summary
  actor { kind id name } subject { id name } device { id name }`;
const TRAIL = `query ($filter: AuditEventFilter, $orderBy: AuditEventOrder! = NEWEST_FIRST, $first: Int, $after: String, $last: Int, $before: String) {
  auditEvents(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id } } nodes { ${EVENT} }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const USERS = `query ($first: Int, $after: String, $last: Int, $before: String) {
  users(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id } } nodes { ${USER} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

function trail(variables: Loose = {}, who = client): Promise<Loose> {
  return ask(who, TRAIL, variables).then((data) => data.auditEvents);
}

function typesOf(page: Loose): string[] {
  return page.nodes.map(({ type }: { type: string }) => type);
}

/** The account's story: told once, read by every test. */
beforeAll(async () => {
  service = await startService();
  ({ account, client } = await primary(service));
  const ada = (await viewer(client)).user.id;
  sam = await createSubUser(client, account);
  ids = { ada, sam: sam.userId };
  service.clock.advance(60_000);
  await trySignIn(service.client(), { ...sam, password: 'not the password' });
  const first = await signIn(service, sam);
  const authenticator = await enable(service, first, "Sam's phone");
  const second = service.client({ userAgent: 'Console/7' });
  await succeed(second, 'signIn', { account: sam.account, username: sam.username, password: sam.password });
  await mutate(second, 'answerMfaChallenge', { code: authenticator.wrongCode() });
  await answerChallenge(second, authenticator);
  await succeed(second, 'signOut');
});

afterAll(() => service.dispose());

describe('the viewer', () => {
  it('is nobody where nobody has signed in', async () => {
    expect(await viewer(service.client())).toBeNull();
  });

  it('is the user of the session', async () => {
    expect((await viewer(client)).user).toMatchObject({ id: ids.ada, username: account.username });
  });
});

describe('a user', () => {
  const query = `query ($id: ID!) { user(id: $id) { ${USER} } node(id: $id) { __typename id ... on User { username } } }`;

  it('is read by id, as a user and as a node', async () => {
    const { user, node } = await ask(client, query, { id: sam.userId });
    expect(user).toMatchObject({ id: sam.userId, username: sam.username, mfa: { deviceName: "Sam's phone" } });
    expect(node).toStrictEqual({ __typename: 'User', id: sam.userId, username: sam.username });
  });

  it.each(['ADMIN', 'AUDITOR'] as const)('is read by an %s', async (role) => {
    const reader = await signIn(service, await createSubUser(client, account, role));
    expect((await ask(reader, query, { id: ids.ada })).user).toMatchObject({ username: account.username });
  });

  it('is read by a member only if it is oneself', async () => {
    const member = await createSubUser(client, account);
    const reader = await signIn(service, member);
    expect((await ask(reader, query, { id: member.userId })).user).toMatchObject({ username: member.username });
    const answer = await reader.send(query, { id: ids.ada });
    expect(answer.body.data).toStrictEqual({ user: null, node: null });
    expect(errorOf(answer)).toBe('NOT_FOUND');
  });
});

describe('the users', () => {
  it('come in the order of their creation, page by page in both directions', async () => {
    const other = await primary(service);
    const created = [(await viewer(other.client)).user.id];
    for (let user = 0; user < 4; user += 1) {
      created.push((await createSubUser(other.client, other.account)).userId);
    }
    const pages = async (size: 'first' | 'last', cursor: 'after' | 'before', end: 'startCursor' | 'endCursor') => {
      const found: string[][] = [];
      let from: string | null = null;
      for (let page = 0; page < 3; page += 1) {
        const { users } = await ask(other.client, USERS, { [size]: 2, [cursor]: from });
        found.push(users.nodes.map(({ id }: { id: string }) => id));
        const { hasNextPage, hasPreviousPage } = users.pageInfo;
        const [more, less] = size === 'first' ? [hasNextPage, hasPreviousPage] : [hasPreviousPage, hasNextPage];
        expect([more, less]).toStrictEqual([page < 2, page > 0]);
        from = users.pageInfo[end];
      }
      return found;
    };
    const [a, b, c, d, e] = created;
    expect(await pages('first', 'after', 'endCursor')).toStrictEqual([[a, b], [c, d], [e]]);
    expect(await pages('last', 'before', 'startCursor')).toStrictEqual([[d, e], [b, c], [a]]);
  });

  it('are those of the account alone', async () => {
    const other = await primary(service);
    const { users } = await ask(other.client, USERS);
    expect(users.nodes.map(({ username }: { username: string }) => username)).toStrictEqual([other.account.username]);
    expect(users.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });
});

describe('the audit trail', () => {
  it('tells everything, the newest first, without gaps', async () => {
    const page = await trail({ filter: { subjectId: sam.userId } });
    expect(typesOf(page)).toStrictEqual([
      ...['SessionEnded', 'SessionRotated', 'SessionRaised', 'MfaCodeAccepted', 'MfaCodeRejected', 'SessionStarted'],
      ...['SessionRotated', 'SessionRaised', 'MfaEnabled', 'MfaEnrollmentStarted', 'SessionStarted'],
      ...['PasswordAccepted', 'PasswordRejected', 'UserCreated'],
    ]);
    const all = await trail({ last: 100 });
    expect(all.nodes.map(({ seq }: { seq: number }) => seq)).toStrictEqual(
      Array.from(all.nodes.keys() as Iterable<number>).reverse(),
    );
    expect(typesOf(all).at(-1)).toBe('UserCreated');
  });

  it('tells of an event who, whom, when, where from, and what came of it', async () => {
    const page = await trail({ filter: { types: ['MfaCodeRejected'] } });
    expect(page.nodes).toStrictEqual([
      {
        ...{ id: expect.any(String), seq: expect.any(Number), type: 'MfaCodeRejected', category: 'MFA' },
        ...{ outcome: 'FAILURE', reason: 'WRONG', occurredAt: '2026-01-01T00:01:00.000Z' },
        ...{ userAgent: 'Console/7', requestId: expect.any(String), sessionId: expect.any(String) },
        ip: expect.stringMatching(/^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/),
        actor: { kind: 'USER', id: sam.userId, name: sam.username },
        subject: { id: sam.userId, name: sam.username },
        device: { id: expect.any(String), name: "Sam's phone" },
        summary: `A code for virtual MFA device Sam's phone of ${sam.username} was rejected`,
      },
    ]);
  });

  it('tells of an event what is particular to its type, why it was refused, and all of it in Chinese', async () => {
    const query = `{ auditEvents(filter: { outcome: FAILURE }, orderBy: OLDEST_FIRST) { nodes { summary(language: ZH)
      details { __typename ... on MfaCodeRejectedDetails { purpose challengeId attemptsLeft consecutiveFailures timeStep }
        ... on PasswordRejectedDetails { browserId consecutiveFailures } }
      refusal { rule reason policy { attempts failuresInARow } counters { attemptsLeft consecutiveFailures retryAt } } } } }`;
    const { auditEvents } = await ask(client, query);
    expect(auditEvents.nodes).toStrictEqual([
      {
        summary: `为用户“${sam.username}”输入了错误的密码`,
        details: { __typename: 'PasswordRejectedDetails', browserId: null, consecutiveFailures: 1 },
        refusal: {
          ...{ rule: 'PASSWORD', reason: 'WRONG_PASSWORD', policy: { attempts: null, failuresInARow: 5 } },
          counters: { attemptsLeft: null, consecutiveFailures: 1, retryAt: null },
        },
      },
      {
        summary: `用户“${sam.username}”的虚拟 MFA 设备“Sam's phone”的验证码被拒绝`,
        details: {
          ...{ __typename: 'MfaCodeRejectedDetails', purpose: 'SIGN_IN', challengeId: expect.any(String) },
          ...{ attemptsLeft: 4, consecutiveFailures: 1, timeStep: null },
        },
        refusal: {
          ...{ rule: 'CODE_WINDOW', reason: 'WRONG', policy: { attempts: 5, failuresInARow: 10 } },
          counters: { attemptsLeft: 4, consecutiveFailures: 1, retryAt: null },
        },
      },
    ]);
  });

  it('is narrowed by device, session, request, address, category and name, and told oldest first', async () => {
    const [rejected] = (await trail({ filter: { types: ['MfaCodeRejected'] } })).nodes;
    const told = async (filter: Loose) => typesOf(await trail({ filter, orderBy: 'OLDEST_FIRST' }));
    const session = [
      'SessionStarted',
      'MfaCodeRejected',
      'MfaCodeAccepted',
      'SessionRaised',
      'SessionRotated',
      'SessionEnded',
    ];
    expect(await told({ sessionId: rejected.sessionId })).toStrictEqual(session);
    expect(await told({ requestId: rejected.requestId })).toStrictEqual(['MfaCodeRejected']);
    const device = ['MfaEnrollmentStarted', 'MfaEnabled', 'MfaCodeRejected', 'MfaCodeAccepted'];
    expect(await told({ deviceId: rejected.device.id })).toStrictEqual(device);
    expect(await told({ search: "SAM'S PHO" })).toStrictEqual(device);
    expect(await told({ search: sam.username.toUpperCase(), outcome: 'FAILURE', ip: '::/0' })).toStrictEqual([
      'PasswordRejected',
      'MfaCodeRejected',
    ]);
    expect(await told({ categories: ['PASSWORD'], subjectId: sam.userId })).toStrictEqual([
      'PasswordRejected',
      'PasswordAccepted',
    ]);
    expect(await told({ ip: '203.0.113.0/24' })).toStrictEqual([]);
    const newest = await trail({ first: 3 });
    const older = await trail({ first: 1, after: newest.pageInfo.endCursor, orderBy: 'OLDEST_FIRST' });
    expect(older.nodes[0]).toStrictEqual(newest.nodes[1]);
  });

  it.each(['nonsense', '192.0.2.0/33', '', '10.0.0.1-10.0.0.9'])('is not read by the address %j', async (ip) => {
    const answer = await client.send(TRAIL, { filter: { ip } });
    expect(answer.body.errors).toMatchObject([
      { message: expect.stringContaining('`ip` is an IPv4 or IPv6 address'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  it('bears the request id that the answer had', async () => {
    const { answer } = await mutate(client, 'createSubUser', { username: fresh('sam'), password: fresh('a password') });
    const [created] = (await trail({ first: 1 })).nodes;
    expect(created).toMatchObject({ type: 'UserCreated', requestId: answer.headers.get('x-request-id') });
  });

  it.each([
    ['types', { types: ['MfaEnabled', 'MfaCodeRejected'] }, ['MfaCodeRejected', 'MfaEnabled']],
    ['no type at all', { types: [] }, []],
    ['outcome', { outcome: 'FAILURE' }, ['MfaCodeRejected', 'PasswordRejected']],
    ['outcome and type', { outcome: 'SUCCESS', types: ['MfaEnabled', 'MfaCodeRejected'] }, ['MfaEnabled']],
    ['until', { until: '2026-01-01T00:01:00Z', types: ['UserCreated', 'MfaEnabled'] }, ['UserCreated', 'UserCreated']],
    ['since', { since: '2026-01-01T00:01:00Z', types: ['MfaEnabled'] }, ['MfaEnabled']],
    ['since, to the millisecond', { since: '2026-01-01T00:01:00.001Z', types: ['MfaEnabled'] }, []],
    ['since, in another zone', { since: '2026-01-01T01:01:00+01:00', types: ['MfaEnabled'] }, ['MfaEnabled']],
    ['nothing', { types: null, actorId: null, outcome: null, until: '2026-01-01T00:00:00Z' }, []],
  ])('is narrowed by %s', async (_, filter, types) => {
    expect(typesOf(await trail({ filter }))).toStrictEqual(types);
  });

  it('is narrowed by actor and by subject', async () => {
    const byAda = await trail({ filter: { actorId: ids.ada, subjectId: sam.userId } });
    expect(typesOf(byAda)).toStrictEqual(['UserCreated']);
    const byNobody = await trail({ filter: { actorId: 'nobody' } });
    expect(typesOf(byNobody)).toStrictEqual([]);
    const aboutSam = await trail({ filter: { subjectId: sam.userId } });
    const subjects = new Set(aboutSam.nodes.map(({ subject }: Loose) => subject.id));
    expect(subjects).toStrictEqual(new Set([sam.userId]));
  });

  it('is read page by page in both directions, with a filter too', async () => {
    const filter = { subjectId: sam.userId };
    const all = typesOf(await trail({ filter }));
    const forwards: string[] = [];
    const backwards: string[] = [];
    let page = await trail({ filter, first: 4 });
    for (; page.pageInfo.hasNextPage; page = await trail({ filter, first: 4, after: page.pageInfo.endCursor })) {
      forwards.push(...typesOf(page));
    }
    forwards.push(...typesOf(page));
    page = await trail({ filter, last: 4 });
    for (; page.pageInfo.hasPreviousPage; page = await trail({ filter, last: 4, before: page.pageInfo.startCursor })) {
      backwards.unshift(...typesOf(page));
    }
    backwards.unshift(...typesOf(page));
    expect(forwards).toStrictEqual(all);
    expect(backwards).toStrictEqual(all);
  });

  it('keeps its place while events are added', async () => {
    const first = await trail({ first: 2 });
    await createSubUser(client, account);
    const [newest] = (await trail({ first: 1 })).nodes;
    expect(newest.type).toBe('UserCreated');
    const second = await trail({ first: 2, after: first.pageInfo.endCursor });
    expect(second.nodes[0].seq).toBe(first.nodes[1].seq - 1);
    const between = await trail({ first: 5, before: first.pageInfo.startCursor });
    expect(between.nodes).toStrictEqual([newest]);
  });

  it.each([
    [{ first: 0 }, 'A page has 1 to 100 entries.'],
    [{ first: 101 }, 'A page has 1 to 100 entries.'],
    [{ last: -1 }, 'A page has 1 to 100 entries.'],
    [{ first: 1, last: 1 }, 'Give `first` or `last`, not both.'],
    [{ after: 'nonsense' }, '`after` is no cursor of this list: use one that a page of it gave.'],
    [{ before: '' }, '`before` is no cursor of this list: use one that a page of it gave.'],
  ])('is not read with %j', async (variables, message) => {
    for (const [query, field] of [
      [TRAIL, 'auditEvents'],
      [USERS, 'users'],
    ] as const) {
      const answer = await client.send(query, variables);
      expect(answer.status).toBe(200);
      expect(answer.body.data).toStrictEqual({ [field]: null });
      expect(answer.body.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
    }
  });

  it('takes no cursor of another list', async () => {
    const { users } = await ask(client, USERS, { first: 1 });
    expect(errorOf(await client.send(TRAIL, { after: users.pageInfo.endCursor }))).toBe('BAD_USER_INPUT');
  });

  it('is found again event by event', async () => {
    const [event] = (await trail({ first: 1 })).nodes;
    const { node } = await ask(client, `query ($id: ID!) { node(id: $id) { ... on AuditEvent { ${EVENT} } } }`, {
      id: event.id,
    });
    expect(node).toStrictEqual(event);
  });

  it('shows an auditor the same as the primary', async () => {
    const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'));
    expect(await trail({ first: 50 }, auditor)).toStrictEqual(await trail({ first: 50 }));
  });
});
