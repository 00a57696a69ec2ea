import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { EventStore, EventToAppend } from '../../src/eventstore/event-store.js';
import type { Client, Loose } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { failureOf, follow, type Feed } from '../support/live.js';
import { ask, errorOf } from '../support/operations.js';
import { createSubUser, enable, primary, signIn } from '../support/people.js';
import { START, startService, type TestService } from '../support/service.js';

let service: TestService;

afterEach(() => service.dispose());

const PAGE = '{ users(first: 100) { nodes { id username } } }';
const VIEWER = '{ viewer { stage } }';

/** Sends a document until the budget refuses it; how often it was answered in another way. */
async function sendUntilLimited(client: Client, document: string): Promise<number> {
  for (let time = 0; time < 60; time += 1) if (errorOf(await client.send(document)) === 'RATE_LIMITED') return time;
  throw new Error('the budget never ended');
}

describe('Who knows only a password', () => {
  it('uses up nothing of the account by reading', async () => {
    service = await startService({ READ_COST_PER_MINUTE_PER_ACCOUNT: '120' });
    const { account, client } = await primary(service);
    await enable(service, client);
    const thief = await signIn(service, account);
    for (let time = 0; time < 40; time += 1) {
      expect(errorOf(await thief.send(PAGE))).toBe('MFA_CHALLENGE_REQUIRED');
      await ask(thief, VIEWER);
    }
    await ask(client, PAGE);
  });

  it('pays from its own session, and as a stranger at its address', async () => {
    service = await startService({
      READ_COST_PER_MINUTE_PER_SESSION: '40',
      READ_COST_PER_MINUTE_PER_ADDRESS: '60',
    });
    const { account, client } = await primary(service);
    await enable(service, client);
    const [first, second] = [await signIn(service, account), await signIn(service, account)];
    const answered = [await sendUntilLimited(first, VIEWER), await sendUntilLimited(second, VIEWER)];
    expect(answered[1]).toBeGreaterThan(0);
    expect(answered[1]).toBeLessThan(answered[0] ?? 0);
    expect(errorOf(await service.client().send(VIEWER))).toBe('RATE_LIMITED');
    await ask(client, VIEWER);
  });
});

describe('A query that is refused', () => {
  it('costs no more than any request, and what is answered beside it costs what it costs', async () => {
    service = await startService({ READ_COST_PER_MINUTE_PER_SESSION: '100' });
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const member = await signIn(service, sam);
    expect(await sendUntilLimited(member, PAGE)).toBe(20);
    const other = await signIn(service, sam);
    expect(await sendUntilLimited(other, '{ viewer { stage } users(first: 100) { nodes { id } } }')).toBeLessThan(20);
  });
});

describe('An address', () => {
  it('has a budget for strangers and another for who is signed in', async () => {
    service = await startService({ READ_COST_PER_MINUTE_PER_ADDRESS: '80' });
    const { account, client } = await primary(service);
    await sendUntilLimited(service.client(), VIEWER);
    await ask(client, VIEWER);
    await sendUntilLimited(client, PAGE);
    expect(errorOf(await (await signIn(service, account)).send(PAGE))).toBe('RATE_LIMITED');
  });

  it('loses little by what strangers are refused', async () => {
    service = await startService({ READ_COST_PER_MINUTE_PER_ADDRESS: '100' });
    expect(await sendUntilLimited(service.client(), PAGE)).toBe(20);
  });
});

describe('A user', () => {
  it('has a budget over all sessions, so that one member leaves others their part of the account', async () => {
    service = await startService({ READ_COST_PER_MINUTE_PER_USER: '100' });
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account, 'AUDITOR');
    const [first, second] = [await signIn(service, sam), await signIn(service, sam)];
    await sendUntilLimited(first, PAGE);
    expect(errorOf(await second.send(PAGE))).toBe('RATE_LIMITED');
    await ask(await signIn(service, await createSubUser(client, account, 'AUDITOR')), PAGE);
  });
});

