import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after, MINUTE, type Instant } from '../../src/domain/instant.js';
import type { Authenticator } from '../support/authenticator.js';
import type { Client, Loose } from '../support/client.js';
import { ask, errorOf, succeed, viewer } from '../support/operations.js';
import {
  createSubUser,
  enable,
  protectedPrimary,
  signIn,
  verified,
  type Account,
  type SubUser,
} from '../support/people.js';
import { START, startService, type TestService } from '../support/service.js';

let service: TestService;
let account: Account;
let ada: Client;
let adas: Authenticator;
let adaId: string;
let sam: SubUser;
let asSam: Client;
let auditor: Client;
/** When each thing was done. */
const done: Record<string, Instant> = {};

const COUNTS = 'users enabled required overdue share';
const EVENT = 'id type actor { kind id name }';
const EXPOSURE = `id cause openedAt ending endedAt seconds user { id name } openedBy { ${EVENT} } endedBy { ${EVENT} }`;
const COVERAGE = `query ($at: DateTime) { mfaCoverage(at: $at) { at ${COUNTS}
  overdueUsers { id } exposures { user { id } } } }`;
const SERIES = `query ($since: DateTime!, $until: DateTime, $points: Int! = 50) {
  mfaCoverageSeries(since: $since, until: $until, points: $points) { at ${COUNTS} } }`;
