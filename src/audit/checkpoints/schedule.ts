import type { Instant } from '../../domain/instant.js';

/** At least one checkpoint for so many records. */
export const RECORDS_PER_CHECKPOINT = 100;

/** The last checkpoint of a trail. */
export interface LastCheckpoint {
  readonly size: number;
  /** When it was signed; null where that is not known. */
  readonly at: Instant | null;
}

/** The hour of a moment: `2026-01-01T00`. */
export function hourOf(moment: Instant): string {
  return moment.slice(0, 13);
}

/** Whether a trail of a size gets a checkpoint now: it has grown by a hundred records, or in another hour than that of the last one. */
export function isDue(size: number, last: LastCheckpoint | null, now: Instant): boolean {
  const grown = size - (last?.size ?? 0);
  if (grown <= 0) return false;
  const at = last?.at ?? null;
  return at === null || grown >= RECORDS_PER_CHECKPOINT || hourOf(now) !== hourOf(at);
}
