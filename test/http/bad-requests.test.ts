import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentOf } from '../support/operations.js';
import { primary } from '../support/people.js';
import { talk } from '../support/raw-http.js';
import { startService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startService({ PUBLIC_URL: 'https://mfa.example.com' });
});

afterAll(() => service.dispose());

const HOST = 'Host: localhost\r\n';
const CLOSE = 'Connection: close\r\n';
const LONG = 'xK9'.repeat(10_000);

describe('what is no proper request is answered like every other error, and its path is not repeated', () => {
  it.each([
    ['a path with a broken escape', `GET /%xK9 HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400],
    ['a path with a broken escape, by POST', `POST /graphql/%xK9 HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400],
    ['a path with bytes that are no text', `GET /%ff%fexK9 HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400],
    ['two slashes', `GET //xK9 HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
    ['two slashes and nothing', `GET // HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
    ['the address of another server', `GET http://xK9.example/ HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
    ['no path', `OPTIONS * HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 404],
    ['a path that is too long', `GET /${LONG} HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 431],
    ['headers that are too long', `GET / HTTP/1.1\r\n${HOST}X-Long: ${LONG}\r\n\r\n`, 431],
    ['a method that there is not', `XK9 / HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a header without a colon', `GET / HTTP/1.1\r\n${HOST}xK9\r\n\r\n`, 400],
    ['a version that there is not', `GET /xK9 HTTP/9.9\r\n${HOST}\r\n`, 400],
    ['a wrong length', `POST /graphql HTTP/1.1\r\n${HOST}Content-Length: xK9\r\n\r\n`, 400],
    [
      'two ways to say its length',
      `POST / HTTP/1.1\r\n${HOST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
      400,
    ],
    [
      'a broken chunk',
      `POST /graphql HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nxK9\r\n`,
      400,
    ],
    ['TLS', Buffer.from('160301020001000 1fc0303xK9', 'latin1'), 400],
    ['no host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two hosts', `GET /health/live HTTP/1.1\r\n${HOST}Host: evil.example\r\n${CLOSE}\r\n`, 400],
    ['a host with a user', `GET /health/live HTTP/1.1\r\nHost: a@xK9.example\r\n${CLOSE}\r\n`, 400],
    ['a host with a path', `GET /health/live HTTP/1.1\r\nHost: localhost/xK9\r\n${CLOSE}\r\n`, 400],
    ['a host with a query', `GET /health/live HTTP/1.1\r\nHost: localhost?xK9\r\n${CLOSE}\r\n`, 400],
    ['a host with a broken address', `GET /health/live HTTP/1.1\r\nHost: [::xK9\r\n${CLOSE}\r\n`, 400],
    ['a host with a wrong port', `GET /health/live HTTP/1.1\r\nHost: localhost:xK9\r\n${CLOSE}\r\n`, 400],
    ['an expectation', `GET /health/live HTTP/1.1\r\n${HOST}Expect: xK9\r\n${CLOSE}\r\n`, 417],
  ])('%s', async (_, text, status) => {
    const answers = await talk(service.url, text);
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    expect(answer?.status).toBe(status);
    expect(answer?.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'content-type': 'application/json; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const [error] = answer?.body.errors ?? [];
    expect(error.extensions.requestId).toBe(answer?.headers['x-request-id']);
    expect(JSON.stringify(answer)).not.toMatch(/xK9/i);
    expect(service.log.join('')).not.toMatch(/xK9/i);
  });
});

it.each(['localhost:8080', '127.0.0.1', '[::1]:8080', 'mfa_1.example.com.', ''])(
  'the host "%s" is taken',
  async (host) => {
    const text = `GET /health/live HTTP/1.1\r\nHost: ${host}\r\n${CLOSE}\r\n`;
    expect(await talk(service.url, text)).toMatchObject([{ status: 200 }]);
  },
);

it('HTTP/1.0 needs no host', async () => {
  expect(await talk(service.url, 'GET /health/live HTTP/1.0\r\n\r\n')).toMatchObject([{ status: 200 }]);
});

it('a client that waits for "100 Continue" is told to go on', async () => {
  const text = `GET /health/live HTTP/1.1\r\n${HOST}${CLOSE}Expect: 100-continue\r\n\r\n`;
  expect(await talk(service.url, text)).toMatchObject([{ status: 100 }, { status: 200 }]);
});

it('what is not HTTP is not taken for the answer to the request before it', async () => {
  const { client } = await primary(service);
  const query = JSON.stringify({ query: documentOf('signIn'), variables: { input: { username: 'a', password: 'b' } } });
  const head = `POST /graphql HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: ${query.length}\r\n\r\n`;
  const answers = await talk(service.url, `${head}${query}GARBAGE\r\n\r\n`);
  expect(answers.filter(({ status }) => status === 400)).toStrictEqual([]);
  expect((await client.send('{ __typename }')).status).toBe(200);
});

describe('a request with the Origin header', () => {
  const query = '{"query":"{ __typename }"}';
  const statusFrom = async (url: string, headers: Readonly<Record<string, string>>) => {
    const lines = Object.entries({ host: 'localhost', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const type = `Content-Type: application/json\r\nContent-Length: ${query.length}\r\n`;
    const [answer] = await talk(url, `POST /graphql HTTP/1.1\r\n${lines.join('')}${type}${CLOSE}\r\n${query}`);
    return answer?.status;
  };

  it.each([
    ['of PUBLIC_URL', { origin: 'https://mfa.example.com' }],
    [
      'of PUBLIC_URL, whatever else the browser says',
      { origin: 'https://mfa.example.com', 'sec-fetch-site': 'same-site' },
    ],
    ['of its host', { origin: 'https://console.example:8443', host: 'console.example:8443' }],
    ['of its host, with the port left out', { origin: 'https://console.example', host: 'console.example:443' }],
    [
      'of a host that a proxy has rewritten, if the browser vouches',
      { origin: 'https://a.example', 'sec-fetch-site': 'same-origin' },
    ],
    [
      'of a host that a proxy has rewritten, if the browser vouches in capitals',
      { origin: 'https://a.example', 'sec-fetch-site': 'Same-Origin' },
    ],
    ['left out, as programs do', {}],
  ])('%s is answered', async (_, headers) => {
    expect(await statusFrom(service.url, headers)).toBe(200);
  });

  it.each([
    ['of another site', { origin: 'https://evil.example' }],
    ['of another site that the user opened', { origin: 'https://evil.example', 'sec-fetch-site': 'none' }],
    ['of another site, in capitals', { 'sec-fetch-site': 'Cross-Site' }],
    ['of the same site, in capitals', { 'sec-fetch-site': 'SAME-SITE' }],
    ['of another port', { origin: 'https://localhost:8443' }],
    ['of the same host without TLS', { origin: 'http://localhost' }],
    ['of PUBLIC_URL without TLS', { origin: 'http://mfa.example.com' }],
    ['of PUBLIC_URL as a part', { origin: 'https://mfa.example.com.evil.example' }],
    ['of nobody', { origin: 'null' }],
    ['of nothing', { origin: '' }],
  ])('%s is refused', async (_, headers) => {
    expect(await statusFrom(service.url, headers)).toBe(403);
  });

  it('of a page without TLS is answered where there is no TLS', async () => {
    const plain = await startService();
    try {
      expect(await statusFrom(plain.url, { origin: 'http://localhost' })).toBe(200);
      expect(await statusFrom(plain.url, { origin: 'https://localhost' })).toBe(200);
      expect(await statusFrom(plain.url, { origin: 'http://evil.example' })).toBe(403);
    } finally {
      await plain.dispose();
    }
  });

  it('is looked at for exports, too', async () => {
    const headers = { origin: 'https://evil.example' };
    const answer = await fetch(service.url.replace('/graphql', '/audit/export'), { headers });
    expect({ status: answer.status, text: await answer.text() }).toMatchObject({
      status: 403,
      text: expect.stringContaining('PUBLIC_URL'),
    });
  });
});
