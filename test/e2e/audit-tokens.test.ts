import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DAY, HOUR } from '../../src/domain/instant.js';
import type { Answer, Client, Loose } from '../support/client.js';
import { follow, failureOf } from '../support/live.js';
import { ask, AUDIT_TOKEN, errorOf, mutate, succeed } from '../support/operations.js';
import { createSubUser, enable, primary, signIn, verified, type Account } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { storedEvents } from '../support/stored.js';
import { troubledStore } from '../support/troubled-store.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

interface Keeper {
  readonly account: Account;
  readonly client: Client;
}

const SIEM = { name: 'Our SIEM', scopes: ['READ'] };

/** A token of an account, with the program that has it. */
async function issue(
  { account, client }: Keeper,
  input: Loose = {},
): Promise<{ id: string; token: string; program: Client }> {
  const wanted = { ...SIEM, ...input };
  const { auditToken, token } = await verified(client, 'createAuditToken', wanted, { password: account.password });
  return { id: auditToken.id, token, program: program(token) };
}

function program(token: string, of: Pick<TestService, 'client'> = service): Client {
  return Object.assign(of.client({ userAgent: 'siem/1' }), { token });
}

const TRAIL = '{ auditEvents(first: 100) { nodes { id type actor { kind id } subject { id } } } }';

async function tokensOf(client: Client): Promise<Loose[]> {
  return (await ask(client, `{ auditTokens { nodes { ${AUDIT_TOKEN} } } }`)).auditTokens.nodes;
}

