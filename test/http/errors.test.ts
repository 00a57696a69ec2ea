import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openConnection } from '../../src/sqlite/connection.js';
import { getIntrospectionQuery } from 'graphql';
import { projections } from '../../src/projections/read-models.js';
import { connect, run } from '../support/live.js';
import type { Loose } from '../support/client.js';
import { documentOf, errorOf, mutate, viewer } from '../support/operations.js';
import { createSubUser, primary, signIn, trySignIn } from '../support/people.js';
import { LOG_KIND } from '../support/log-server.js';
import { PRODUCTION, startService, type TestService } from '../support/service.js';
import { appendPast, headOf, storedEvents } from '../support/stored.js';
import { eventually } from '../support/eventually.js';

describe('what was sent is not told back', () => {
  const SECRET = 'xK9; my "secret" pass-phrase, typed in the wrong place';
  const quoted = JSON.stringify(SECRET);
  const password = '(input: { username: "ada", password: "p" })';
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
  });

  afterAll(() => service.dispose());

  it.each([
    [
      'an enum',
      `mutation { signIn(input: { username: "a", password: "b", transport: ${quoted} }) { userErrors { code } } }`,
    ],
    ['an input', `mutation { signIn(input: ${quoted}) { userErrors { code } } }`],
    ['a list of enums', `{ auditEvents(filter: { types: [${quoted}] }) { nodes { id } } }`],
    ['a moment', `{ auditEvents(filter: { since: ${quoted} }) { nodes { id } } }`],
    ['a number', `{ users(first: ${quoted}) { nodes { id } } }`],
    ['a condition', `{ viewer @include(if: ${quoted}) { stage } }`],
    ['a name, by a missing comma', `mutation { signIn(input: { username: "a" ${quoted} }) { userErrors { code } } }`],
    ['a selection', `mutation { signIn${password} { ${quoted} } }`],
    ['nothing at all', quoted],
    ['a block string', `mutation { signIn(input: { username: "a" """${SECRET.replaceAll('"', '')}""" }) { query } }`],
    ['a variable definition', `query ($id: ID = { a: ${quoted} }) { user(id: $id) { id } }`],
  ])('in the place of %s in the document', async (_, query) => {
    const answer = await service.client().send(query);
    expect(answer.body.errors.length).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/xK9|pass-phrase|typed in/);
    expect(errorOf(answer)).toMatch(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/);
  });

  const signIn = 'mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }';

  it.each([
    ['an enum', signIn, { input: { username: 'a', password: 'b', transport: SECRET } }],
    ['an input', signIn, { input: SECRET }],
    ['a list', signIn, { input: [SECRET] }],
    ['text', signIn, { input: { username: { [SECRET]: SECRET }, password: [SECRET] } }],
    ['an id', 'query ($id: ID!) { user(id: $id) { id } }', { id: { secret: SECRET } }],
    ['a number', 'query ($first: Int) { users(first: $first) { nodes { id } } }', { first: SECRET }],
    ['a moment', 'query ($f: AuditEventFilter) { auditEvents(filter: $f) { nodes { id } } }', { f: { since: SECRET } }],
  ])('in the place of %s in the variables', async (_, query, variables) => {
    const answer = await service.client().send(query, variables);
    expect(answer.body.errors.length).toBeGreaterThan(0);
    expect(answer.text).not.toMatch(/xK9|pass-phrase|typed in/);
    expect(errorOf(answer)).toBe('BAD_USER_INPUT');
  });

  it('nor a cursor', async () => {
    const { client } = await primary(service);
    const answer = await client.send('query ($after: String) { users(after: $after) { nodes { id } } }', {
      after: SECRET,
    });
    expect(errorOf(answer)).toBe('BAD_USER_INPUT');
    expect(answer.text).not.toMatch(/xK9|pass-phrase|typed in/);
  });

  it('nor in the log', async () => {
    await service.client().send(signIn, { input: { username: SECRET, password: SECRET } });
    expect(service.log.join('')).not.toMatch(/xK9|pass-phrase|typed in/);
  });
});

describe('asking for the schema', () => {
  it('is allowed in development', async () => {
    const service = await startService();
    try {
      const answer = await service.client().send(getIntrospectionQuery());
      expect(answer.body.data.__schema.queryType.name).toBe('Query');
    } finally {
      await service.dispose();
    }
  });

  it('is refused in production, through fragments too; __typename is answered', async () => {
    const service = await startService(PRODUCTION);
    try {
      for (const query of [
        getIntrospectionQuery(),
        '{ s: __schema { types { name } } }',
        '{ ...S } fragment S on Query { __schema { types { name } } }',
        'mutation { signIn(input: { username: "a", password: "b" }) { query { __schema { types { name } } } } }',
        '{ __type(name: "User") { name } }',
        '{ viewer { stage } u: __type(name: "User") { fields { name } } }',
        'query ($name: String!) { ...T } fragment T on Query { ... on Query { __type(name: $name) { name } } }',
      ]) {
        const answer = await service.client().send(query);
        expect(errorOf(answer)).toBe('GRAPHQL_VALIDATION_FAILED');
        expect(answer.body.data).toBeUndefined();
      }
      const answer = await service.client().send('{ __typename }');
      expect(answer.body.data).toStrictEqual({ __typename: 'Query' });
    } finally {
      await service.dispose();
    }
  });
});

