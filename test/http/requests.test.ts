import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Answer, Client } from '../support/client.js';
import { documentOf, mutate, viewer } from '../support/operations.js';
import { primary, protectedPrimary, register, signIn, trySignIn } from '../support/people.js';
import { startService, type TestService } from '../support/service.js';
import { layDownIn } from '../support/trusting.js';
import { headOf } from '../support/stored.js';

let service: TestService;

beforeAll(async () => {
  service = await startService();
});

afterAll(() => service.dispose());

/** An error answer: JSON with a code and the request's id, and nothing from inside. */
function expectError({ status, headers, text, body }: Answer, expected: { status: number; code: string }): void {
  expect({ status, code: body?.errors?.[0]?.extensions.code }).toStrictEqual(expected);
  expect(headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json; charset=utf-8$/);
  expect(body.errors[0].message).toEqual(expect.any(String));
  expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  for (const error of body.errors) expect(error.extensions.requestId).toBe(headers.get('x-request-id'));
  expect(text).not.toMatch(/node_modules|\/src\/|\bat .*:\d+:\d+|stacktrace|SQLITE/i);
}

it('an answer keeps what is empty, also where it was asked for under the name of a request id', async () => {
  const account = await register(service);
  const client = service.client({ userAgent: '' });
  expect((await trySignIn(client, account)).refusal).toBeNull();
  const { status, body } = await client.send('{ viewer { session { requestId: userAgent } } }');
  expect({ status, data: body.data }).toStrictEqual({ status: 200, data: { viewer: { session: { requestId: '' } } } });
});

