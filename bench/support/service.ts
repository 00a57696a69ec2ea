import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PRODUCTION } from '../../test/support/service.js';
import { UNLIMITED } from '../../test/support/unlimited.js';
import { BENCH, profilePath, ROOT } from './paths.js';
import { startServer, urlIn, type ServerProcess } from './server-process.js';

export interface ServiceOptions {
  readonly dataDir: string;
  /** Milliseconds by which its clock is off. */
  readonly clockOffset?: number;
  /** Leaves a CPU profile of what happens from SIGUSR2 on. */
  readonly profile?: boolean;
  /** The profile begins with the process. */
  readonly profileFromStart?: boolean;
  /** The budgets of requests are those of production; by default there are none. */
  readonly limited?: boolean;
}

/** The service, in a process of its own. */
export interface RunningService extends ServerProcess {
  readonly url: string;
  /** Where it logs; errors are looked for there. */
  readonly log: string;
  /** Stops it. @throws where it has logged an error */
  readonly stop: () => Promise<void>;
}

/** The program that users start, as package.json names it. */
function programOf(): string {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  return join(ROOT, bin['virtual-mfa'] ?? 'dist/main.js');
}

/** The least level of pino that is an error. */
const ERROR = 50;

function firstError(log: string): string | null {
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.find((line) => line.startsWith('{') && (JSON.parse(line) as { level: number }).level >= ERROR) ?? null;
}

function preload(name: string): readonly string[] {
  return ['--import', pathToFileURL(join(BENCH, `support/${name}.mjs`)).href];
}

function environmentOf(options: ServiceOptions): Readonly<Record<string, string>> {
  const { dataDir, clockOffset = 0, profile = false, profileFromStart = false, limited = false } = options;
  return {
    ...PRODUCTION,
    ...(!limited && UNLIMITED),
    ...{ PORT: '0', DATA_DIR: dataDir, BENCH_CLOCK_OFFSET: String(clockOffset) },
    ...(profile && { BENCH_PROFILE: profilePath('service') }),
    ...(profileFromStart && { BENCH_PROFILE_FROM: 'START' }),
  };
}

/** Starts the service as it is shipped: in production, on a key ring that is the same in every run, logging as by default. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { dataDir, clockOffset = 0, profile = false } = options;
  const log = join(dataDir, 'service.log');
  const server = await startServer({
    args: [
      ...(profile ? preload('profiler') : []),
      ...(clockOffset === 0 ? [] : preload('shifted-clock')),
      ...[programOf(), 'serve'],
    ],
    environment: environmentOf(options),
    log,
  });
  return {
    ...server,
    log,
    url: urlIn(server.announcement),
    async stop() {
      await server.stop();
      const error = firstError(log);
      if (error !== null) throw new Error(`the service logged an error: ${error}`);
    },
  };
}

/** Waits until the read models have come as far as the log. */
export async function readyService(service: RunningService): Promise<void> {
  const health = new URL('/health/ready', service.url);
  for (;;) {
    if ((await fetch(health)).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
