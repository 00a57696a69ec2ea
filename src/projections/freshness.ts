import { after, type Instant } from '../domain/instant.js';
import type { LogStatus, LogWatch } from '../eventstore/log-watch.js';
import type { ProjectionRunner } from './runner.js';

/** What the read models have to say may be too old, or half of it. */
export class StaleReadModelsError extends Error {
  readonly code = 'STALE';
}

/** How up to date the read models are, and whether that will do. */
export interface Freshness {
  /** For so many milliseconds something may have happened that they do not know; null before they have caught up once. */
  staleFor(): number | null;
  /** As of when they are complete; null while that is so short a time ago that it matters to nobody. */
  staleSince(): Instant | null;
  /** Whether they may be asked: they have caught up once, and are not staler than is allowed. */
  isReadable(): boolean;
  /**
   * Waits, bounded, until they may be asked and know what lies up to a position.
   * @throws {StaleReadModelsError} where they may not be asked by then; what they do not know yet is no reason
   */
  readable(position: bigint): Promise<void>;
  /** How the log stands. */
  log(): LogStatus;
}

export interface FreshnessOptions {
  readonly runner: Pick<ProjectionRunner, 'reached' | 'status'>;
  readonly watch: Pick<LogWatch, 'completeAsOf' | 'status'>;
  /** How far the log was at the start; null before it has said so. */
  readonly start: () => bigint | null;
  /** Milliseconds that never go back, as the watch counts them. */
  readonly monotonic: () => number;
  readonly now: () => Instant;
  /** What is staler is not told any more. */
  readonly mostMilliseconds: number;
}

/** While all is well the log is asked every second; what is staler than this is marked. */
const MARKED_FROM = 3_000;
/** How long an answer waits for the read models. */
const LONGEST_WAIT = 2_000;

/** Tells how up to date read models are, from what a watch knows of the log and a runner of them. */
export function createFreshness(options: FreshnessOptions): Freshness {
  const { runner, watch, start, monotonic, now, mostMilliseconds } = options;

  function staleFor(): number | null {
    const complete = watch.completeAsOf(runner.status().position);
    return complete === null ? null : Math.max(0, monotonic() - complete);
  }

  function isReadable(): boolean {
    const stale = staleFor();
    return stale !== null && stale <= mostMilliseconds;
  }

  return {
    staleFor,
    isReadable,
    staleSince() {
      const stale = staleFor();
      return stale === null || stale <= MARKED_FROM ? null : after(now(), -Math.round(stale));
    },
    async readable(position) {
      const wanted = [position, isReadable() ? 0n : (start() ?? 0n)].reduce((a, b) => (a > b ? a : b));
      if (runner.status().position < wanted) await runner.reached(wanted, LONGEST_WAIT);
      if (!isReadable()) throw new StaleReadModelsError('the read models are not up to date');
    },
    log: () => watch.status(),
  };
}
