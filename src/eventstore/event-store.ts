import type { EventMetadata } from '../domain/event.js';

/** A JSON object as it is stored: no dates, no bigints, nothing undefined. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** One person's values, sealed under that person's key; `commitment` stays when the key is gone. */
export interface SealedValues {
  readonly personId: string;
  /** base64url of nonce ‖ ciphertext ‖ tag (AES-256-GCM). */
  readonly sealed: string;
  /** base64url of SHA-256(salt ‖ JCS(values)). */
  readonly commitment: string;
}

/** The personal values of an event: its subject's, and those of the request that caused it. */
export interface SealedPersonal {
  readonly subject?: SealedValues;
  readonly request?: SealedValues;
}

/** An event as it is handed to the store. */
export interface EventToAppend {
  /** Chosen by the caller: the same id again, at the same expected version, writes nothing. */
  readonly id: string;
  readonly type: string;
  readonly revision: number;
  readonly data: JsonObject;
  readonly metadata: EventMetadata;
  readonly personal?: SealedPersonal;
}

/** An event as the store gives it back; the system's fields stand beside the caller's, which cannot overwrite them. */
export interface StoredEvent extends EventToAppend {
  readonly stream: string;
  /** Place in the stream, from 1; the stream's version after this event. */
  readonly version: number;
  /** Place in the log. */
  readonly position: bigint;
  /** The store's own time of writing, ISO 8601; of no meaning to the domain. */
  readonly recordedAt: string;
}

export interface Appended {
  /** The stream's version after the append: the count of its events. */
  readonly version: number;
  /** The position of the last event appended. */
  readonly position: bigint;
}

export interface ReadStreamOptions {
  /** Only events on the far side of this version, in reading direction; excluded itself. */
  readonly after?: number;
  /** At most this many events, at least 1; all by default. */
  readonly limit?: number;
  /** `forwards`, oldest first, by default. */
  readonly direction?: 'forwards' | 'backwards';
}

export interface ReadAllOptions {
  /** Exclusive; 0n is the beginning. */
  readonly after: bigint;
  /** At most this many events, at least 1. */
  readonly limit: number;
}

/** A stretch of the log, in global order. */
export interface Batch {
  readonly events: readonly StoredEvent[];
  /** How far the log has been read: at least the last event's position, further where system or vault events were passed over; `after` where there was nothing. */
  readonly position: bigint;
}

export interface SubscribeOptions {
  /** Exclusive; 0n is the beginning. */
  readonly after: bigint;
  /** Ends the subscription; nothing else does but `close()`. */
  readonly signal: AbortSignal;
}

/**
 * The log: an append-only store of streams with one global order. The contract is
 * `test/conformance/event-store.contract.ts`, a list of sentences that every adapter keeps.
 */
export interface EventStore {
  /**
   * Appends events to one stream, all or nothing, durably before it answers.
   * `expected` is the version that the caller read: 0 for a stream that does not exist.
   * The same event ids at the same `expected` again give the first answer and write nothing.
   * @throws {ConcurrencyError} where the stream is at another version
   * @throws {EventStoreError} `UNAVAILABLE` where nothing was written, `OUTCOME_UNKNOWN` where that cannot be told, `INVALID`
   * for arguments that no store could take
   */
  append(stream: string, expected: number, events: readonly EventToAppend[]): Promise<Appended>;
  /** The events of one stream; none where it does not exist. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly StoredEvent[]>;
  /** The next events in global order. */
  readAll(options: ReadAllOptions): Promise<Batch>;
  /** Catches up, then goes on live; never ends but by `signal` or `close()`; each event once and in order. */
  subscribe(options: SubscribeOptions): AsyncIterable<Batch>;
  /** The position of the last event, 0n for an empty log. */
  head(): Promise<bigint>;
  /** Ends subscriptions and lets the store go; calls after it are refused with `EventStoreError` `CLOSED`. */
  close(): Promise<void>;
}

/** Another command was faster: the stream is not at the version that was read. */
export class ConcurrencyError extends Error {
  readonly code = 'CONCURRENCY';

  constructor(
    readonly stream: string,
    readonly expected: number,
    readonly actual: number,
  ) {
    super(`stream ${stream} is at version ${String(actual)}, not at ${String(expected)}`);
  }
}

export type EventStoreErrorCode = 'UNAVAILABLE' | 'OUTCOME_UNKNOWN' | 'INVALID' | 'CLOSED' | 'UNREADABLE_FILE';

/** The store could not do what it was asked; nothing was written, unless the code is `OUTCOME_UNKNOWN`. */
export class EventStoreError extends Error {
  constructor(
    readonly code: EventStoreErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
