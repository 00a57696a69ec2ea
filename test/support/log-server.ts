import { startDouble } from './eventstoredb/double.js';

/** A server that keeps the log and the vault of the services of one folder. */
export interface LogServer {
  /** What a service is given as `EVENT_STORE_URL`. */
  readonly url: string;
  dispose(): Promise<void>;
}

/** What the services of this test run have their log on: `TEST_LOG`, SQLite files unless told otherwise. */
export const LOG_KIND = logKind(process.env.TEST_LOG ?? '');

const servers = new Map<string, Promise<LogServer>>();

function logKind(named: string): 'sqlite' | 'eventstoredb' {
  if (named === 'eventstoredb') return named;
  if (named === '' || named === 'sqlite') return 'sqlite';
  throw new Error(`TEST_LOG is ${named}; it may be sqlite or eventstoredb`);
}

async function startServer(): Promise<LogServer> {
  const { url, close } = await startDouble();
  return { url, dispose: close };
}

/** The server of a folder, the same each time until it is disposed of; null where logs are files of the folder. */
export async function logServerOf(folder: string): Promise<LogServer | null> {
  if (LOG_KIND === 'sqlite') return null;
  const server = servers.get(folder) ?? startServer();
  servers.set(folder, server);
  return server;
}

/** Ends the server of a folder, if it has one; what it kept is gone. */
export async function disposeOfLogServer(folder: string): Promise<void> {
  const server = servers.get(folder);
  servers.delete(folder);
  await (await server)?.dispose();
}
