import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { KEYS } from '../cli/given.js';
import type { Client, Loose } from '../support/client.js';
import { heldBy, heldSecrets } from '../support/held.js';
import { ask, errorOf, mutate, succeed, USER } from '../support/operations.js';
import { answerChallenge, createSubUser, enable, primary, signIn, trySignIn, type SubUser } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';

/** What is personal of whoever is erased; found nowhere by chance. */
const PERSONAL = {
  username: 'ottoline_featherstone',
  renamed: 'ottoline_wintergreen',
  displayName: 'Ottoline Featherstone-Pryce',
  email: 'ottoline@featherstone.example',
  device: 'Periwinkle Handset',
  pending: 'Marzipan Tablet',
  userAgent: 'Featherstone-Browser/3.77',
} as const;
const VALUES = Object.values(PERSONAL);

/** What others are called, and where they come from: none of that goes. */
const OTHERS_AGENT = 'Bystander-Browser/5.12';

let first: TestService;
let second: TestService;
let owner: Client;
let userId: string;
let accountId: string;
let other: SubUser;
/** What each node showed before and after. */
let before: readonly string[];
let after: readonly string[];
let tables: ReadonlyMap<string, string>;
let files: ReadonlyMap<string, Buffer>;
let answer: Loose;

const SHOWN = `{ users(first: 20) { nodes { ${USER} sessions { nodes { id ip userAgent } } } }
  auditEvents(first: 100) { nodes { id type summary ip userAgent actor { id name } subject { id name } device { name } } } }`;

/** The same client, at another node. */
function at(service: TestService, client: Client): Client {
  return Object.assign(service.client(), { token: client.token });
}

/** The account's trail as a node hands it out, line by line. */
async function exported(service: TestService, format: string): Promise<readonly string[]> {
  const url = new URL(`/audit/export?format=${format}`, service.url);
  const answered = await fetch(url, { headers: { authorization: `Bearer ${owner.token ?? ''}` } });
  expect(answered.status).toBe(200);
  return (await answered.text()).split('\n');
}

/** What a node shows of an account to its primary, the erased user's own things included. */
async function shownBy(service: TestService): Promise<string> {
  const client = at(service, owner);
  const shown = await ask(client, SHOWN);
  const user = await client.send(`{ node(id: "${userId}") { ... on User { ${USER} } } }`);
  const exports: (readonly string[])[] = [];
  // One after the other: an account may have two exports at once.
  for (const format of ['native', 'ocsf', 'csv']) exports.push(await exported(service, format));
  return JSON.stringify([shown, user.body.data, exports]);
}

async function live(service: TestService, by: Client, account: string): Promise<void> {
  const { username, displayName, email, renamed, device, pending, userAgent } = PERSONAL;
  const password = 'Heliotrope-Bassoon-58';
  const created = await succeed(by, 'createSubUser', { username, displayName, email, password });
  userId = created.user.id;
  const own = Object.assign(service.client({ userAgent }), {});
  const { payload } = await trySignIn(own, { account, username, password }, 'BEARER');
  own.token = payload.outcome.token;
  await succeed(own, 'startMfaEnrollment', { deviceName: pending });
  const authenticator = await enable(service, own, device);
  await trySignIn(service.client({ userAgent }), { account, username, password: 'a wrong password' });
  await succeed(by, 'renameUser', { userId, username: renamed });
  const again = service.client({ userAgent });
  const challenged = await trySignIn(again, { account, username: renamed, password }, 'BEARER');
  again.token = challenged.payload.outcome.token;
  await answerChallenge(again, authenticator);
}

/** Every row of every table of the read models, as text, by file and table. */
function tablesIn(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(folder).filter((name) => /^read-models.*\.db$/.test(name))) {
    const database = openConnection(join(folder, file));
    const names = database.prepareValues<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
    for (const name of names)
      found.set(`${file} ${name}`, JSON.stringify(database.prepare(`SELECT * FROM "${name}"`).all()));
    database.close();
  }
  return found;
}

function holding(places: ReadonlyMap<string, string | Buffer>, value: string): string[] {
  return [...places].filter(([, content]) => content.includes(value)).map(([name]) => name);
}