describe('a request that is none', () => {
  it.each([
    ['broken JSON', '{"query": "{ viewer', 400],
    ['no JSON at all', '{ viewer { stage } }', 400],
    ['an empty body', '', 400],
    ['a poisoned prototype', '{"__proto__": {"query": "{ viewer { stage } }"}}', 400],
    ['a number', '1', 400],
    ['null', 'null', 400],
    ['a list', '[]', 400],
    ['a batch', '[{"query": "{ viewer { stage } }"}, {"query": "{ viewer { stage } }"}]', 400],
    ['no query', '{}', 400],
    ['a query of another type', '{"query": 1}', 400],
    ['variables of another type', '{"query": "{ viewer { stage } }", "variables": "{}"}', 400],
  ])('with %s is answered with an error', async (_, body, status) => {
    expectError(await service.client().post(body), { status, code: 'BAD_REQUEST' });
  });

  it('of more than 64 kB is not read', async () => {
    const query = `{ viewer { stage } } # ${'x'.repeat(64 * 1024)}`;
    expectError(await service.client().send(query), { status: 413, code: 'BAD_REQUEST' });
    expect((await service.client().send(`{ viewer { stage } } # ${'x'.repeat(60 * 1024)}`)).status).toBe(200);
  });

  it('that names a persisted query is told that there are none', async () => {
    const body = '{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0"}}}';
    expectError(await service.client().post(body), { status: 200, code: 'PERSISTED_QUERY_NOT_SUPPORTED' });
  });

  it.each(['application/xml', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'text/plain'])(
    'in %s, which a form of any page could send, is not answered',
    async (type) => {
      const { client } = await primary(service);
      const body = '{"query": "mutation { signOut { userErrors { code } } }"}';
      const answer = await client.post(body, { 'content-type': type });
      expectError(answer, { status: type === 'text/plain' ? 400 : 415, code: 'BAD_REQUEST' });
      expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
    },
  );

  it.each(['GET', 'PUT', 'PATCH', 'DELETE'])('by %s is told to use POST', async (method) => {
    const response = await fetch(`${service.url}?query={viewer{stage}}`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });

  it('at another address finds nothing', async () => {
    const response = await fetch(service.url.replace('/graphql', '/%2e%2e/data/log.db'));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
  });

  it.each(['GARBAGE\r\n\r\n', 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n'])(
    'that is no HTTP is refused and harms nobody (%j)',
    async (garbage) => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      let heard = '';
      socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
      socket.write(garbage);
      await once(socket, 'close');
      expect(heard).toMatch(/^HTTP\/1\.1 400 /);
      expect((await service.client().send('{ viewer { stage } }')).status).toBe(200);
    },
  );
});

describe('a document that cannot be run', () => {
  const accept = { accept: 'application/graphql-response+json' };

  it.each([
    ['a syntax error', '{ viewer { ', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown mutation', 'mutation { doNothing { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', 'subscription { viewer { stage } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query ($id: ID!) { user(id: $id) { id } }', 'BAD_USER_INPUT'],
  ])('because of %s is answered with an error, in the status that the client knows', async (_, query, code) => {
    expectError(await service.client().send(query, {}, accept), { status: 400, code });
    expectError(await service.client().send(query), { status: 200, code });
  });

  it('because of an unknown operation name is answered with an error', async () => {
    const body = JSON.stringify({ query: 'query A { viewer { stage } }', operationName: 'B' });
    expectError(await service.client().post(body, accept), { status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
    const none = JSON.stringify({ query: 'query A { viewer { stage } } query B { viewer { stage } }' });
    expectError(await service.client().post(none, accept), { status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
  });

  it('tells nothing of names in the schema that were not asked for', async () => {
    const { text } = await service.client().send('{ viewr { stage } }');
    expect(text).not.toMatch(/did you mean/i);
  });
});

describe('one request, one attempt', () => {
  const wrong = '(input: { username: "ada", password: "nothing" }) { userErrors { code } }';

  it.each([
    ['side by side', `mutation { a: signIn${wrong} b: signIn${wrong} }`],
    ['through a fragment', `mutation { ...Two } fragment Two on Mutation { a: signIn${wrong} b: signIn${wrong} }`],
    ['through an inline fragment', `mutation { a: signIn${wrong} ... on Mutation { b: signIn${wrong} } }`],
    [
      'through nested fragments',
      `mutation { ...A ...B } fragment A on Mutation { a: signIn${wrong} }
       fragment B on Mutation { ... { ...C } } fragment C on Mutation { b: signIn${wrong} }`,
    ],
    ['behind a condition', `mutation { a: signIn${wrong} ... @skip(if: true) { b: signIn${wrong} } }`],
    ['of two kinds', `mutation { a: signIn${wrong} signOut { userErrors { code } } }`],
  ])('two mutations %s are refused, and none is done', async (_, query) => {
    const head = await headOf(service);
    const answer = await service.client().send(query);
    expectError(answer, { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(answer.body.data).toBeUndefined();
    expect(answer.text).toContain('An operation may hold one mutation');
    expect(await headOf(service)).toBe(head);
  });

  it('one mutation through a fragment is fine', async () => {
    const query = `mutation { ...One } fragment One on Mutation { signIn${wrong} }`;
    const answer = await service.client().send(query);
    expect(answer.body.data.signIn.userErrors).toStrictEqual([{ code: 'SIGN_IN_FAILED' }]);
  });

  it('of two operations in a document the one that is named is run', async () => {
    const query = `query A { viewer { stage } } mutation B { signIn${wrong} }`;
    const answer = await service.client().post(JSON.stringify({ query, operationName: 'B' }));
    expect(answer.body.data.signIn.userErrors).toStrictEqual([{ code: 'SIGN_IN_FAILED' }]);
  });
});

describe('bounds of a document', () => {
  const repeat = (count: number, make: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => make(i)).join(' ');

  it.each([
    ['aliases', `{ ${repeat(16, (i) => `a${i}: viewer { stage }`)} }`, 'at most 15 aliases'],
    ['fields', `{ viewer { ${repeat(200, () => 'stage')} } }`, 'at most 200 fields'],
    ['directives', `{ viewer { ${repeat(6, () => 'stage @include(if: true)')} } }`, 'at most 5 directives'],
    ['tokens', `{ viewer { ${repeat(1_100, () => 'stage')} } }`, '1000 tokens'],
    [
      'fields through fragments',
      `{ viewer { ...A } } fragment A on Viewer { ...B ...B ...B ...B ...B ...B ...B ...B ...B ...B }
       fragment B on Viewer { ${repeat(25, () => 'stage')} }`,
      'at most 200 fields',
    ],
  ])('hold for %s', async (_, query, message) => {
    const answer = await service.client().send(query);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors[0].message).toContain(message);
  });

  it('end circles of fragments', async () => {
    const query = '{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }';
    expectError(await service.client().send(query), { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});

describe('who asks', () => {
  it('by cookie and by token at once is refused', async () => {
    const account = await register(service);
    const both = await signIn(service, account);
    both.token = (await signIn(service, account, 'BEARER')).token;
    expectError(await both.send('{ viewer { stage } }'), { status: 400, code: 'BAD_REQUEST' });
  });

  it.each(['cross-site', 'same-site'])('from a page of another site (%s) is refused', async (site) => {
    const { client } = await primary(service);
    const answer = await client.send(documentOf('signOut'), {}, { 'sec-fetch-site': site });
    expectError(answer, { status: 403, code: 'FORBIDDEN' });
    expect(await viewer(client)).toMatchObject({ stage: 'FULL' });
  });

  it.each(['same-origin', 'none'])('from a page of our own (%s) is answered', async (site) => {
    const { client } = await primary(service);
    const answer = await client.send('{ viewer { stage } }', {}, { 'sec-fetch-site': site });
    expect(answer.body.data.viewer.stage).toBe('FULL');
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'bearer nonsense', 'Bearer a b'])(
    'by %j is nobody',
    async (authorization) => {
      const answer = await service.client().send('{ viewer { stage } }', {}, { authorization });
      expect(answer.body.data).toStrictEqual({ viewer: null });
    },
  );
});

describe('what a browser is told', () => {
  function flagsOf(answer: Answer): Record<string, string[]> {
    const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split('; '));
    return Object.fromEntries(cookies.map(([pair = '', ...flags]) => [pair.split('=')[0] ?? '', flags]));
  }

  async function signedIn(client: Client, on: TestService): Promise<Answer> {
    const { username, password } = await register(on);
    return (await mutate(client, 'signIn', { username, password })).answer;
  }

  it('without TLS: cookies that no script reads and no other site sends', async () => {
    const flags = flagsOf(await signedIn(service.client(), service));
    expect(flags).toStrictEqual({
      session: ['Path=/', 'HttpOnly', 'SameSite=Strict'],
      'known-browser': ['Max-Age=31536000', 'Path=/', 'HttpOnly', 'SameSite=Strict'],
    });
  });

  it('under TLS: secure ones, bound to the host', async () => {
    const secure = await startService({ PUBLIC_URL: 'https://mfa.example.com' });
    try {
      const answer = await signedIn(secure.client(), secure);
      expect(flagsOf(answer)).toStrictEqual({
        '__Host-session': ['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'],
        '__Host-known-browser': ['Max-Age=31536000', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'],
      });
      expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
    } finally {
      await secure.dispose();
    }
  });

  it.each([
    ['without TLS', {}, 'trusted-browser', ['Max-Age=604800', 'Path=/', 'HttpOnly', 'SameSite=Strict']],
    [
      ...(['under TLS', { PUBLIC_URL: 'https://mfa.example.com' }, '__Host-trusted-browser'] as const),
      ['Max-Age=604800', 'Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict'],
    ],
  ])('%s: what it is trusted by, as safe as the session', async (_, environment, name, flags) => {
    const on = await startService(environment);
    try {
      const { account, authenticator } = await protectedPrimary(on);
      await layDownIn(on, account.accountId, { trustedDeviceDays: 1 });
      const input = { code: authenticator.nextCode(), trustDevice: true };
      const { answer } = await mutate(await signIn(on, account), 'answerMfaChallenge', input);
      expect(flagsOf(answer)[name]).toStrictEqual(flags);
    } finally {
      await on.dispose();
    }
  });

  it('to keep nothing, to guess no types, and to load nothing else', async () => {
    const { headers } = await service.client().send('{ viewer { stage } }');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});