describe('asking for the schema over WebSocket', () => {
  const messageFor = async (service: TestService, query: string) => {
    const { client } = await primary(service);
    const refused: Loose = await run(connect(client), query)
      .next()
      .catch((errors: unknown) => errors);
    return refused[0].message;
  };
  const REFUSED = expect.stringMatching(/^The schema cannot be asked for here\./);

  it.each(['{ __type(name: "User") { name } }', '{ __schema { types { name } } }'])(
    'is refused in production: %s',
    async (query) => {
      const service = await startService(PRODUCTION);
      try {
        expect(await messageFor(service, query)).toEqual(REFUSED);
      } finally {
        await service.dispose();
      }
    },
  );
});

describe('health', () => {
  let service: TestService;
  const health = async (name: string) => {
    const response = await fetch(service.url.replace('/graphql', `/health/${name}`));
    return { status: response.status, body: await response.json() };
  };

  beforeEach(async () => {
    service = await startService();
  });

  afterEach(() => service.dispose());

  it('is live and, once the read models have caught up, ready', async () => {
    expect(await health('live')).toStrictEqual({ status: 200, body: { status: 'live' } });
    await primary(service);
    await eventually(async () => {
      const lag = { log: 'ANSWERS', awaySince: null, staleForSeconds: expect.any(Number) };
      expect(await health('ready')).toStrictEqual({
        status: 200,
        body: { status: 'ready', reasons: [], lag },
      });
    });
  });

  it('is not ready where an event cannot be read, and says why; commands on its stream are unavailable', async () => {
    const { account, client } = await primary(service);
    const sam = await createSubUser(client, account);
    const asSam = await signIn(service, sam);
    await appendPast(service, `mfa-${sam.userId}`, 'MfaEnchanted', {
      accountId: account.accountId,
      userId: sam.userId,
    });
    await eventually(async () => {
      const { status, body } = await health('ready');
      expect({ status, reasons: (body as { reasons: string[] }).reasons }).toStrictEqual({
        status: 503,
        reasons: projections.map(({ name }) =>
          expect.stringMatching(new RegExp(`^the read model ${name} has halted: .*MfaEnchanted.*unknown`)),
        ),
      });
    });
    expect((await health('live')).status).toBe(200);
    const recorded = (await storedEvents(service)).length;
    const answers = [
      await asSam.send(documentOf('startMfaEnrollment'), { input: {} }),
      await asSam.send('{ viewer { stage } }'),
      (await trySignIn(service.client(), sam)).answer,
      (await mutate(client, 'unlockUser', { userId: sam.userId })).answer,
    ];
    for (const answer of answers) {
      expect(errorOf(answer)).toBe('UNAVAILABLE');
      expect([200, 503]).toContain(answer.status);
      expect(answer.body.errors[0].extensions.requestId).toBe(answer.headers.get('x-request-id'));
      expect(answer.text).not.toMatch(/MfaEnchanted|stack|src\//);
    }
    expect(answers[0]?.status).toBe(503);
    // The operator finds the request that the client asks about.
    const reported = service.log.filter((line) => line.includes('a request failed')).join('');
    for (const { headers } of answers.slice(2)) expect(reported).toContain(headers.get('x-request-id') ?? 'none');
    expect(await storedEvents(service)).toHaveLength(recorded);
    expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    expect(service.log.join('')).toContain('a read model has halted');
  });
});

const onFiles = LOG_KIND === 'sqlite' ? describe : describe.skip;

onFiles('while another process holds the log', () => {
  it('a command is unavailable, nothing is done, and it works again once the log is free', async () => {
    const service = await startService();
    const other = openConnection(join(service.folder, 'log.db'));
    try {
      const { client } = await primary(service);
      const head = await headOf(service);
      other.exec('BEGIN IMMEDIATE');
      const held = await mutate(client, 'createSubUser', { username: 'sam', password: 'battery staple' });
      expect(held).toMatchObject({ refusal: 'UNAVAILABLE', payload: null });
      expect(held.answer.status).toBe(200);
      expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
      other.exec('ROLLBACK');
      expect(await headOf(service)).toBe(head);
      const again = await mutate(client, 'createSubUser', { username: 'sam', password: 'battery staple' });
      expect(again).toMatchObject({ refusal: null, payload: { user: { username: 'sam' } } });
    } finally {
      other.close();
      await service.dispose();
    }
  });
});
