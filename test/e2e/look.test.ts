import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Authenticator } from '../support/authenticator.js';
import type { Client, Loose } from '../support/client.js';
import { ask, mutate, succeed } from '../support/operations.js';
import { enable, protectedPrimary, signIn, verified, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';

const PASSWORD = 'battery staple of a user';

let service: TestService;
let account: Account;
let client: Client;
let authenticator: Authenticator;
const ids: Record<string, string> = {};

async function create(username: string, more: Loose = {}): Promise<void> {
  const { user } = await succeed(client, 'createSubUser', { username, password: PASSWORD, ...more });
  ids[username] = user.id;
}

beforeAll(async () => {
  service = await startService();
  ({ account, client, authenticator } = await protectedPrimary(service));
  await create('dora', { role: 'ADMIN' });
  await create('a_b', { displayName: '100% Bert' });
  await create('axb', { displayName: '100 Carl', email: 'carl@dora.example' });
  await create('zoe', { role: 'AUDITOR' });
  const as = (username: string) => signIn(service, { account: account.alias, username, password: PASSWORD });
  await enable(service, await as('zoe'));
  const device = await enable(service, await as('axb'));
  for (let challenge = 0; challenge < 2; challenge += 1) {
    const wrong = await as('axb');
    for (let tried = 0; tried < 5; tried += 1) {
      await mutate(wrong, 'answerMfaChallenge', { code: device.wrongCode() });
    }
  }
  for (const username of ['a_b', 'zoe']) await succeed(client, 'requireSubUserMfa', { userId: ids[username] });
});

afterAll(() => service.dispose());

async function namesWith(filter: Loose): Promise<string[]> {
  const query = `query ($filter: UserFilter) {
    users(filter: $filter, orderBy: { by: USERNAME }) { nodes { kind username } } }`;
  const { users } = await ask(client, query, { filter });
  return users.nodes.map(({ kind, username }: Loose) => (kind === 'PRIMARY' ? 'PRIMARY' : username)).sort();
}

describe('users', () => {
  it.each<[Loose, string[]]>([
    [{}, ['PRIMARY', 'a_b', 'axb', 'dora', 'zoe']],
    [{ mfaEnabled: true }, ['PRIMARY', 'axb', 'zoe']],
    [{ mfaEnabled: false }, ['a_b', 'dora']],
    [{ mfaRequired: true }, ['a_b', 'zoe']],
    [{ mfaRequired: true, mfaEnabled: false }, ['a_b']],
    [{ locked: true }, ['axb']],
    [{ locked: false }, ['PRIMARY', 'a_b', 'dora', 'zoe']],
    [{ role: 'ADMIN' }, ['dora']],
    [{ role: 'MEMBER' }, ['a_b', 'axb']],
    [{ search: 'DORA' }, ['axb', 'dora']],
    [{ search: '%' }, ['a_b']],
    [{ search: '_' }, ['a_b']],
    [{ search: '\\' }, []],
    [{ search: 'axb', mfaEnabled: null }, ['axb']],
  ])('with %j are found', async (filter, names) => {
    expect(await namesWith(filter)).toStrictEqual(names);
  });

  it('a lock that is over is none', async () => {
    service.clock.advance(15 * 60_000);
    expect(await namesWith({ locked: true })).toStrictEqual([]);
  });

  it.each(['CREATED_AT', 'USERNAME'])('are ordered by %s, up and down, in pages both ways', async (by) => {
    const query = `query ($orderBy: UserOrder, $first: Int, $after: String, $last: Int, $before: String) {
      users(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        nodes { username } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const page = async (variables: Loose) => (await ask(client, query, variables)).users;
    const namesOf = ({ nodes }: Loose): string[] => nodes.map(({ username }: Loose) => username);
    const up = namesOf(await page({ orderBy: { by, direction: 'ASC' } }));
    expect(up).toHaveLength(5);
    if (by === 'USERNAME') expect(up).toStrictEqual([...up].sort());
    else expect(up.slice(1)).toStrictEqual(['dora', 'a_b', 'axb', 'zoe']);
    expect(namesOf(await page({ orderBy: { by, direction: 'DESC' } }))).toStrictEqual([...up].reverse());
    for (const [direction, all] of [
      ['ASC', up],
      ['DESC', [...up].reverse()],
    ] as const) {
      const first = await page({ orderBy: { by, direction }, first: 2 });
      expect([namesOf(first), first.pageInfo.hasNextPage]).toStrictEqual([all.slice(0, 2), true]);
      const next = await page({ orderBy: { by, direction }, first: 3, after: first.pageInfo.endCursor });
      expect([namesOf(next), next.pageInfo.hasNextPage]).toStrictEqual([all.slice(2), false]);
      const back = await page({ orderBy: { by, direction }, last: 2, before: next.pageInfo.startCursor });
      expect([namesOf(back), back.pageInfo.hasPreviousPage]).toStrictEqual([all.slice(0, 2), false]);
    }
  });
});

it('mfaCoverage counts them, and says who is overdue', async () => {
  const query = '{ mfaCoverage { users enabled required overdue share overdueUsers { username } } }';
  expect((await ask(client, query)).mfaCoverage).toStrictEqual({
    ...{ users: 5, enabled: 3, required: 2, overdue: 1, share: 0.6 },
    overdueUsers: [{ username: 'a_b' }],
  });
});

it('auditEvents has what was done to users, by type', async () => {
  const userId = ids.zoe;
  await succeed(client, 'assignRole', { userId, role: 'MEMBER' });
  await succeed(client, 'renameUser', { userId, username: 'zora' });
  await succeed(client, 'resetSubUserPassword', { userId, newPassword: `${PASSWORD} anew` });
  await verified(client, 'waiveSubUserMfa', { userId }, authenticator);
  await verified(client, 'disableMfa', { userId }, authenticator);
  await succeed(client, 'deleteSubUser', { userId });
  const types = ['RoleAssigned', 'UserRenamed', 'PasswordReset', 'SubUserMfaWaived', 'MfaDisabled', 'UserDeleted'];
  const query = `query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { nodes { type outcome summary } } }`;
  const { auditEvents } = await ask(client, query, { filter: { types, subjectId: userId } });
  expect(auditEvents.nodes.map(({ type }: Loose) => type)).toStrictEqual([...types].reverse());
  for (const { outcome, summary } of auditEvents.nodes) {
    expect(outcome).toBe('SUCCESS');
    expect(summary).toMatch(/\S/);
  }
});