const EXPOSURES = `query ($filter: ExposureFilter, $first: Int, $after: String) {
  exposures(filter: $filter, first: $first, after: $after) {
    edges { cursor } nodes { ${EXPOSURE} } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
const STATE = `enabled required requiredFrom deviceId deviceName enabledAt locked lockedUntil
  pendingEnrollment { id deviceName expiresAt }`;
const THEN = `query ($userId: ID!, $at: DateTime!) {
  mfaStateAt(userId: $userId, at: $at) { at existence role username ${STATE} } }`;

/** Does something a minute after what was done before, and notes when. */
async function step<T>(name: string, act: () => Promise<T>): Promise<T> {
  service.clock.advance(MINUTE);
  const result = await act();
  done[name] = service.clock.now();
  return result;
}

/** The story: Sam has to have a device from the start, enables it, loses it, is let off, required again, and deleted. */
beforeAll(async () => {
  service = await startService();
  ({ account, client: ada, authenticator: adas } = await protectedPrimary(service));
  adaId = (await viewer(ada)).user.id;
  auditor = await signIn(service, await createSubUser(ada, account, 'AUDITOR'));
  sam = await step('created', () => createSubUser(ada, account, 'MEMBER', { requireMfa: true }));
  const { userId } = sam;
  asSam = await signIn(service, sam);
  await step('enabled', () => enable(service, asSam, "Sam's phone"));
  await step('disabled', () => verified(ada, 'disableMfa', { userId }, adas));
  await step('waived', () => verified(ada, 'waiveSubUserMfa', { userId }, adas));
  await step('renamed', () => succeed(ada, 'renameUser', { userId, username: 'samuel' }));
  await step('required', () => succeed(ada, 'requireSubUserMfa', { userId }));
  await step('deleted', () => succeed(ada, 'deleteSubUser', { userId }));
  await step('ended', async () => undefined);
});

afterAll(() => service.dispose());

function coverage(at: Instant | null, who = ada): Promise<Loose> {
  return ask(who, COVERAGE, { at }).then((data) => data.mfaCoverage);
}

function stateAt(at: Instant, userId = sam.userId, who = ada): Promise<Loose> {
  return ask(who, THEN, { userId, at }).then((data) => data.mfaStateAt);
}

/** The moment at which something was done. */
function when(name: string): Instant {
  const moment = done[name];
  if (moment === undefined) throw new Error(`${name} was never done`);
  return moment;
}

function before(name: string): Instant {
  return after(when(name), -1);
}

describe('mfaStateAt', () => {
  const none = { enabled: false, deviceId: null, deviceName: null, enabledAt: null };
  const off = { ...none, required: false, requiredFrom: null };
  const on = { required: true, requiredFrom: 'NEXT_SIGN_IN' };

  it('tells at each moment what was true then', async () => {
    const here = { existence: 'ACTIVE', role: 'MEMBER', username: sam.username, locked: false, lockedUntil: null };
    expect(await stateAt(before('created'))).toMatchObject({
      ...off,
      existence: 'NOT_YET',
      role: null,
      username: null,
    });
    expect(await stateAt(when('created'))).toMatchObject({ ...here, ...none, ...on });
    expect(await stateAt(when('enabled'))).toMatchObject({
      ...{ ...here, ...on, at: when('enabled'), enabled: true, deviceName: "Sam's phone", enabledAt: when('enabled') },
      ...{ deviceId: expect.any(String), pendingEnrollment: null },
    });
    expect(await stateAt(before('disabled'))).toMatchObject({ ...on, enabled: true });
    expect(await stateAt(when('disabled'))).toMatchObject({ ...here, ...none, ...on });
    expect(await stateAt(when('waived'))).toMatchObject({ ...here, ...off });
    expect(await stateAt(when('required'))).toMatchObject({ ...here, ...none, ...on, username: 'samuel' });
    expect(await stateAt(when('deleted'))).toMatchObject({ ...off, existence: 'DELETED', role: 'MEMBER' });
    expect(await stateAt(before('created'), adaId)).toMatchObject({ enabled: true, existence: 'ACTIVE', role: null });
  });

  it('tells the same of now as the user does', async () => {
    const { viewer: known } = await ask(ada, `{ viewer { user { mfa { ${STATE} } } } }`);
    const { at, existence, role, username, ...state } = await stateAt(
      after(service.clock.now(), 365 * 24 * 60 * MINUTE),
      adaId,
    );
    expect(state).toStrictEqual(known.user.mfa);
    expect([at, existence, role, username]).toStrictEqual([service.clock.now(), 'ACTIVE', null, account.username]);
  });

  it('is told to those who read the account, and to everybody of oneself', async () => {
    expect(await stateAt(when('enabled'), sam.userId, auditor)).toMatchObject({ enabled: true });
    const member = await createSubUser(ada, account);
    const asMember = await signIn(service, member);
    expect(await stateAt(service.clock.now(), member.userId, asMember)).toMatchObject({ existence: 'ACTIVE' });
    const refused = await asMember.send(THEN, { userId: adaId, at: when('enabled') });
    expect([refused.body.data, errorOf(refused)]).toStrictEqual([{ mfaStateAt: null }, 'NOT_FOUND']);
  });

  it('is not asked at a moment that the calendar lacks', async () => {
    const answer = await ada.send(THEN, { userId: adaId, at: '2026-02-30T00:00:00Z' });
    expect(errorOf(answer)).toBe('BAD_USER_INPUT');
    expect(await stateAt('0001-01-01T00:00:00.000Z', adaId)).toMatchObject({ existence: 'NOT_YET' });
  });
});

describe('mfaCoverage', () => {
  it('counts at each moment what was so then, and says who was overdue', async () => {
    const exposed = { exposures: [{ user: { id: sam.userId } }], overdueUsers: [] };
    const nobody = { exposures: [], overdueUsers: [] };
    const [lone, idle] = [
      { users: 3, enabled: 1 },
      { required: 0, overdue: 0 },
    ];
    expect(await coverage(before('created'))).toStrictEqual({
      ...{ at: before('created'), users: 2, enabled: 1, ...idle, share: 0.5, ...nobody },
    });
    expect(await coverage(when('created'))).toMatchObject({ ...lone, required: 1, overdue: 1, ...exposed });
    expect(await coverage(when('enabled'))).toMatchObject({ users: 3, enabled: 2, required: 1, overdue: 0, ...nobody });
    expect(await coverage(when('disabled'))).toMatchObject({ ...lone, required: 1, overdue: 1, ...exposed });
    expect(await coverage(when('waived'))).toMatchObject({ ...lone, ...idle, ...nobody });
    expect(await coverage(when('required'))).toMatchObject({ ...lone, required: 1, overdue: 1, ...exposed });
    expect(await coverage(when('deleted'))).toMatchObject({ users: 2, enabled: 1, ...idle, ...nobody });
    expect(await coverage('2000-01-01T00:00:00.000Z')).toMatchObject({ users: 0, enabled: 0, share: 0 });
  });

  it('has those who were overdue then and are users still as they are now', async () => {
    const zoe = await createSubUser(ada, account, 'MEMBER', { requireMfa: true });
    const then = service.clock.now();
    service.clock.advance(MINUTE);
    await verified(ada, 'waiveSubUserMfa', { userId: zoe.userId }, adas);
    const query = 'query ($at: DateTime) { mfaCoverage(at: $at) { overdue overdueUsers { id mfa { required } } } }';
    const { mfaCoverage } = await ask(ada, query, { at: then });
    expect(mfaCoverage).toStrictEqual({ overdue: 1, overdueUsers: [{ id: zoe.userId, mfa: { required: false } }] });
  });

  it('is of now where no moment is named, or one that lies ahead', async () => {
    const now = await coverage(null);
    expect(now.at).toBe(service.clock.now());
    expect(await coverage(after(service.clock.now(), MINUTE))).toStrictEqual(now);
  });
});

describe('mfaCoverageSeries', () => {
  it('has the counts at evenly spaced moments, both ends included', async () => {
    const [since, until] = [before('created'), when('disabled')];
    const series = (await ask(ada, SERIES, { since, until, points: 4 })).mfaCoverageSeries;
    expect(series.map(({ at }: Loose) => at)).toStrictEqual([since, ...[1, 2, 3].map((third) => at(third / 3))]);
    for (const { at: moment, ...counts } of series) {
      const { at: _at, overdueUsers: _users, exposures: _exposures, ...known } = await coverage(moment);
      expect(counts).toStrictEqual(known);
    }
    function at(share: number): Instant {
      const span = Date.parse(until) - Date.parse(since);
      return new Date(Math.round(Date.parse(since) + share * span)).toISOString();
    }
  });

  it('has fifty points and ends now, unless told otherwise', async () => {
    const { mfaCoverageSeries: series } = await ask(ada, SERIES, { since: START, until: '2099-01-01T00:00:00Z' });
    expect(series).toHaveLength(50);
    const { at, users } = await coverage(null);
    expect(series.at(-1)).toMatchObject({ at, users });
  });

  it.each<[Loose, string]>([
    [{ points: 1 }, 'A series has 2 to 500 points.'],
    [{ points: 501 }, 'A series has 2 to 500 points.'],
    [{ until: START }, '`since` must come before `until`, and lie in the past.'],
    [{ until: '2025-01-01T00:00:00Z' }, '`since` must come before `until`, and lie in the past.'],
    [{ since: '2099-01-01T00:00:00Z' }, '`since` must come before `until`, and lie in the past.'],
    [
      { since: '2099-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z' },
      '`since` must come before `until`, and lie in the past.',
    ],
  ])('is not drawn with %j', async (variables, message) => {
    const answer = await ada.send(SERIES, { since: START, ...variables });
    expect(answer.body.data).toStrictEqual({ mfaCoverageSeries: null });
    expect(answer.body.errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('exposures', () => {
  const ofSam = async (filter: Loose = {}, who = ada) =>
    (await ask(who, EXPOSURES, { filter: { userId: sam.userId, ...filter } })).exposures;

  it('tell who was exposed, how it came about and how it ended, and by whom', async () => {
    const { nodes } = await ofSam();
    const ids = { id: expect.any(String) };
    const [byAda, bySam] = [
      { kind: 'USER', id: adaId, name: account.username },
      { kind: 'USER', id: sam.userId, name: sam.username },
    ];
    expect(nodes).toStrictEqual([
      {
        ...{ ...ids, cause: 'REQUIRED', openedAt: when('required'), ending: 'DELETED', endedAt: when('deleted') },
        ...{ seconds: 60, user: { id: sam.userId, name: 'samuel' } },
        openedBy: { ...ids, type: 'SubUserMfaRequired', actor: byAda },
        endedBy: { ...ids, type: 'UserDeleted', actor: byAda },
      },
      {
        ...{ ...ids, cause: 'DISABLED', openedAt: when('disabled'), ending: 'WAIVED', endedAt: when('waived') },
        ...{ seconds: expect.any(Number), user: { id: sam.userId, name: sam.username } },
        openedBy: { ...ids, type: 'MfaDisabled', actor: byAda },
        endedBy: { ...ids, type: 'SubUserMfaWaived', actor: byAda },
      },
      {
        ...{ ...ids, cause: 'CREATED', openedAt: when('created'), ending: 'ENABLED', endedAt: when('enabled') },
        ...{ seconds: 60, user: { id: sam.userId, name: sam.username } },
        openedBy: { ...ids, type: 'UserCreated', actor: byAda },
        endedBy: { ...ids, type: 'MfaEnabled', actor: bySam },
      },
    ]);
    const found = `query ($id: ID!) { node(id: $id) { ... on AuditEvent { type occurredAt } } }`;
    const { node } = await ask(ada, found, { id: nodes[0].openedBy.id });
    expect(node).toStrictEqual({ type: 'SubUserMfaRequired', occurredAt: when('required') });
  });

  it('are the same to an auditor', async () => {
    expect(await ofSam({}, auditor)).toStrictEqual(await ofSam());
  });

  it.each<[string, () => Loose, readonly string[]]>([
    ['cause', () => ({ cause: 'DISABLED' }), ['DISABLED']],
    ['ending', () => ({ ending: 'ENABLED', cause: null }), ['CREATED']],
    ['being open', () => ({ open: true }), []],
    ['being over', () => ({ open: false }), ['REQUIRED', 'DISABLED', 'CREATED']],
    ['a span', () => ({ since: when('enabled'), until: when('required') }), ['DISABLED']],
  ])('are narrowed by %s', async (_, filter, causes) => {
    const { nodes } = await ofSam(filter());
    expect(nodes.map(({ cause }: Loose) => cause)).toStrictEqual(causes);
  });

  it('come page by page', async () => {
    const filter = { userId: sam.userId };
    const first = (await ask(ada, EXPOSURES, { filter, first: 2 })).exposures;
    const second = (await ask(ada, EXPOSURES, { filter, first: 2, after: first.pageInfo.endCursor })).exposures;
    expect([...first.nodes, ...second.nodes]).toStrictEqual((await ofSam()).nodes);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toStrictEqual([true, false]);
  });

  it('go on until now while they are open', async () => {
    const { userId } = await createSubUser(ada, account, 'MEMBER', { requireMfa: true });
    service.clock.advance(90_500);
    const { nodes } = (await ask(ada, EXPOSURES, { filter: { userId } })).exposures;
    expect(nodes).toMatchObject([{ ending: null, endedAt: null, endedBy: null, seconds: 90 }]);
  });

  it('are not asked for in a span without extent, nor by a cursor of another list', async () => {
    const span = { since: START, until: START };
    const refused = await ada.send(EXPOSURES, { filter: span });
    expect(refused.body.errors).toMatchObject([
      { message: '`since` must come before `until`.', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    const { users } = await ask(ada, '{ users(first: 1) { pageInfo { endCursor } } }');
    expect(errorOf(await ada.send(EXPOSURES, { after: users.pageInfo.endCursor }))).toBe('BAD_USER_INPUT');
  });
});
