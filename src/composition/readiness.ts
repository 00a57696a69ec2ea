import type { Config } from '../config.js';
import { after, type Instant } from '../domain/instant.js';
import type { Lag, Readiness } from '../http/health.js';
import type { Freshness } from '../projections/freshness.js';
import type { ProjectionRunner } from '../projections/runner.js';
import { monotonic } from './clock.js';
import type { StartUp } from './start-up.js';

export interface ReadinessOptions {
  readonly config: Config;
  readonly now: () => Instant;
  readonly startUp: StartUp;
  readonly runner: ProjectionRunner;
  readonly freshness: Freshness;
}

function lagOf({ now, freshness }: ReadinessOptions): Lag {
  const { away, head } = freshness.log();
  const stale = freshness.staleFor();
  return {
    log: away !== null ? 'AWAY' : head === null ? 'UNKNOWN' : 'ANSWERS',
    awaySince: away && after(now(), Math.round(away.since - monotonic())),
    staleForSeconds: stale === null ? null : Math.round(stale / 1_000),
  };
}

function stateOfReadModels({ config, startUp, runner, freshness }: ReadinessOptions): string | null {
  const stale = freshness.staleFor();
  const { position } = runner.status();
  if (stale === null || position < (startUp.head() ?? 0n)) return 'the read models are catching up with the log';
  if (freshness.isReadable()) return null;
  const { away } = freshness.log();
  const why = away === null ? 'they are behind the log' : `the log is away: ${away.reason}`;
  const { maxStalenessSeconds: most } = config;
  return `the read models are staler than ${most === 1 ? 'a second' : `${most} seconds`}: ${why}`;
}

/** Whether the service can take requests, and why not. */
export function readinessOf(options: ReadinessOptions): Readiness {
  const { halted, waitingFor } = options.runner.status();
  const reasons = halted.map(({ projection, reason }) => `the read model ${projection} has halted: ${reason}`);
  const log = options.startUp.waitingFor();
  if (log !== null) reasons.push(`the service waits for its event log: ${log}`);
  if (waitingFor !== null) reasons.push(`the read models wait: ${waitingFor}`);
  const behind = reasons.length === 0 ? stateOfReadModels(options) : null;
  if (behind !== null) reasons.push(behind);
  return { ready: reasons.length === 0, reasons, lag: lagOf(options) };
}
