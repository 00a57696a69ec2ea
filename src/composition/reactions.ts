import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { destroySecrets } from '../application/process-managers/destroy-secrets.js';
import { startProcessManager } from '../application/process-managers/process-manager.js';
import { sweepVault } from '../application/process-managers/sweep.js';
import type { Storage } from './storage.js';

const MINUTE = 60_000;
/** The first sweep is no part of starting: it reads streams of everybody who has a secret. */
const FIRST_SWEEP_AFTER = 5 * MINUTE;
const SWEEP_EVERY = 60 * MINUTE;
/** Up to so much later, each time anew: nodes that were started together do not all sweep at once. */
const SPREAD = 15 * MINUTE;

/** Sweeps again and again, one sweep at a time; what it returns ends that, and waits for a sweep that is under way. */
function startSweeping(sweep: (signal: AbortSignal) => Promise<void>): () => Promise<void> {
  const abort = new AbortController();
  const { signal } = abort;
  async function pause(milliseconds: number): Promise<void> {
    const spread = milliseconds + Math.random() * SPREAD;
    await sleep(spread, undefined, { signal, ref: false }).catch(() => undefined);
  }
  async function run(): Promise<void> {
    await pause(FIRST_SWEEP_AFTER);
    while (!signal.aborted) {
      await sweep(signal);
      await pause(SWEEP_EVERY);
    }
  }
  const running = run();
  return async () => {
    abort.abort();
    await running;
  };
}

/** Starts what the service does by itself; what it returns stops that. */
export function startReactions({ app, store }: Storage, logger: Logger): () => Promise<void> {
  const onFailure = (manager: string, error: unknown) => logger.error({ manager, err: error }, 'a reaction failed');
  const running = [destroySecrets].map((manager) => startProcessManager({ app, store, manager, onFailure }));
  const stopSweeping = startSweeping((signal) =>
    sweepVault(app, signal).then(
      (destroyed) => logger.info({ destroyed }, 'swept the vault'),
      (error: unknown) => onFailure('sweep', error),
    ),
  );
  return async () => {
    await Promise.all([stopSweeping(), ...running.map((manager) => manager.stop())]);
  };
}
