import type { Reply } from './connection.js';

/** Whatever JSON a server answers, read as the scenario expects it. */
export type Loose = ReturnType<typeof JSON.parse>;

type Headers = Readonly<Record<string, string>>;

/** A request with a JSON body, ready to be sent. */
export function post(url: URL, body: unknown, headers: Headers = {}): Buffer {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    host: url.host,
    'user-agent': 'bench',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`POST ${url.pathname} HTTP/1.1\r\n${head}\r\n${text}`);
}

/** A request without a body, ready to be sent. */
export function get(url: URL, headers: Headers = {}): Buffer {
  const lines = Object.entries({ host: url.host, 'user-agent': 'bench', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`GET ${url.pathname} HTTP/1.1\r\n${head}\r\n`);
}

/** The JSON of an answer. @throws where the status is not 200 */
export function jsonOf({ status, body }: Reply): Loose {
  if (status !== 200) throw new Error(`answered ${status}: ${body.slice(0, 300)}`);
  return JSON.parse(body);
}

/** The cookies that an answer sets, as they are sent back. */
export function cookiesOf({ head }: Reply): string {
  return [...head.matchAll(/\r\nset-cookie: ([^;\r\n]+)/gi)]
    .flatMap(([, pair]) => (pair === undefined || pair.endsWith('=') ? [] : [pair]))
    .join('; ');
}

/** The data of a GraphQL answer. @throws where there is an error in it */
export function dataOf(reply: Reply): Loose {
  const { data, errors } = jsonOf(reply);
  if (errors !== undefined) throw new Error(`answered with errors: ${JSON.stringify(errors).slice(0, 300)}`);
  return data;
}

/** The payload of a mutation. @throws where it refused */
export function payloadOf(reply: Reply, mutation: string): Loose {
  const payload = dataOf(reply)[mutation];
  if (payload.userErrors.length > 0) throw new Error(`${mutation} was refused: ${JSON.stringify(payload.userErrors)}`);
  return payload;
}
