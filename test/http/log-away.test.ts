import { afterEach, describe, expect, it } from '@jest/globals';
import { MINUTE } from '../../src/domain/instant.js';
import { projections } from '../../src/projections/read-models.js';
import type { Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { failureOf, follow } from '../support/live.js';
import { ask, documentOf, errorOf, mutate, succeed, viewer } from '../support/operations.js';
import { createSubUser, primary, register, signIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { rmSync } from 'node:fs';
import { appendPast, headOf } from '../support/stored.js';
import { troubledStore, type Trouble } from '../support/troubled-store.js';

const running: TestService[] = [];

afterEach(async () => {
  for (const service of running.splice(0)) await service.dispose();
});

async function begin(environment: Readonly<Record<string, string>> = {}, atFirst: Trouble | null = null) {
  const log = troubledStore(atFirst);
  const service = await startService(environment, { wrapStore: log.wrap });
  running.push(service);
  return { log, service };
}

async function ready(service: TestService): Promise<{ readonly status: number; readonly body: Loose }> {
  const response = await fetch(service.url.replace('/graphql', '/health/ready'));
  return { status: response.status, body: await response.json() };
}

const USERS = '{ users { nodes { id } } viewer { stage } }';

/** Waits until the service has noticed that its log is away. */
async function noticed(service: TestService): Promise<void> {
  await eventually(async () => expect((await ready(service)).body.lag.log).toBe('AWAY'));
}

/** Waits until queries of a client are answered and not marked. */
async function expectWell(service: TestService, client: Client): Promise<void> {
  await eventually(async () => {
    const answer = await client.send(USERS);
    expect(answer.body).toMatchObject({ data: { viewer: { stage: 'FULL' } } });
    expect(answer.body.errors).toBeUndefined();
    expect(answer.body.extensions.stale).toBeUndefined();
    expect((await ready(service)).status).toBe(200);
  });
}

describe('a service whose log cannot be reached at the start', () => {
  it('is live, says what it waits for, answers UNAVAILABLE, and goes on by itself', async () => {
    const { log, service } = await begin({}, 'FAILS');
    const live = await fetch(service.url.replace('/graphql', '/health/live'));
    expect(live.status).toBe(200);
    expect(await ready(service)).toMatchObject({
      status: 503,
      body: { reasons: ['the service waits for its event log: the log is troubled'], lag: { log: 'AWAY' } },
    });
    const answer = await service.client().send('{ viewer { stage } }');
    expect([answer.status, errorOf(answer)]).toStrictEqual([503, 'UNAVAILABLE']);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(service.log.filter((line) => line.includes('the service waits for its event log'))).toHaveLength(1);
    log.mend();
    await eventually(async () => expect((await ready(service)).status).toBe(200));
    const { client } = await primary(service);
    await expectWell(service, client);
  });

  it('takes no subscription yet, and says that it may be tried again', async () => {
    const { service } = await begin({}, 'FAILS');
    const client = service.client();
    client.token = 'a.token';
    expect(await failureOf(follow(client))).toBe(1013);
  });

  it('lets itself be stopped while it waits', async () => {
    const { service } = await begin({}, 'HANGS');
    await service.stop();
  });
});

describe('read models that have not caught up yet', () => {
  it('are waited for, and never shown half built', async () => {
    const { log, service } = await begin();
    const { account, client } = await primary(service, 'BEARER');
    await createSubUser(client, account);
    await service.stop();
    log.trouble('LAGS');
    const again = await startService({}, { folder: service.folder, clock: service.clock, wrapStore: log.wrap });
    running.push(again);
    // The file of before has caught up with the log as it is.
    await again.stop();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${service.folder}/read-models.db${suffix}`, { force: true });
    await again.restart();
    const asks = again.client();
    asks.token = client.token;
    const answer = await asks.send(USERS);
    expect(errorOf(answer)).toBe('UNAVAILABLE');
    expect(answer.body.data).toStrictEqual({ users: null, viewer: null });
    expect((await ready(again)).body.reasons).toStrictEqual(['the read models are catching up with the log']);
    const waiting = asks.send(USERS);
    log.mend();
    expect((await waiting).body.data.users.nodes).toHaveLength(2);
  });
});

describe('while the log is away', () => {
  it.each<Trouble>(['FAILS', 'HANGS'])(
    'and %s, reads go on, marked once they are old, and commands are unavailable',
    async (trouble) => {
      const { log, service } = await begin();
      const { account, client } = await primary(service);
      await createSubUser(client, account);
      const before = await ask(client, USERS);
      const head = await headOf(service);
      log.trouble(trouble);
      const refused = [
        await mutate(client, 'createSubUser', { username: 'sam', password: 'battery staple' }),
        await mutate(service.client(), 'signIn', { username: account.username, password: account.password }),
        await mutate(client, 'signOut'),
      ];
      expect(refused.map(({ refusal }) => refusal)).toStrictEqual(['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']);
      expect(await ask(client, USERS)).toStrictEqual(before);
      await noticed(service);
      expect(await ready(service)).toMatchObject({ status: 200, body: { lag: { awaySince: expect.any(String) } } });
      await eventually(async () => {
        const { body } = await client.send(USERS);
        expect(body).toMatchObject({ data: before, extensions: { stale: { since: expect.stringMatching(/Z$/) } } });
      });
      expect(await headOf(service)).toBe(head);
      log.mend();
      await expectWell(service, client);
      expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
      await createSubUser(client, account);
    },
  );

  it('beyond the limit nothing is read any more, the service is not ready, and all of it comes back', async () => {
    const { log, service } = await begin({ MAX_STALENESS_SECONDS: '1' });
    const { client } = await primary(service);
    const feed = follow(client);
    const ended = failureOf(feed);
    log.trouble('FAILS');
    await eventually(async () => expect(errorOf(await client.send(USERS))).toBe('UNAVAILABLE'));
    expect(errorOf(await service.client().send('{ viewer { stage } }'))).toBe('UNAVAILABLE');
    expect(await ready(service)).toMatchObject({
      status: 503,
      body: { reasons: ['the read models are staler than a second: the log is away: the log is troubled'] },
    });
    expect(await ended).toBe('UNAVAILABLE');
    log.mend();
    await expectWell(service, client);
  });

  it('a session that read models do not know, or not with this secret, is not taken for nobody', async () => {
    const { log, service } = await begin();
    const { client } = await primary(service, 'BEARER');
    const [sessionId, secret] = (client.token ?? '').split('.');
    log.trouble('FAILS');
    await noticed(service);
    expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    for (const token of [
      `${String(sessionId)}x.${String(secret)}`,
      `${String(sessionId)}.${String(secret).replace(/^./, (first) => (first === '_' ? '-' : '_'))}`,
    ]) {
      const other = service.client();
      other.token = token;
      const answer = await other.send('{ viewer { stage } }');
      expect([answer.status, errorOf(answer)]).toStrictEqual([503, 'UNAVAILABLE']);
    }
  });

  it('a mutation is refused before anything of its session is told', async () => {
    const { log, service } = await begin();
    const { account, client } = await primary(service);
    const asSam = await signIn(service, await createSubUser(client, account));
    log.trouble('FAILS');
    await noticed(service);
    expect(await mutate(asSam, 'unlockUser', { userId: 'x' })).toMatchObject({ refusal: 'UNAVAILABLE' });
    expect(errorOf(await asSam.send(USERS))).toBe('FORBIDDEN');
  });
});

describe('read models that fall behind', () => {
  it('are marked, and not shown beyond the limit, though the log answers', async () => {
    const { log, service } = await begin({ MAX_STALENESS_SECONDS: '4' });
    const { client } = await primary(service);
    const ended = failureOf(follow(client));
    log.trouble('LAGS');
    await register(service);
    await eventually(async () => expect((await client.send(USERS)).body.extensions.stale).toBeDefined());
    await eventually(async () => expect(errorOf(await client.send(USERS))).toBe('UNAVAILABLE'));
    expect((await ready(service)).body).toMatchObject({
      reasons: ['the read models are staler than 4 seconds: they are behind the log'],
      lag: { log: 'ANSWERS' },
    });
    expect(await ended).toBe('UNAVAILABLE');
    log.mend();
    await expectWell(service, client);
  });
});

describe('read models that have halted', () => {
  it('keep an open subscription waiting, and nobody else', async () => {
    const { service } = await begin();
    const { account, client } = await primary(service);
    const feed = follow(client);
    const failure = failureOf(feed);
    await appendPast(service, 'user-somebody', 'UserTransmogrified', {
      accountId: account.accountId,
      userId: 'somebody',
    });
    await eventually(async () => expect((await ready(service)).body.reasons).toHaveLength(projections.length));
    expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    await succeed(client, 'signOut');
    expect(await failure).toBe('UNAUTHENTICATED');
  });
});

it('a session whose use cannot be noted is in use all the same', async () => {
  const { log, service } = await begin();
  const { client } = await primary(service);
  service.clock.advance(6 * MINUTE);
  log.trouble('OUTCOME_UNKNOWN');
  expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
});

it('an answer of unknown outcome says so, and nothing else', async () => {
  const { log, service } = await begin();
  const { client } = await primary(service);
  log.trouble('OUTCOME_UNKNOWN');
  const input = { username: 'sam', password: 'battery staple' };
  const answer = await client.send(documentOf('createSubUser'), { input });
  expect(errorOf(answer)).toBe('UNAVAILABLE');
  expect(answer.body.errors[0].message).toBe(
    'The service cannot tell whether this was done. Look before you try again.',
  );
  log.mend();
  await succeed(client, 'createSubUser', { ...input, username: 'kim' });
});
