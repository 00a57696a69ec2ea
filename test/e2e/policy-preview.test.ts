import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { after, DAY } from '../../src/domain/instant.js';
import type { Client, Loose } from '../support/client.js';
import { ask, errorOf, succeed, viewer } from '../support/operations.js';
import { createSubUser, enable, primary, signIn, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { headOf } from '../support/stored.js';

const MINUTE = 60_000;
const EFFECTS = [
  ...['newSubUsersForced', 'newSubUsersWithoutDevice', 'openSessionsEnding', 'openSessionsChallenged'],
  ...['pastSessionsCutShort', 'pastSignInsChallenged'],
];

let service: TestService;
let account: Account;
let client: Client;
let ownId: string;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

beforeEach(async () => {
  ({ account, client } = await primary(service));
  ownId = (await viewer(client)).user.id;
});

const QUERY = `query ($policy: AccountPolicyPreviewInput!, $days: Int! = 7) { accountPolicyPreview(policy: $policy, days: $days) {
  since until policy { codesToEnable sessionIdleMinutes newSubUsersMustEnableMfa }
  ${EFFECTS.map((effect) => `${effect} { count userCount users { userId count user { id username } } }`).join('\n')} } }`;

async function preview(policy: Loose, days = 7): Promise<Loose> {
  return (await ask(client, QUERY, { policy, days })).accountPolicyPreview;
}

/** An effect, as the ids of whom it concerns with how often. */
function whom({ count, userCount, users }: Loose): Record<string, number> {
  const entries: [string, number][] = users.map((one: Loose) => [one.userId, one.count]);
  expect(userCount).toBe(entries.length);
  expect(count).toBe(entries.reduce((sum, [, times]) => sum + times, 0));
  return Object.fromEntries(entries);
}

it('A preview of the policy as it is concerns nobody, and says what it looked at', async () => {
  await signIn(service, await createSubUser(client, account));
  const told = await preview({}, 30);
  const now = service.clock.now();
  expect(told).toMatchObject({ since: after(now, -30 * DAY), until: now });
  expect(told.policy).toEqual({ codesToEnable: 1, sessionIdleMinutes: 30, newSubUsersMustEnableMfa: false });
  for (const effect of EFFECTS) expect(told[effect]).toEqual({ count: 0, userCount: 0, users: [] });
});

it('A preview tells which new sub-users would have been forced, and who of them has no device', async () => {
  const old = await createSubUser(client, account);
  service.clock.advance(2 * DAY);
  await succeed(client, 'signIn', { username: account.username, password: account.password });
  const [sam, kim, required, deleted] = [
    await createSubUser(client, account),
    await createSubUser(client, account),
    await createSubUser(client, account, 'MEMBER', { requireMfa: true }),
    await createSubUser(client, account),
  ];
  await enable(service, await signIn(service, kim));
  await succeed(client, 'deleteSubUser', { userId: deleted.userId });
  // What is required of somebody later was not required from the start.
  await succeed(client, 'requireSubUserMfa', { userId: sam.userId });
  const forcing = { newSubUsersMustEnableMfa: true };
  const told = await preview(forcing, 1);
  expect(whom(told.newSubUsersForced)).toEqual({ [sam.userId]: 1, [kim.userId]: 1 });
  expect(whom(told.newSubUsersWithoutDevice)).toEqual({ [sam.userId]: 1 });
  expect(told.newSubUsersWithoutDevice.users[0].user).toEqual({ id: sam.userId, username: sam.username });
  expect(whom((await preview(forcing, 2)).newSubUsersForced)).toHaveProperty(old.userId, 1);
  expect((await preview({}, 2)).newSubUsersForced.count).toBe(0);
  await succeed(client, 'setAccountPolicy', forcing);
  await createSubUser(client, account);
  expect(whom((await preview({}, 1)).newSubUsersForced)).toEqual(whom(told.newSubUsersForced));
  expect(required.userId in whom(told.newSubUsersForced)).toBe(false);
});

it('A preview tells which sessions end at once, and they do, of this account alone', async () => {
  const sam = await createSubUser(client, account);
  const [one, two, inUse] = [await signIn(service, sam), await signIn(service, sam), await signIn(service, account)];
  const stranger = await primary(service);
  service.clock.advance(20 * MINUTE);
  for (const used of [client, inUse]) expect((await viewer(used)).stage).toBe('FULL');
  const shorter = { sessionIdleMinutes: 15 };
  const head = await headOf(service);
  const told = await preview(shorter);
  expect(whom(told.openSessionsEnding)).toEqual({ [sam.userId]: 2 });
  expect(await headOf(service)).toBe(head);
  await succeed(client, 'setAccountPolicy', shorter);
  for (const over of [one, two]) expect(await viewer(over)).toBeNull();
  for (const open of [client, inUse, stranger.client]) expect((await viewer(open)).stage).toBe('FULL');
  expect((await preview(shorter)).openSessionsEnding.count).toBe(0);
});

it('A preview tells which sessions went on for longer than they would have', async () => {
  const sam = await createSubUser(client, account);
  const session = await signIn(service, sam);
  for (let used = 0; used < 2; used += 1) {
    service.clock.advance(25 * MINUTE);
    for (const who of [client, session]) await viewer(who);
  }
  const [idle, absolute] = [
    await preview({ sessionIdleMinutes: 20 }),
    await preview({ sessionIdleMinutes: 30, sessionAbsoluteMinutes: 45 }),
  ];
  for (const { pastSessionsCutShort } of [idle, absolute]) {
    expect(whom(pastSessionsCutShort)).toEqual({ [ownId]: 1, [sam.userId]: 1 });
  }
  expect((await preview({ sessionIdleMinutes: 26 })).pastSessionsCutShort.count).toBe(0);
});

it('A preview is of days that can be looked at, and a policy that can be set', async () => {
  for (const variables of [
    { policy: {}, days: 0 },
    { policy: {}, days: 91 },
    { policy: { codesToEnable: 3 } },
    { policy: { sessionAbsoluteMinutes: 20 } },
  ]) {
    expect(errorOf(await client.send(QUERY, variables))).toBe('BAD_USER_INPUT');
  }
  for (const days of [1, 90]) expect((await preview({}, days)).openSessionsEnding.count).toBe(0);
});
