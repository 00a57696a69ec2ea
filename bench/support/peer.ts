import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../framework/row.js';
import { BENCH } from './paths.js';
import { startServer, urlIn, type ServerProcess } from './server-process.js';

const FOLDER = join(BENCH, 'peers');

/** The peer, in a process of its own. */
export interface Peer extends ServerProcess {
  readonly url: string;
}

/** Installs what the service is compared with, once: users of the service never have it. */
export function installPeers({ progress }: Pick<Settings, 'progress'>): void {
  if (existsSync(join(FOLDER, 'node_modules/better-auth'))) return;
  progress('installing what the service is compared with into bench/peers; only once');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: FOLDER, stdio: 'pipe' });
}

/** Starts the peer on a file. @throws unless it is as durable as the service: WAL, `synchronous=FULL` */
export async function startPeer(database: string, hash: 'argon2id' | 'trivial'): Promise<Peer> {
  const server = await startServer({
    args: [join(FOLDER, 'server.mjs')],
    environment: { DATABASE: database, HASH: hash },
  });
  if (!server.announcement.endsWith(' journal=wal synchronous=2')) {
    throw new Error(`the peer is not as durable as the service: ${server.announcement}`);
  }
  return { ...server, url: urlIn(server.announcement) };
}
