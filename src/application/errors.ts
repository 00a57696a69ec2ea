/** The service has more of this to do than it takes on; nothing was done. */
export class RateLimitedError extends Error {
  readonly code = 'RATE_LIMITED';
}

/** A command lost the race for its stream too often; nothing was done. */
export class ContentionError extends Error {
  readonly code = 'CONTENTION';
}
