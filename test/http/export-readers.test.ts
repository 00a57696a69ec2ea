import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { EventStore } from '../../src/eventstore/event-store.js';
import type { Client } from '../support/client.js';
import { eventually } from '../support/eventually.js';
import { ask, succeed } from '../support/operations.js';
import { createSubUser, primary, signIn, verified, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { lengthenTrail } from '../support/stored.js';

const SECOND = 1_000;

let service: TestService;
let milliseconds = 0;
/** What reading the log for an export waits for. */
let reading: Promise<void> = Promise.resolve();

function held(store: EventStore): EventStore {
  return {
    append: (...args) => store.append(...args),
    readStream: (...args) => store.readStream(...args),
    async readAll(options) {
      await reading;
      return store.readAll(options);
    },
    subscribe: (...args) => store.subscribe(...args),
    head: () => store.head(),
    close: () => store.close(),
  };
}

beforeAll(async () => {
  service = await startService({}, { wrapStore: held, pacedBy: () => milliseconds });
});

beforeEach(async () => {
  reading = Promise.resolve();
  await eventually(async () => expect(service.openNow().exports).toBe(0));
});

afterAll(() => service.dispose());

interface Owner {
  readonly account: Account;
  readonly client: Client;
}

/** The owner of an account whose trail is longer than the buffers of a connection. */
async function ownerOfLongTrail(): Promise<Owner> {
  const owner = await primary(service, 'BEARER');
  const count = await lengthenTrail(service, owner.account.accountId);
  await eventually(async () => {
    const { auditEvents } = await ask(owner.client, '{ auditEvents(first: 1) { nodes { seq } } }');
    expect(Number(auditEvents.nodes[0].seq)).toBeGreaterThan(count);
  });
  return owner;
}

/** An export that has begun, and of which no more is read. */
interface Stalled {
  readonly socket: Socket;
  readonly head: string;
}

async function stall({ token }: Client): Promise<Stalled> {
  const { hostname, port, host } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port) });
  // The service resets what it ends.
  socket.on('error', () => undefined);
  socket.write(`GET /audit/export HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token ?? ''}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  return { socket, head: head.toString().slice(0, 'HTTP/1.1 200'.length) };
}

async function stallMany(clients: readonly Client[]): Promise<Stalled[]> {
  const stalled: Stalled[] = [];
  for (const client of clients) stalled.push(await stall(client));
  expect(stalled.map(({ head }) => head)).toStrictEqual(clients.map(() => 'HTTP/1.1 200'));
  return stalled;
}

function closeAll(stalled: readonly Stalled[]): void {
  for (const { socket } of stalled) socket.destroy();
}

function take({ token }: Client): Promise<Response> {
  return fetch(new URL('/audit/export', service.url), { headers: { authorization: `Bearer ${token ?? ''}` } });
}

async function expectWhole(client: Client): Promise<void> {
  const response = await take(client);
  expect([response.status, await response.text()]).toStrictEqual([200, expect.stringContaining('AuditTrailExported')]);
}

async function expectOpen(exports: number): Promise<void> {
  await eventually(async () => expect(service.openNow().exports).toBe(exports));
}

/** What the service has logged of exports that it ended. */
function endings(): string[] {
  const lines = service.log.map((line) => JSON.parse(line));
  return lines.filter(({ ending }) => ending !== undefined).map(({ ending }) => ending);
}

describe('Readers of exports that take in nothing', () => {
  it('do not keep the owner of another account from exporting', async () => {
    const owners = await Promise.all([1, 2, 3, 4].map(ownerOfLongTrail));
    const other = await primary(service, 'BEARER');
    const stalled = await stallMany(owners.flatMap(({ client }) => [client, client]));
    await expectOpen(8);
    await eventually(async () => {
      milliseconds += 2 * SECOND;
      await expectWhole(other.client);
    });
    expect(endings()).toContain('ROOM_FOR_OTHERS');
    await expectOpen(7);
    closeAll(stalled);
  });

  it('give way at once to an account with fewer places, and not to one with as many', async () => {
    const owners = await Promise.all([1, 2].map(ownerOfLongTrail));
    const clients: Client[] = [];
    for (const { account, client } of owners) {
      const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'), 'BEARER');
      clients.push(client, client, auditor, auditor);
    }
    const others = await Promise.all([1, 2, 3].map(ownerOfLongTrail));
    const before = endings().length;
    const stalled = await stallMany(clients);
    for (const { client } of [...others, ...others.slice(0, 1)]) stalled.push(...(await stallMany([client])));
    await expectOpen(8);
    expect(endings().slice(before)).toStrictEqual(Array.from({ length: 4 }, () => 'ROOM_FOR_OTHERS'));
    // The places are 2, 2, 2, 1, 1 now.
    expect((await take(others[1]?.client ?? service.client())).status).toBe(429);
    closeAll(stalled);
  });

  it('give way at once to the primary of their own account', async () => {
    const { account, client } = await ownerOfLongTrail();
    const auditor = await signIn(service, await createSubUser(client, account, 'AUDITOR'), 'BEARER');
    const owners = await Promise.all([1, 2, 3].map(ownerOfLongTrail));
    const before = endings().length;
    const stalled = await stallMany([auditor, auditor, ...owners.flatMap((owner) => [owner.client, owner.client])]);
    await expectOpen(8);
    await expectWhole(client);
    expect(endings().slice(before)).toStrictEqual(['ROOM_FOR_OTHERS']);
    const ended = service.log.map((line) => JSON.parse(line)).filter(({ ending }) => ending !== undefined);
    expect(ended.at(-1).accountId).toBe(account.accountId);
    closeAll(stalled);
  });

  it('are ended after 30 seconds in which the service waited for them', async () => {
    const { client } = await ownerOfLongTrail();
    const [stalled] = await stallMany([client]);
    await eventually(async () => {
      milliseconds += 10 * SECOND;
      expect(service.openNow().exports).toBe(0);
    });
    expect(endings()).toContain('TOO_SLOW');
    stalled?.socket.destroy();
    await expectWhole(client);
  });

  it('leave the primary of their account its own', async () => {
    const { account, client } = await ownerOfLongTrail();
    const sam = await createSubUser(client, account, 'AUDITOR');
    const auditor = await signIn(service, sam, 'BEARER');
    const stalled = await stallMany([auditor, auditor]);
    expect((await take(auditor)).status).toBe(429);
    await expectWhole(client);
    closeAll(stalled);
  });
});

describe('A reader that waits for the service', () => {
  it('is not ended for being slow, and ended after 15 minutes', async () => {
    const { client } = await primary(service, 'BEARER');
    let letGo = (): void => undefined;
    const hold = (): void => {
      reading = new Promise((resolve) => {
        letGo = resolve;
      });
    };
    hold();
    const whole = take(client).then((response) => response.text());
    await expectOpen(1);
    milliseconds += 600 * SECOND;
    letGo();
    expect(await whole).toContain('AuditTrailExported');
    hold();
    const broken = take(client).then((response) => response.text());
    broken.catch(() => undefined);
    await expectOpen(1);
    milliseconds += 900 * SECOND;
    await expect(broken).rejects.toThrow();
    expect(endings()).toContain('TOO_LONG');
    letGo();
  });
});

describe('An export that is being read ends when', () => {
  it('its token is revoked', async () => {
    const { account, client } = await ownerOfLongTrail();
    const input = { name: 'SIEM', scopes: ['EXPORT'], expiresInDays: 1 };
    const { auditToken, token } = await verified(client, 'createAuditToken', input, { password: account.password });
    const stalled = await stallMany([Object.assign(service.client(), { token })]);
    await expectOpen(1);
    await succeed(client, 'revokeAuditToken', { tokenId: auditToken.id });
    await expectOpen(0);
    expect(endings()).toContain('NOT_ALLOWED_ANY_MORE');
    closeAll(stalled);
  });

  it('its session signs out', async () => {
    const { account } = await ownerOfLongTrail();
    const other = await signIn(service, account, 'BEARER');
    const stalled = await stallMany([other]);
    await expectOpen(1);
    await succeed(other, 'signOut');
    await expectOpen(0);
    closeAll(stalled);
  });

  it('its role is taken', async () => {
    const { account, client } = await ownerOfLongTrail();
    const sam = await createSubUser(client, account, 'AUDITOR');
    const stalled = await stallMany([await signIn(service, sam, 'BEARER')]);
    await expectOpen(1);
    await succeed(client, 'assignRole', { userId: sam.userId, role: 'MEMBER' });
    await expectOpen(0);
    closeAll(stalled);
  });
});
