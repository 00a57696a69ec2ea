import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signingKeyText } from '../../src/audit/notes/keys.js';
import { readConfig } from '../../src/config.js';
import type { OpenNow } from '../../src/composition/http.js';
import { after, type Instant } from '../../src/domain/instant.js';
import { start, type Overrides, type Service } from '../../src/service.js';
import { disposeOfLogServer, logServerOf } from './log-server.js';
import { UNLIMITED } from './unlimited.js';
import { grantKeyLine } from './grant-keys.js';
import { createClient, type Client, type ClientOptions } from './client.js';

/** A clock that stands still until it is moved. */
export interface Clock {
  now(): Instant;
  advance(milliseconds: number): void;
}

/** A running service on a folder of its own. */
export interface TestService {
  readonly folder: string;
  /** Where its log is, if that is on a server; null where it is a file of the folder. */
  readonly eventStoreUrl: string | null;
  readonly clock: Clock;
  /** What it has logged, line by line. */
  readonly log: readonly string[];
  /** Where GraphQL is; it changes with a restart. */
  readonly url: string;
  client(options?: ClientOptions): Client;
  /** Stops the service; its folder stays. */
  stop(): Promise<void>;
  /** Stops it if it runs, and starts it on the same folder and clock. */
  restart(): Promise<void>;
  /** How much is open just now. */
  openNow(): OpenNow;
  /** Waits until the service says that its read models have caught up with the log as it was at the start. */
  ready(): Promise<void>;
  /** Stops it and removes the folder, and its log's server if it has one. */
  dispose(): Promise<void>;
}

/** When every test service begins. */
export const START: Instant = '2026-01-01T00:00:00.000Z';

/** A key, the same in every run. */
const KEY = Buffer.alloc(32, 7).toString('base64');

/** What a service needs to be told to run as in production. */
export const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://mfa.example.com',
  KEY_RING: JSON.stringify({ active: 'first', sealing: { first: KEY }, digest: KEY }),
  AUDIT_KEYS: signingKeyText('mfa.example/audit', Buffer.alloc(32, 1)),
  GRANT_KEYS: grantKeyLine(1),
};

/** A clock that can also be set back, to where a test begins anew. */
export function movableClock(): Clock & { set(to: Instant): void } {
  let now = START;
  return {
    now: () => now,
    advance(milliseconds) {
      now = after(now, milliseconds);
    },
    set(to) {
      now = to;
    },
  };
}

/** What a service is given that does not begin with nothing. */
export interface Given extends Pick<Overrides, 'wrapStore' | 'pacedBy'> {
  readonly folder?: string;
  readonly clock?: Clock;
}

/** Starts a service over HTTP on any free port; a folder that was served before goes on with the log that it had. */
export async function startService(
  environment: Readonly<Record<string, string>> = {},
  given: Given = {},
): Promise<TestService> {
  const { folder = mkdtempSync(join(tmpdir(), 'virtual-mfa-e2e-')), clock = movableClock(), ...more } = given;
  const log: string[] = [];
  const server = await logServerOf(folder);
  const config = readConfig({
    ...{ NODE_ENV: 'test', PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'debug', ...UNLIMITED },
    ...(server && { EVENT_STORE_URL: server.url }),
    ...environment,
  });
  const overrides = { ...more, now: () => clock.now(), logTo: { write: (line: string) => log.push(line) } };
  let running: Service | null = await start(config, overrides);
  let url = running.url;

  async function stop(): Promise<void> {
    await running?.stop();
    running = null;
  }

  return {
    folder,
    eventStoreUrl: server?.url ?? null,
    clock,
    log,
    get url() {
      return url;
    },
    client: (options) => createClient(url, options),
    stop,
    async restart() {
      await stop();
      running = await start(config, overrides);
      ({ url } = running);
    },
    openNow() {
      if (running === null) throw new Error('the service does not run');
      return running.openNow();
    },
    ready: async () => running?.ready(),
    async dispose() {
      await stop();
      await disposeOfLogServer(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
