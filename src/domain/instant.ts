/** A moment in UTC, ISO 8601 with milliseconds (`2026-01-01T00:00:00.000Z`): the only form of time in events, so that moments compare as text. */
export type Instant = string;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The instant of a Unix time in milliseconds. */
export function instantOf(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString();
}

/** The Unix time, in milliseconds, of an instant. */
export function millisecondsOf(instant: Instant): number {
  return Date.parse(instant);
}

/** The instant that lies `milliseconds` after another; before it if negative. */
export function after(instant: Instant, milliseconds: number): Instant {
  return instantOf(millisecondsOf(instant) + milliseconds);
}

/** Whether so many milliseconds have gone by since a moment: true at the very end of them. */
export function hasElapsed(milliseconds: number, since: Instant, now: Instant): boolean {
  return millisecondsOf(now) - millisecondsOf(since) >= milliseconds;
}

/** Whether a moment has come: true at the moment itself. */
export function isReached(moment: Instant, now: Instant): boolean {
  return moment <= now;
}