describe('Exports that a session is refused for its own sake', () => {
  it('take nothing from those of others', async () => {
    service = await startService({
      AUDIT_EXPORTS_PER_MINUTE_PER_ACCOUNT: '12',
      WRITES_PER_MINUTE_PER_SESSION: '3',
    });
    const { account, client } = await primary(service);
    const [greedy, other] = [
      await createSubUser(client, account, 'AUDITOR'),
      await createSubUser(client, account, 'AUDITOR'),
    ];
    const statusFor = async ({ token }: Client) => {
      const headers = { authorization: `Bearer ${token ?? ''}` };
      const response = await fetch(new URL('/audit/export', service.url), { headers });
      await response.text();
      return response.status;
    };
    const reader = await signIn(service, greedy, 'BEARER');
    const statuses: number[] = [];
    for (let time = 0; time < 12; time += 1) statuses.push(await statusFor(reader));
    expect(statuses).toStrictEqual([...Array<number>(3).fill(200), ...Array<number>(9).fill(429)]);
    expect(await statusFor(await signIn(service, other, 'BEARER'))).toBe(200);
  });
});

describe('A subscription that catches up', () => {
  const CODES = 1_500;

  /** A service with a long trail, and the session that waited until the service knew all of it. */
  async function withLongTrail(environment: Readonly<Record<string, string>>) {
    const stores: EventStore[] = [];
    service = await startService(environment, { wrapStore: (store) => (stores.push(store), store) });
    const { account, client } = await primary(service);
    const { userId } = await createSubUser(client, account);
    const { accountId } = account;
    const requestId = randomUUID();
    const codes = Array.from({ length: CODES }, (_, timeStep): EventToAppend => ({
      ...{ id: randomUUID(), type: 'MfaCodeAccepted', revision: 1 },
      data: { accountId, userId, deviceId: 'phone', purpose: 'SIGN_IN', challengeId: 'challenge', timeStep },
      metadata: {
        ...{ occurredAt: START, actor: { kind: 'USER', id: userId }, sessionId: null },
        ...{ requestId, correlationId: requestId, causationId: null },
      },
    }));
    for (let version = 0; version < CODES; version += 500)
      await stores[0]?.append(`mfa-${userId}`, version, codes.slice(version, version + 500));
    const { auditEvents } = await ask(client, '{ auditEvents(first: 1, orderBy: OLDEST_FIRST) { nodes { cursor } } }');
    await eventually(async () => {
      const probe = follow(await signIn(service, account), { after: auditEvents.nodes[0].cursor });
      await probe.next();
      await probe.close();
      const latest = await ask(await signIn(service, account), '{ auditEvents(first: 1) { nodes { seq } } }');
      expect(latest.auditEvents.nodes[0].seq).toBeGreaterThan(CODES);
    });
    return { account, client, beginning: auditEvents.nodes[0].cursor as string };
  }

  /** Takes events until the subscription ends; with what it ended. */
  async function readToTheEnd(feed: Feed): Promise<{ readonly events: readonly Loose[]; readonly reason: Loose }> {
    const events: Loose[] = [];
    for (;;) {
      if (events.length === CODES) throw new Error('the subscription went on to the end of the trail');
      try {
        events.push(await feed.next());
      } catch (reason) {
        return { events, reason };
      }
    }
  }

  it('pays for each page, ends when a budget is used up, and goes on from its last event', async () => {
    const { account, beginning } = await withLongTrail({ READ_COST_PER_MINUTE_PER_SESSION: '200' });
    const { events, reason } = await readToTheEnd(follow(await signIn(service, account), { after: beginning }));
    expect(reason[0].extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
    expect(events.length).toBeGreaterThanOrEqual(200);
    expect(events.length).toBeLessThan(CODES);
    const last = events.at(-1);
    const again = follow(await signIn(service, account), { after: last.cursor });
    expect((await again.next()).seq).toBe(Number(last.seq) + 1);
    await again.close();
  });

  it('pays for looking in vain as well', async () => {
    const { account, beginning } = await withLongTrail({ READ_COST_PER_MINUTE_PER_SESSION: '50' });
    const filter = { search: 'nobody' };
    expect(await failureOf(follow(await signIn(service, account), { after: beginning, filter }))).toBe('RATE_LIMITED');
  });

  it('pays nothing for what is recorded while it is open', async () => {
    service = await startService({ READ_COST_PER_MINUTE_PER_SESSION: '40' });
    const { account, client } = await primary(service);
    const reader = await signIn(service, account);
    const feed = follow(reader);
    await eventually(async () => expect(service.openNow().subscriptions).toBe(1));
    for (let time = 0; time < 10; time += 1) {
      await createSubUser(client, account);
      expect(await feed.next()).toMatchObject({ type: expect.any(String) });
    }
    await ask(reader, VIEWER);
    await feed.close();
  });
});
