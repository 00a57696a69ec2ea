import { EventStoreError } from '../event-store.js';

/** What went wrong, as far as it matters here. */
export type FaultKind =
  /** The stream is at another version. */
  | 'WRONG_VERSION'
  /** The stream does not exist. */
  | 'NO_STREAM'
  /** The stream was tombstoned. */
  | 'DELETED'
  /** Another node leads; nothing was done. */
  | 'NOT_LEADER'
  /** More than the server takes; nothing was done. */
  | 'TOO_LARGE'
  /** The server does not know the user, or does not let him; nothing was done. */
  | 'DENIED'
  /** It was never sent. */
  | 'UNREACHABLE'
  /** It may have been done or not. */
  | 'UNSURE';

/** A call took longer than its own timer allows. */
export class OutOfPatienceError extends Error {
  readonly type = 'deadline-exceeded';

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
  }
}

/** The client's error classes have these as `type`; `ErrorType` itself would load the client. */
const KINDS: Readonly<Record<string, FaultKind>> = {
  'wrong-expected-version': 'WRONG_VERSION',
  'stream-not-found': 'NO_STREAM',
  'stream-deleted': 'DELETED',
  'not-leader': 'NOT_LEADER',
  'maximum-append-size-exceeded': 'TOO_LARGE',
  'access-denied': 'DENIED',
};

/** How grpc-js and the client's discovery say that they found nobody to send a call to. */
const NEVER_SENT = /No connection established|Name resolution failed|Failed to discover/;

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Sorts an error of the client; one that is not recognised leaves everything open. */
export function kindOf(error: unknown): FaultKind {
  const type = error instanceof Error && 'type' in error ? String(error.type) : '';
  const kind = KINDS[type];
  if (kind !== undefined) return kind;
  return NEVER_SENT.test(textOf(error)) ? 'UNREACHABLE' : 'UNSURE';
}

const WORDS: Readonly<Partial<Record<FaultKind, string>>> = {
  DENIED: 'it refuses the user: check EVENT_STORE_USERNAME and EVENT_STORE_PASSWORD',
  NOT_LEADER: 'the node that was asked does not lead the cluster',
  DELETED: 'a stream was deleted from outside this service',
};

/** Messages of the client may quote what was sent, so only the kind of an error is told, and what gRPC says of connections. */
function wordsFor(error: unknown): string {
  const kind = kindOf(error);
  const words = WORDS[kind];
  if (words !== undefined) return words;
  if (error instanceof OutOfPatienceError) return error.message;
  return kind === 'UNREACHABLE'
    ? 'it cannot be reached, or its certificate is not trusted'
    : 'the connection to it failed';
}

/** The error of a read, or of a write that is known to have done nothing. */
export function unavailable(error: unknown): EventStoreError {
  return new EventStoreError('UNAVAILABLE', `EventStoreDB is unavailable: ${wordsFor(error)}`, { cause: error });
}

/** The error of a write that may have been done. */
export function outcomeUnknown(error: unknown): EventStoreError {
  const message = `EventStoreDB did not say whether it has stored this: ${wordsFor(error)}`;
  return new EventStoreError('OUTCOME_UNKNOWN', message, { cause: error });
}
