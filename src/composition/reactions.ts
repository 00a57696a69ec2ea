import type { Logger } from 'pino';
import { destroySecrets } from '../application/process-managers/destroy-secrets.js';
import { startProcessManager } from '../application/process-managers/process-manager.js';
import { sweepVault } from '../application/process-managers/sweep.js';
import type { Storage } from './storage.js';

/** The sweep runs this often; what it looks for is older than an hour. */
const SWEEP_EVERY = 3_600_000;

/** Starts what the service does by itself; what it returns stops that. */
export function startReactions({ app, store }: Storage, logger: Logger): () => Promise<void> {
  const onFailure = (manager: string, error: unknown) => logger.error({ manager, err: error }, 'a reaction failed');
  const running = [destroySecrets].map((manager) => startProcessManager({ app, store, manager, onFailure }));
  let sweeping = Promise.resolve();
  const sweep = () => {
    sweeping = sweepVault(app).then(
      (destroyed) => logger.info({ destroyed }, 'swept the vault'),
      (error: unknown) => onFailure('sweep', error),
    );
  };
  const timer = setInterval(sweep, SWEEP_EVERY).unref();
  sweep();
  return async () => {
    clearInterval(timer);
    await Promise.all([sweeping, ...running.map((manager) => manager.stop())]);
  };
}
