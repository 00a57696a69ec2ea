import { readFileSync } from 'node:fs';

/** A node of the cluster, or the name under which it is found. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** How an EventStoreDB is reached; nothing here is shown to anybody, see `placeOf`. */
export interface Connection {
  /** At least one. Several, or `discover`: the leader is found by gossip. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** Whether the one endpoint is a name for the cluster, which is asked who the leader is. */
  readonly discover: boolean;
  readonly tls: boolean;
  /** The certificate, PEM, of the authority that signed the nodes' certificates; null: the ones that Node.js knows. */
  readonly authority: Buffer | null;
  /** Null only without TLS, which would not carry them. */
  readonly credentials: Credentials | null;
  /** Milliseconds between two HTTP/2 pings on a connection in use. */
  readonly keepAliveInterval: number;
  /** Milliseconds after which an unanswered ping ends the connection. */
  readonly keepAliveTimeout: number;
}

/** What an operator says in the environment; the string may hold credentials itself. */
export interface ConnectionSettings {
  readonly url: string;
  readonly credentials: Credentials | null;
  /** A PEM file with the certificate of the nodes' authority. */
  readonly caFile: string | null;
}

/** A connection string that makes no sense. The message quotes nothing of it, since any part may be half a password. */
export class ConnectionStringError extends Error {
  readonly code = 'INVALID_CONFIG';

  constructor(fault: string) {
    super(`EVENT_STORE_URL ${fault}`);
  }
}

const SHAPE = /^esdb(?<discover>\+discover)?:\/\/(?:(?<user>[^/?#@]*)@)?(?<hosts>[^/?#@]+)\/?(?:\?(?<options>[^#]*))?$/;
const HOST = /^(?<address>[A-Za-z0-9._-]+)(?::(?<port>\d{1,5}))?$/;
const DEFAULT_PORT = 2113;

const EXAMPLE = 'such as esdb://node1.example.com:2113,node2.example.com:2113,node3.example.com:2113?tls=true';

/** The options of the string, by name without regard to case, `-` and `_`, as EventStoreDB's clients take them. */
const OPTIONS = ['tls', 'tlsCAFile', 'keepAliveInterval', 'keepAliveTimeout'] as const;
type Option = (typeof OPTIONS)[number];
type Options = Partial<Record<Option, string>>;

function flat(name: string): string {
  return name.toLowerCase().replace(/[_-]/g, '');
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConnectionStringError(`has a ${what} that is not percent-encoded. Encode it, "%" itself as "%25".`);
  }
}

function optionsOf(text: string | undefined): Options {
  const options: Options = {};
  for (const pair of (text ?? '').split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split('=', 2);
    const option = OPTIONS.find((known) => flat(known) === flat(name));
    if (option === undefined) {
      throw new ConnectionStringError(
        `has an option that this service does not take. It takes ${OPTIONS.join(', ')}; remove the others.`,
      );
    }
    options[option] = decoded(value, `value of ${option}`);
  }
  return options;
}

function endpointOf(host: string): Endpoint {
  const { address, port = DEFAULT_PORT } = HOST.exec(host)?.groups ?? {};
  if (address === undefined || Number(port) > 65_535 || Number(port) < 1) {
    throw new ConnectionStringError(
      'names a host that is neither a name nor an IPv4 address with an optional port. If the password has one of : @ / ? # in it, percent-encode them.',
    );
  }
  return { address, port: Number(port) };
}

function endpointsOf(hosts: string, discover: boolean): Connection['endpoints'] {
  const [first, ...others] = hosts.split(',').map(endpointOf);
  if (first === undefined) throw new ConnectionStringError(`names no host. Write one, ${EXAMPLE}.`);
  if (discover && others.length > 0) {
    throw new ConnectionStringError(
      'has several hosts after esdb+discover://, which takes one. Use esdb:// for a list of hosts.',
    );
  }
  return [first, ...others];
}

function credentialsOf(user: string | undefined): Credentials | null {
  if (user === undefined) return null;
  const [username, password, ...more] = user.split(':');
  if (username === undefined || password === undefined || username === '' || more.length > 0) {
    throw new ConnectionStringError(
      'has something before the "@" that is not user:password. Percent-encode ":" and "@" in them, or use EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD.',
    );
  }
  return { username: decoded(username, 'user name'), password: decoded(password, 'password') };
}

function tlsOf({ tls = 'true' }: Options): boolean {
  if (tls === 'true' || tls === 'false') return tls === 'true';
  throw new ConnectionStringError(
    'has an option tls that is neither true nor false. Correct it or leave it out: true.',
  );
}

function millisecondsOf(options: Options, option: 'keepAliveInterval' | 'keepAliveTimeout', byDefault: number): number {
  const value = options[option] ?? String(byDefault);
  if (/^\d{4,6}$/.test(value)) return Number(value);
  throw new ConnectionStringError(`has an option ${option} that is no number of milliseconds from 1000 to 999999.`);
}

function onlyOne<T>(inUrl: T | null, inVariable: T | null, what: string): T | null {
  if (inUrl === null || inVariable === null) return inUrl ?? inVariable;
  throw new ConnectionStringError(`says ${what}, and so does a variable of its own. Say it once.`);
}

function authorityIn(path: string | null): Buffer | null {
  if (path === null) return null;
  try {
    return readFileSync(path);
  } catch {
    throw new ConnectionStringError(
      'comes with an authority file (EVENT_STORE_CA_FILE, tlsCAFile) that cannot be read. Correct its path, or let this user read it.',
    );
  }
}

/**
 * Reads a connection string, `esdb://host[:port][,host…][?options]` or `esdb+discover://name[:port]`.
 * @throws {ConnectionStringError} for the first thing that makes no sense
 */
export function parseConnection(settings: ConnectionSettings): Connection {
  const groups = SHAPE.exec(settings.url.trim())?.groups;
  if (groups?.hosts === undefined) {
    throw new ConnectionStringError(
      `is no connection string of EventStoreDB. Write one, ${EXAMPLE}, with user and password percent-encoded or in EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD.`,
    );
  }
  const discover = groups.discover !== undefined;
  const options = optionsOf(groups.options);
  const tls = tlsOf(options);
  const credentials = onlyOne(credentialsOf(groups.user), settings.credentials, 'who the user is');
  if (tls && credentials === null) {
    throw new ConnectionStringError(
      'leads to an EventStoreDB with TLS, which asks for a user. Set EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD, or add tls=false for one without TLS.',
    );
  }
  return {
    endpoints: endpointsOf(groups.hosts, discover),
    ...{ discover, tls, credentials },
    authority: authorityIn(onlyOne(options.tlsCAFile ?? null, settings.caFile, 'where the authority file is')),
    keepAliveInterval: millisecondsOf(options, 'keepAliveInterval', 10_000),
    keepAliveTimeout: millisecondsOf(options, 'keepAliveTimeout', 5_000),
  };
}

/** Where a connection leads, to be shown: hosts alone, no user, no password, no file. */
export function placeOf({ endpoints, discover }: Connection): string {
  const hosts = endpoints.map(({ address, port }) => `${address}:${port}`).join(',');
  return `esdb${discover ? '+discover' : ''}://${hosts}`;
}