beforeAll(async () => {
  first = await startService({ ...KEYS, LOG_LEVEL: 'debug' });
  second = await startService({ ...KEYS, LOG_LEVEL: 'debug' }, { folder: first.folder, clock: first.clock });
  const { account, client } = await primary(first, 'BEARER');
  ({ accountId } = account);
  owner = client;
  other = await createSubUser(owner, account);
  await signIn({ client: () => first.client({ userAgent: OTHERS_AGENT }) }, other);
  await live(first, owner, account.alias);
  await second.ready();
  before = [await shownBy(first), await shownBy(second)];
  await succeed(owner, 'deleteSubUser', { userId });
  answer = await mutate(owner, 'eraseUser', { userId });
  const headers = { 'x-log-position': answer.answer.body.extensions.logPosition as string };
  for (const service of [first, second]) await at(service, owner).send('{ viewer { stage } }', {}, headers);
  after = [await shownBy(first), await shownBy(second)];
  await first.stop();
  await second.stop();
  tables = tablesIn(first.folder);
  files = await heldBy(first);
});

afterAll(async () => {
  await second.stop();
  await first.dispose();
});

it('whoever is to be erased left all of it behind', () => {
  for (const shown of before)
    for (const value of VALUES) expect([value, shown.includes(value)]).toStrictEqual([value, true]);
});

describe('once a user was erased,', () => {
  it('the answer says who, and the key is gone with it', async () => {
    expect(answer).toMatchObject({ refusal: null, payload: { erasedUserId: userId } });
    const keys = (await heldSecrets(first)).filter(({ kind }) => kind === 'person');
    expect(keys.filter(({ id }) => id.startsWith(userId)).map(({ destroyed }) => destroyed)).toStrictEqual([true]);
    expect(keys.filter(({ destroyed }) => !destroyed)).toHaveLength(2);
  });

  it.each(VALUES)('no read model of any node holds %s', (value) => {
    expect(tables.size).toBeGreaterThanOrEqual(20);
    expect(holding(tables, value)).toStrictEqual([]);
  });

  it('sessions of others are known to have begun where they did', () => {
    expect(holding(tables, OTHERS_AGENT).filter((name) => name.includes('sessions_'))).toHaveLength(2);
  });

  it.each(VALUES)('no log line, and nothing in log and vault, holds %s', (value) => {
    expect([...first.log, ...second.log].filter((line) => line.includes(value))).toStrictEqual([]);
    expect(holding(files, value).filter((name) => name.startsWith('log.db'))).toStrictEqual([]);
  });

  it('what happened stays in the log, with its commitments', async () => {
    const own = (await storedEvents(first)).filter(({ data }) => data.userId === userId);
    expect(own.map(({ type }) => type)).toEqual(expect.arrayContaining(['UserCreated', 'UserDeleted', 'UserErased']));
    const created = own.find(({ type }) => type === 'UserCreated');
    expect(created?.personal.subject).toMatchObject({ commitment: expect.any(String), sealed: expect.any(String) });
    expect(await storedEvents(first, `account-${accountId}`)).not.toHaveLength(0);
  });
});

describe('the audit trail and its exports', () => {
  it('still shows what happened, and to whom, by id', () => {
    for (const shown of after) {
      expect(shown).toContain(userId);
      expect(shown).toContain('UserErased');
      expect(shown).toContain(other.username);
    }
  });

  it('shows nothing that is personal of whoever was erased', () => {
    for (const shown of after)
      for (const value of VALUES) expect([value, shown.includes(value)]).toStrictEqual([value, false]);
  });
});

describe('erasing is refused', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
  });

  afterAll(() => service.dispose());

  it('for whoever is there, with a sentence; for ids of nobody and of others, as if there were none', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const { userError } = await mutate(client, 'eraseUser', { userId: sam.userId });
    expect(userError).toMatchObject({ code: 'USER_NOT_DELETED', field: ['input', 'userId'] });
    await succeed(client, 'deleteSubUser', { userId: sam.userId });
    const { client: stranger } = await primary(service);
    for (const [by, of] of [
      [stranger, sam.userId],
      [client, 'nobody'],
    ] as const) {
      expect((await mutate(by, 'eraseUser', { userId: of })).refusal).toBe('NOT_FOUND');
    }
    const admin = await signIn(service, await createSubUser(client, account, 'ADMIN'));
    expect((await mutate(admin, 'eraseUser', { userId: sam.userId })).refusal).toBe('FORBIDDEN');
    for (let times = 0; times < 2; times += 1) await succeed(client, 'eraseUser', { userId: sam.userId });
    expect(errorOf(await client.send(`{ user(id: "${sam.userId}") { id } }`))).toBe('NOT_FOUND');
  });
});
