/** A process that serves a folder until just before its n-th append, where it kills itself. Started by `kill-points.ts`. */
import { readConfig } from '../../src/config.js';
import type { Instant } from '../../src/domain/instant.js';
import { start } from '../../src/service.js';
import { countAppends, type Counted } from './counted-store.js';
import { UNLIMITED } from './unlimited.js';

/** What the process is told, once it has loaded everything. */
export interface KillOrder {
  readonly folder: string;
  readonly now: Instant;
  readonly counted: Counted;
  /** The append that does not come about any more, from 1. */
  readonly append: number;
  readonly environment: Readonly<Record<string, string>>;
}

async function serve({ folder, now, counted, append, environment }: KillOrder): Promise<void> {
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    ...UNLIMITED,
    ...environment,
  });
  const { url } = await start(config, {
    now: () => now,
    wrapStore: (store) =>
      countAppends(store, counted, (count) => {
        if (count !== append) return;
        process.kill(process.pid, 'SIGKILL');
        // The signal may take a moment; nothing is written any more.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }),
  });
  process.send?.(url);
}

process.once('message', (order) => void serve(order as KillOrder));
process.once('disconnect', () => process.exit());
