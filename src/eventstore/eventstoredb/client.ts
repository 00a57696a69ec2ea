import type { EventStoreDBClient } from '@eventstore/db-client';
import { placeOf, type Connection } from './connection-string.js';
import { within } from './patience.js';

/** What every call of the client is given. */
export interface CallOptions {
  /**
   * Given with every call: the client then appends by the protocol that has a deadline of its own, one call an append,
   * instead of by one shared stream on which an append may hang for ever. Not sent where there is no TLS.
   */
  readonly credentials: { readonly username: string; readonly password: string };
  /** A follower refuses, instead of answering what it has not been told yet. */
  readonly requiresLeader: true;
  /** Milliseconds; counts for single calls only. */
  readonly deadline: number;
}

/** How long one call may go without an answer: two of them fit into the time a command may take. */
export const PATIENCE = 2_000;
/** Own timers come first; this one frees what the client holds. */
const DEADLINE = PATIENCE + 500;
/** `dispose` may wait for a stream that never ends. */
const PATIENCE_WITH_DISPOSAL = 1_000;
/** Bounds a discovery that goes on while nobody waits for it any more. */
const DISCOVERY = { maxDiscoverAttempts: 3, discoveryInterval: 100, gossipTimeout: 2 };

const NOBODY = { username: 'nobody', password: 'nothing' };

/**
 * When a call fails, the client makes its connection anew, and tells nobody that this failed as well: while a cluster is away that
 * would end the process. The next call finds out by itself.
 */
function guarded(client: EventStoreDBClient): EventStoreDBClient {
  const reconnecting = client as unknown as { handleError: (...args: unknown[]) => Promise<void> };
  const { handleError } = reconnecting;
  reconnecting.handleError = (...args) => handleError(...args).catch(() => undefined);
  return client;
}

async function open(connection: Connection): Promise<EventStoreDBClient> {
  // Loading it takes as long as the rest of a start; who runs on SQLite need not wait for it.
  const { EventStoreDBClient: Client } = await import('@eventstore/db-client');
  const { endpoints, discover, tls, authority, credentials, keepAliveInterval, keepAliveTimeout } = connection;
  const settings = { connectionName: 'virtual-mfa', defaultDeadline: DEADLINE, keepAliveInterval, keepAliveTimeout };
  const channel = { insecure: !tls, ...(authority && { rootCertificate: authority }) };
  const user = credentials ?? undefined;
  const [endpoint] = endpoints;
  if (discover) return guarded(new Client({ ...settings, ...DISCOVERY, discover: endpoint }, channel, user));
  if (endpoints.length === 1) return guarded(new Client({ ...settings, endpoint }, channel, user));
  return guarded(new Client({ ...settings, ...DISCOVERY, endpoints: [...endpoints] }, channel, user));
}

/** The client of one EventStoreDB: loaded and connected with the first call, since it is never sure that there will be one. */
export class ClientHolder {
  readonly callOptions: CallOptions;
  readonly #connection: Connection;
  #client: Promise<EventStoreDBClient> | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.callOptions = { credentials: connection.credentials ?? NOBODY, requiresLeader: true, deadline: DEADLINE };
  }

  /** Where it leads, to be shown. */
  get place(): string {
    return placeOf(this.#connection);
  }

  client(): Promise<EventStoreDBClient> {
    this.#client ??= open(this.#connection).catch((error: unknown) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async close(): Promise<void> {
    const client = await this.#client?.catch(() => null);
    await within(PATIENCE_WITH_DISPOSAL, client?.dispose() ?? Promise.resolve()).catch(() => undefined);
  }
}
