/** Whatever a GraphQL request answers: untyped JSON, read as the test expects it. */
export type Loose = ReturnType<typeof JSON.parse>;

/** One answer, as it came over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body; null where it is no JSON. */
  readonly body: Loose;
}

export interface ClientOptions {
  readonly userAgent?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A small GraphQL client, like a browser with its cookies or a script with its token. */
export interface Client {
  readonly url: string;
  /** What is sent as `Authorization: Bearer`; null: nothing. */
  token: string | null;
  readonly cookies: Map<string, string>;
  /** Asks GraphQL. */
  send(query: string, variables?: Loose, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Posts a body as it is. */
  post(body: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** The same client as it is now: what happens to one from here on does not happen to the other. */
  copy(): Client;
}

function parsed(text: string): Loose {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isOver(attributes: readonly string[]): boolean {
  return attributes.some((attribute) => {
    const [name = '', value = ''] = attribute.trim().split('=');
    if (name.toLowerCase() === 'max-age') return Number(value) <= 0;
    return name.toLowerCase() === 'expires' && Date.parse(value) <= Date.now();
  });
}

/** Keeps cookies as a browser would. */
function keep(cookies: Map<string, string>, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) {
    const [pair = '', ...attributes] = cookie.split(';');
    const name = pair.slice(0, pair.indexOf('='));
    const value = decodeURIComponent(pair.slice(pair.indexOf('=') + 1));
    if (isOver(attributes)) cookies.delete(name);
    else cookies.set(name, value);
  }
}

function cookieHeader(cookies: ReadonlyMap<string, string>): Record<string, string> {
  if (cookies.size === 0) return {};
  return { cookie: [...cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ') };
}

/** A client of a service. */
export function createClient(url: string, options: ClientOptions = {}, from?: Client): Client {
  const { userAgent = 'jest', headers: always = {} } = options;
  const cookies = new Map(from?.cookies);
  const client: Client = {
    url,
    cookies,
    token: from?.token ?? null,
    send: (query, variables = {}, headers = {}) => client.post(JSON.stringify({ query, variables }), headers),
    async post(body, headers = {}) {
      const authorization = client.token === null ? {} : { authorization: `Bearer ${client.token}` };
      const standard = { 'content-type': 'application/json', 'user-agent': userAgent, ...authorization };
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { ...standard, ...cookieHeader(cookies), ...always, ...headers },
      });
      keep(cookies, response.headers);
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parsed(text) };
    },
    copy: () => createClient(url, options, client),
  };
  return client;
}
