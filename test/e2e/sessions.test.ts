import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { after } from '../../src/domain/instant.js';
import type { Client } from '../support/client.js';
import { errorOf, viewer } from '../support/operations.js';
import { primary, signIn } from '../support/people.js';
import { START, startService, type TestService } from '../support/service.js';
import { storedTypes } from '../support/stored.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

async function isOver(client: Client): Promise<boolean> {
  const over = (await viewer(client)) === null;
  expect(errorOf(await client.send('{ users { nodes { id } } }'))).toBe(over ? 'UNAUTHENTICATED' : null);
  return over;
}

describe('a session', () => {
  it('ends after 30 minutes without use, to the millisecond', async () => {
    const { account, client } = await primary(service);
    const idle = await signIn(service, account);
    expect((await viewer(idle)).session.expiresAt).toBe(after(service.clock.now(), 30 * MINUTE));
    service.clock.advance(30 * MINUTE - 1);
    expect(await isOver(client)).toBe(false);
    service.clock.advance(1);
    expect(await isOver(idle)).toBe(true);
    expect(await isOver(client)).toBe(false);
  });

  it('lives on while it is used, and ends after 12 hours whatever happens', async () => {
    const { client } = await primary(service);
    const begun = service.clock.now();
    for (let used = 0; used < 28; used += 1) {
      service.clock.advance(25 * MINUTE);
      expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    }
    expect((await viewer(client)).session.expiresAt).toBe(after(begun, 12 * HOUR));
    service.clock.advance(12 * HOUR - 28 * 25 * MINUTE - 1);
    expect(await isOver(client)).toBe(false);
    service.clock.advance(1);
    expect(await isOver(client)).toBe(true);
  });

  it('notes its use at most every five minutes', async () => {
    const { client } = await primary(service, 'BEARER');
    const stream = `session-${(await viewer(client)).session.id}`;
    service.clock.advance(5 * MINUTE - 1);
    await viewer(client);
    expect(await storedTypes(service, stream)).toStrictEqual(['SessionStarted']);
    service.clock.advance(1);
    await viewer(client);
    await viewer(client);
    expect(await storedTypes(service, stream)).toStrictEqual(['SessionStarted', 'SessionRefreshed']);
    expect((await viewer(client)).session.lastSeenAt).toBe(service.clock.now());
  });

  it('that is over makes way for signing in anew with the same cookie', async () => {
    const { account, client } = await primary(service);
    service.clock.advance(HOUR);
    expect(await isOver(client)).toBe(true);
    const { username, password } = account;
    const answer = await client.send(
      `mutation ($input: SignInInput!) { signIn(input: $input) { query { viewer { stage } } } }`,
      { input: { username, password } },
    );
    expect(answer.body.data.signIn.query.viewer.stage).toBe('FULL');
    expect(await isOver(client)).toBe(false);
  });

  it('is opened by no token but its own', async () => {
    const { client } = await primary(service, 'BEARER');
    const { client: other } = await primary(service, 'BEARER');
    const [id = '', secret = ''] = client.token?.split('.') ?? [];
    const flipped = secret.startsWith('A') ? `B${secret.slice(1)}` : `A${secret.slice(1)}`;
    const forged = [
      ...[id, `${id}.`, `.${secret}`, secret, `${id}.${flipped}`, `${id}.${secret}x`, `${id}.${secret.toLowerCase()}`],
      ...[`${id}.${other.token?.split('.')[1] ?? ''}`, `${id.toUpperCase()}.${secret}`, 'undefined', '__proto__.x'],
    ];
    for (const token of forged) {
      const forger = service.client();
      forger.token = token;
      expect(await viewer(forger)).toBeNull();
      const browser = service.client();
      browser.cookies.set('session', token);
      expect(await viewer(browser)).toBeNull();
    }
    expect(await isOver(client)).toBe(false);
  });

  it('began when the clock said so', async () => {
    const { client } = await primary(service);
    const { session } = await viewer(client);
    expect(session.createdAt).toBe(service.clock.now());
    expect(session.createdAt >= START).toBe(true);
  });
});
