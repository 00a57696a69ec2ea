import { createClient, type Client as Connection } from 'graphql-ws';
import WebSocket from 'ws';
import type { Client, Loose } from './client.js';

export interface ConnectOptions {
  /** Headers of the upgrade; the cookies of the client unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly connectionParams?: Readonly<Record<string, unknown>>;
}

function cookieHeader({ cookies }: Client): Record<string, string> {
  if (cookies.size === 0) return {};
  return { cookie: [...cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ') };
}

/** A connection for subscriptions, with whatever the client would send over HTTP; it is never tried again. */
export function connect(client: Client, { headers, connectionParams }: ConnectOptions = {}): Connection {
  const sent = { ...cookieHeader(client), ...headers };
  class Socket extends WebSocket {
    constructor(address: string, protocols?: string | string[]) {
      super(address, protocols, { headers: sent });
    }
  }
  const authorization = client.token === null ? {} : { authorization: `Bearer ${client.token}` };
  return createClient({
    url: client.url.replace(/^http/, 'ws'),
    webSocketImpl: Socket,
    retryAttempts: 0,
    connectionParams: connectionParams ?? authorization,
    onNonLazyError: () => undefined,
  });
}

/** What a subscription was answered with instead of an event. */
class FeedError extends Error {
  constructor(readonly errors: Loose) {
    super(JSON.stringify(errors));
  }
}

/** A subscription under way. */
export interface Feed {
  /** The next thing that comes. @throws what ended it */
  next(): Promise<Loose>;
  /** Gives it up and closes the connection. */
  close(): Promise<void>;
}

const EVENTS = `subscription ($filter: AuditEventFilter, $after: String) {
  auditEventRecorded(filter: $filter, after: $after) { id seq cursor type subject { id } } }`;

/** Follows an account's audit events. */
export function follow(client: Client, variables: Loose = {}, options: ConnectOptions = {}): Feed {
  return run(connect(client, options), EVENTS, variables);
}

/** Begins to follow over a connection, and takes no notice of what comes; answers how to complete it. */
export function open(connection: Connection): () => void {
  const ignore = (): void => undefined;
  return connection.subscribe({ query: EVENTS }, { next: ignore, error: ignore, complete: ignore });
}

/** What the first answer to a subscription is, refused or not. */
export async function answerOf(connection: Connection): Promise<Loose> {
  const { value } = await connection.iterate<Loose>({ query: EVENTS }).next();
  return value;
}

/** Runs an operation over a connection of its own. */
export function run(connection: Connection, query: string, variables: Loose = {}): Feed {
  const results = connection.iterate<Loose>({ query, variables });
  return {
    async next() {
      const { done, value } = await results.next();
      if (done) throw new Error('the subscription is complete');
      if (value.errors) throw new FeedError(value.errors);
      return value.data.auditEventRecorded;
    },
    close: async () => connection.dispose(),
  };
}

/** The code of what refused or ended a subscription: of an error, or of the connection's end. */
export function codeOf(reason: Loose): string | number {
  const errors = reason instanceof FeedError ? reason.errors : reason;
  return Array.isArray(errors) ? (errors[0].extensions?.code ?? errors[0].message) : (reason.code ?? String(reason));
}

/** How the next step of a subscription fails; null where it does not. */
export async function failureOf(feed: Feed): Promise<string | number | null> {
  return feed.next().then(() => null, codeOf);
}
