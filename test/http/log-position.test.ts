import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Application } from '../../src/application/application.js';
import { loadKeyRingFile } from '../../src/vault/key-ring-file.js';
import { digest as digestUnder } from '../../src/vault/key-ring.js';
import { createLogPositions } from '../../src/http/log-position.js';
import type { Answer, Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { documentOf, errorOf, mutate, succeed, viewer } from '../support/operations.js';
import { createSubUser, enable, primary, register, signIn, trySignIn } from '../support/people.js';
import { PRODUCTION, startService, type TestService } from '../support/service.js';
import { headOf, storedEvents } from '../support/stored.js';
import { troubledStore } from '../support/troubled-store.js';

let here: TestService;
let there: TestService;
const log = troubledStore();

beforeAll(async () => {
  here = await startService();
  there = await startService({}, { folder: here.folder, clock: here.clock, wrapStore: log.wrap });
});

afterAll(async () => {
  await there.stop();
  await here.dispose();
});

const USERS = '{ users { nodes { username } } }';

/** The same client at the other node. */
function moved(client: Client): Client {
  const other = there.client();
  other.token = client.token;
  for (const [name, value] of client.cookies) other.cookies.set(name, value);
  return other;
}

function positionOf(answer: Answer): string {
  return answer.body.extensions.logPosition;
}

/** What is sealed in a position, by the key ring of the folder. */
async function opened(text: string): Promise<number> {
  const keyRing = await loadKeyRingFile(join(here.folder, 'keys.json'));
  const digest: Application['digest'] = (purpose, value) => digestUnder(keyRing, purpose, value);
  return Number(createLogPositions({ digest, randomBytes }).parse(text));
}

function seen(answer: Answer): Readonly<Record<string, string>> {
  return { 'x-log-position': positionOf(answer) };
}

describe('two services on one data folder', () => {
  it('see at once what the other wrote, where they are told how far that is', async () => {
    const { client } = await primary(here);
    for (const username of ['kim', 'lee', 'max', 'ned', 'pam']) {
      const created = await mutate(client, 'createSubUser', { username, password: `${username} has this password` });
      const shown = await moved(client).send(USERS, {}, seen(created.answer));
      expect(shown.body.data.users.nodes).toContainEqual({ username });
      expect(positionOf(shown)).toMatch(/^v1\.[A-Za-z0-9_-]{64}$/);
    }
  });

  it('know a session that began on the other, and what its user is, without being told', async () => {
    const account = await register(here);
    for (let round = 0; round < 5; round += 1) {
      const client = moved(await signIn(here, account, 'BEARER'));
      expect(await viewer(client)).toMatchObject({ stage: 'FULL', user: { username: account.username } });
    }
  });

  it('show who asks as the log has it, without being told', async () => {
    const { account, client } = await primary(here);
    const sam = await createSubUser(client, account);
    const asSam = moved(await signIn(here, sam));
    for (const role of ['AUDITOR', 'MEMBER', 'ADMIN', 'MEMBER', 'AUDITOR']) {
      await succeed(client, 'assignRole', { userId: sam.userId, role });
      expect((await viewer(asSam)).user.role).toBe(role);
    }
  });

  it('both refuse a session that was ended at one of them', async () => {
    const { account, client } = await primary(here);
    const elsewhere = moved(await signIn(here, account));
    const { session } = await viewer(elsewhere);
    await succeed(client, 'revokeSession', { sessionId: session.id });
    expect(await viewer(elsewhere)).toBeNull();
    expect(await mutate(elsewhere, 'signOut')).toMatchObject({ refusal: 'UNAUTHENTICATED' });
  });

  it('accept a code once, both together', async () => {
    const { account, client } = await primary(here);
    const authenticator = await enable(here, client);
    const sessions = [await signIn(here, account), moved(await signIn(here, account))];
    const code = authenticator.nextCode();
    const outcomes = await Promise.all(sessions.map((session) => mutate(session, 'answerMfaChallenge', { code })));
    expect(outcomes.map(({ refusal }) => refusal).sort()).toStrictEqual(['WRONG_CODE', null].sort());
  });

  it('both have read models of their own, complete', async () => {
    const { client } = await primary(here);
    const { answer } = await mutate(client, 'createSubUser', { username: 'ivy', password: 'ivy has this password' });
    await eventually(async () => {
      for (const service of [here, there]) {
        const response = await fetch(service.url.replace('/graphql', '/health/ready'));
        expect(await response.json()).toMatchObject({ status: 'ready' });
      }
    });
    expect((await moved(client).send(USERS, {}, seen(answer))).status).toBe(200);
  });
});

describe('the position in a request', () => {
  it('is answered UNAVAILABLE, to be tried again, by a node that does not get there', async () => {
    const { account, client } = await primary(here);
    const elsewhere = moved(client);
    await viewer(elsewhere);
    log.trouble('LAGS');
    const created = await mutate(client, 'createSubUser', { username: 'zoe', password: 'zoe has this password' });
    const head = await headOf(here);
    const input = { username: 'yan', password: 'yan has this password' };
    for (const query of [USERS, documentOf('createSubUser')]) {
      const answer = await elsewhere.send(query, query === USERS ? {} : { input }, seen(created.answer));
      expect([answer.status, errorOf(answer), answer.headers.get('retry-after')]).toStrictEqual([
        503,
        'UNAVAILABLE',
        '1',
      ]);
    }
    expect(await headOf(here)).toBe(head);
    // Without it the node answers as well as it can.
    expect((await elsewhere.send(USERS)).status).toBe(200);
    log.mend();
    await eventually(async () => {
      const answer = await elsewhere.send(USERS, {}, seen(created.answer));
      expect(answer.body.data.users.nodes).toContainEqual({ username: 'zoe' });
    });
    await createSubUser(client, account);
  });

  it('covers what the request wrote, where the read models of its node do not know it yet', async () => {
    const { client } = await primary(here);
    const elsewhere = moved(client);
    await viewer(elsewhere);
    log.trouble('LAGS');
    const input = { username: 'uma', password: 'uma has this password' };
    const { answer, refusal } = await mutate(elsewhere, 'createSubUser', input);
    log.mend();
    expect(refusal).toBeNull();
    const created = (await storedEvents(here)).filter(({ type }) => type === 'UserCreated');
    expect(await opened(positionOf(answer))).toBeGreaterThanOrEqual(created.at(-1)?.position ?? Infinity);
  });

  it('is refused where no node has handed it out, and nothing is done', async () => {
    const { client } = await primary(here);
    const answer = await client.send(USERS);
    const [, sealed = ''] = positionOf(answer).split('.');
    const forged = [
      '',
      '7',
      'nonsense',
      `v1.${'A'.repeat(48)}`,
      `v2.${sealed}`,
      `v1.${sealed.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `v1.${sealed.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}`,
      `v1.${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`,
      `${positionOf(answer)}, ${positionOf(answer)}`,
      positionOf(answer).toUpperCase(),
    ];
    const before = (await storedEvents(here)).length;
    for (const value of forged) {
      const input = { username: 'sam', password: 'battery staple' };
      const refused = await client.send(documentOf('createSubUser'), { input }, { 'x-log-position': value });
      expect([value, refused.status, errorOf(refused)]).toStrictEqual([value, 400, 'BAD_USER_INPUT']);
    }
    expect(await storedEvents(here)).toHaveLength(before);
  });

  it('is refused where it comes from a service with another key ring', async () => {
    const other = await startService(PRODUCTION);
    try {
      const foreign = await other.client().send('{ viewer { stage } }');
      const refused = await here.client().send('{ viewer { stage } }', {}, seen(foreign));
      expect([refused.status, errorOf(refused)]).toStrictEqual([400, 'BAD_USER_INPUT']);
    } finally {
      await other.dispose();
    }
  });

  it('never goes back for a client that sends it on', async () => {
    const { account, client } = await primary(here);
    const elsewhere = moved(client);
    await viewer(elsewhere);
    const { answer } = await trySignIn(here.client(), account);
    const behind = await elsewhere.send(USERS, {}, seen(answer));
    expect(await opened(positionOf(behind))).toBeGreaterThanOrEqual(await opened(positionOf(answer)));
  });

  it('stands in every answer, also where something was refused', async () => {
    const answers = [
      await here.client().send('{ viewer { stage } }'),
      await here.client().send('{ users { nodes { id } } }'),
      await here.client().send('{ nothing }'),
      await here.client().send('{ viewer { '),
    ];
    for (const answer of answers) expect(positionOf(answer)).toMatch(/^v1\./);
  });
});

it('a position is the same again after it was written down, up to the largest, and shows nothing of itself', () => {
  const positions = createLogPositions({ digest: () => Buffer.alloc(32, 7).toString('base64url'), randomBytes });
  for (const position of [0n, 1n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
    const [once, again] = [positions.format(position), positions.format(position)];
    expect(once).not.toBe(again);
    expect([once, again].map(positions.parse)).toStrictEqual([position, position]);
    expect(once).toHaveLength(positions.format(5n).length);
  }
});
