/** The service has more of this to do than it takes on; nothing was done. */
export class RateLimitedError extends Error {
  readonly code = 'RATE_LIMITED';

  constructor(
    message: string,
    /** When to try again. */
    readonly retryAfterSeconds = 1,
  ) {
    super(message);
  }
}

/** Too much of one kind is open at the same time. The message is for the client: it says what, and what to do. */
export class TooManyOpenError extends RateLimitedError {}

/** A command lost the race for its stream too often; nothing was done. */
export class ContentionError extends Error {
  readonly code = 'CONTENTION';
}