describe('an audit token', () => {
  it('is shown once, after a verification, and reads the trail of its account alone', async () => {
    const keeper = await primary(service);
    const other = await primary(service);
    const { id, token, program: siem } = await issue(keeper);
    expect(token).toMatch(/^vat_[0-9a-f-]{36}\.[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
    const { auditEvents } = await ask(siem, TRAIL);
    expect(auditEvents).toStrictEqual((await ask(keeper.client, TRAIL)).auditEvents);
    expect(auditEvents.nodes.map(({ type }: Loose) => type)).toContain('AuditTokenCreated');
    const [foreign] = (await ask(other.client, TRAIL)).auditEvents.nodes;
    for (const [event, code] of [
      [auditEvents.nodes[0], null],
      [foreign, 'NOT_FOUND'],
    ] as const) {
      expect(errorOf(await siem.send(`{ node(id: "${event.id}") { id } }`))).toBe(code);
    }
    const listed = await tokensOf(keeper.client);
    expect(listed).toMatchObject([{ ...SIEM, id, createdBy: { username: keeper.account.username }, revokedAt: null }]);
    expect(JSON.stringify([listed, auditEvents])).not.toContain(token.slice(-43));
    expect(await tokensOf(other.client)).toStrictEqual([]);
  });

  it('finds no user, session or account by its id', async () => {
    const keeper = await primary(service);
    const sam = await createSubUser(keeper.client, keeper.account);
    const { program: siem, id } = await issue(keeper);
    for (const found of [sam.userId, keeper.account.accountId, id]) {
      expect(errorOf(await siem.send(`{ node(id: "${found}") { id } }`))).toBe('NOT_FOUND');
    }
  });

  it('is verified by a code where the primary has a device', async () => {
    const keeper = await primary(service);
    const device = await enable(service, keeper.client);
    const { token } = await verified(keeper.client, 'createAuditToken', SIEM, device);
    expect((await ask(program(token), TRAIL)).auditEvents.nodes.length).toBeGreaterThan(0);
  });

  it('is recorded as used once a day, as an actor, and shown with when and where from', async () => {
    const keeper = await primary(service);
    const { id, program: siem } = await issue(keeper);
    for (const wait of [0, HOUR, DAY]) {
      service.clock.advance(wait);
      await Promise.all([ask(siem, TRAIL), ask(siem, TRAIL), ask(siem, TRAIL)]);
    }
    const reader = await signIn(service, keeper.account);
    const uses = (await ask(reader, TRAIL)).auditEvents.nodes.filter(({ type }: Loose) => type === 'AuditTokenUsed');
    expect(uses.map(({ actor }: Loose) => actor)).toStrictEqual(Array(2).fill({ kind: 'AUDIT_TOKEN', id }));
    const [shown] = await tokensOf(reader);
    expect(shown).toMatchObject({
      lastUsedAt: service.clock.now(),
      lastUsedIp: expect.stringMatching(/127\.0\.0\.1|::1/),
    });
  });

  it('of another account is not there to be revoked', async () => {
    const { id } = await issue(await primary(service));
    const { client } = await primary(service);
    for (const tokenId of [id, 'nobody', '', '__proto__'])
      expect((await mutate(client, 'revokeAuditToken', { tokenId })).refusal).toBe('NOT_FOUND');
  });

  it('is refused with a sentence where its input is not right, or 20 are live', async () => {
    const keeper = await primary(service);
    const wrong = [
      [{ ...SIEM, name: '\u0007' }, 'INVALID_TOKEN_NAME', 'name'],
      [{ ...SIEM, scopes: [] }, 'INVALID_SCOPES', 'scopes'],
      [{ ...SIEM, expiresInDays: 0 }, 'INVALID_TOKEN_LIFETIME', 'expiresInDays'],
      [{ ...SIEM, expiresInDays: 367 }, 'INVALID_TOKEN_LIFETIME', 'expiresInDays'],
    ] as const;
    for (const [input, code, field] of wrong) {
      const { userError } = await mutate(keeper.client, 'createAuditToken', input);
      expect(userError).toMatchObject({ code, field: ['input', field] });
    }
    const issued = [];
    for (let n = 0; n < 20; n += 1) issued.push(await issue(keeper, { name: `SIEM ${n}` }));
    expect((await mutate(keeper.client, 'createAuditToken', SIEM)).refusal).toBe('TOO_MANY_AUDIT_TOKENS');
    await succeed(keeper.client, 'revokeAuditToken', { tokenId: issued[3]?.id });
    await issue(keeper);
    const listed = await ask(keeper.client, '{ auditTokens(first: 2) { nodes { name } pageInfo { hasNextPage } } }');
    expect(listed.auditTokens).toStrictEqual({
      ...{ nodes: [{ name: 'Our SIEM' }, { name: 'SIEM 19' }], pageInfo: { hasNextPage: true } },
    });
  });
});

describe('an audit token that is void', () => {
  function shape({ status, body }: Answer): Loose {
    const errors = body.errors?.map(({ extensions, ...error }: Loose) => [error, extensions.code]);
    return { status, data: body.data, errors };
  }

  it('is answered alike: expired, revoked, unknown, with another secret, or malformed', async () => {
    const keeper = await primary(service);
    const { id, program: revoked, token: other } = await issue(keeper);
    const { token, program: expired } = await issue(keeper, { expiresInDays: 1 });
    const live = (await issue(keeper)).token;
    for (const client of [revoked, expired]) await ask(client, TRAIL);
    await succeed(keeper.client, 'revokeAuditToken', { tokenId: id });
    service.clock.advance(DAY);
    const tokenId = token.slice('vat_'.length, -44);
    const secret = token.slice(-43);
    const forms = [
      ...[`${live.slice(0, -43)}${secret}`, `${live.slice(0, -1)}${live.endsWith('A') ? 'E' : 'A'}`],
      `vat_${tokenId}.${other.slice(-43)}`,
      `vat_${tokenId.slice(0, 36)}.nobody.${secret}`,
      `vat_nobody.nobody.${secret}`,
      ...[
        `vat_${tokenId}.`,
        `vat_${tokenId}`,
        'vat_',
        `vat_.${secret}`,
        `vat_${'x'.repeat(5_000)}`,
        `${tokenId}.${secret}`,
      ],
    ];
    const answers = [];
    for (const client of [revoked, expired, ...forms.map((form) => program(form))]) {
      answers.push(shape(await client.send(TRAIL)));
    }
    expect(answers[0]?.errors?.[0]?.[1]).toBe('UNAUTHENTICATED');
    for (const answer of answers) expect(answer).toStrictEqual(answers[0]);
    const types = (await storedEvents(service, `account-${keeper.account.accountId}`)).map(({ type }) => type);
    expect(types.filter((type) => type === 'AuditTokenUsed')).toHaveLength(2);
  });

  it('is void on every node with the answer, and no cookie', async () => {
    const other = await startService({}, { folder: service.folder, clock: service.clock });
    try {
      const keeper = await primary(service);
      const { id, token } = await issue(keeper);
      const there = program(token, other);
      expect((await ask(there, TRAIL)).auditEvents.nodes.length).toBeGreaterThan(0);
      const asCookie = other.client();
      asCookie.cookies.set('session', token);
      expect(errorOf(await asCookie.send(TRAIL))).toBe('UNAUTHENTICATED');
      await succeed(keeper.client, 'revokeAuditToken', { tokenId: id });
      expect(errorOf(await there.send(TRAIL))).toBe('UNAUTHENTICATED');
    } finally {
      await other.stop();
    }
  });

  it.each(['revoked', 'expired'])('ends what it follows: %s', async (how) => {
    const keeper = await primary(service);
    const { id, program: siem } = await issue(keeper, { expiresInDays: 2 });
    const { auditEvents } = await ask(keeper.client, '{ auditEvents(first: 1) { nodes { cursor } } }');
    const feed = follow(siem, { after: auditEvents.nodes[0].cursor });
    expect((await feed.next()).type).toBe('AuditTokenUsed');
    await createSubUser(keeper.client, keeper.account);
    const seen = [];
    while (seen.at(-1) !== 'UserCreated') seen.push((await feed.next()).type);
    if (how === 'revoked') await succeed(keeper.client, 'revokeAuditToken', { tokenId: id });
    else service.clock.advance(2 * DAY);
    expect(await failureOf(feed)).toBe('UNAUTHENTICATED');
    await feed.close();
    expect(await failureOf(follow(siem))).toBe(4403);
  });
});

describe('while the log is away', () => {
  it('nobody reads by an audit token: whether it was revoked cannot be told', async () => {
    const log = troubledStore();
    const troubled = await startService({}, { wrapStore: log.wrap });
    try {
      const keeper = await primary(troubled, 'BEARER');
      const { token } = await issue(keeper);
      await ask(program(token, troubled), TRAIL);
      log.trouble('FAILS');
      const answer = await program(token, troubled).send(TRAIL);
      expect([answer.status, errorOf(answer)]).toStrictEqual([503, 'UNAVAILABLE']);
      log.mend();
    } finally {
      await troubled.dispose();
    }
  });
});
