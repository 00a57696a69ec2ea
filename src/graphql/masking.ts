import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { RateLimitedError, TooManyOpenError } from '../application/errors.js';

/** An error that is not the client's: told to the operator in full, with the request that it ended, to the client in one sentence. */
export type ReportError = (error: unknown, requestId: string) => void;

/** Codes of GraphQL errors that say by themselves what is wrong; everything else is masked. */
const PUBLIC_CODES = new Set([
  'UNAUTHENTICATED',
  'MFA_CHALLENGE_REQUIRED',
  'MFA_ENROLLMENT_REQUIRED',
  'PASSWORD_CHANGE_REQUIRED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_TOO_EXPENSIVE',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'MAX_RECURSIVE_SELECTIONS_EXCEEDED',
]);

/** What an operation that costs too much costs, and what one may cost. */
function costsIn({ extensions }: GraphQLFormattedError): Readonly<Record<string, number>> {
  const { cost, maximumCost } = extensions ?? {};
  return { ...(typeof cost === 'number' && { cost }), ...(typeof maximumCost === 'number' && { maximumCost }) };
}

/** What an exception is told as. */
interface Told {
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

const UNAVAILABLE = {
  code: 'UNAVAILABLE',
  message: 'The service cannot do this now; nothing was done. Try again later.',
};
const OUTCOME_UNKNOWN = {
  code: 'UNAVAILABLE',
  message: 'The service cannot tell whether this was done. Look before you try again.',
};
const STALE = {
  code: 'UNAVAILABLE',
  message: 'The service cannot tell what is current just now. Try again later.',
};
const CHECKPOINT_REFUSED = {
  code: 'UNAVAILABLE',
  message:
    'The trail is not what a checkpoint says that was signed before, so no other is signed. Compare it with those you kept.',
};
const INTERNAL = {
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong on our side. Tell us the request id.',
};

/** What exceptions become, by their code; one without a code here is a bug. */
const EXCEPTIONS: Readonly<Record<string, Told>> = {
  CONTENTION: UNAVAILABLE,
  UNAVAILABLE,
  CLOSED: UNAVAILABLE,
  SEALED: UNAVAILABLE,
  UNREADABLE_EVENT: UNAVAILABLE,
  LOG_AWAY: UNAVAILABLE,
  OUTCOME_UNKNOWN,
  STALE,
  CHECKPOINT_REFUSED,
};

/** What the operator is told otherwise, or need not know: not once for each request. */
const UNREPORTED = new Set<unknown>(['RATE_LIMITED', 'LOG_AWAY', 'STALE', 'CHECKPOINT_REFUSED']);

/** Whether the operator is told of an error each time. */
export function isReported(error: unknown): boolean {
  return !UNREPORTED.has(codeOf(error));
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

// graphql-js quotes what was sent, which may be a password or a code in the place of something else.
const QUOTED_VALUES: readonly (readonly [RegExp, string])[] = [
  [/got invalid value .*?( at "[^"]*")?; .*$/s, 'got an invalid value$1.'],
  [/^(.*? cannot represent) .*$/s, '$1 what was sent.'],
  [/^(Syntax Error: .*?(?:found|unexpected) (?:String|BlockString|Name|Int|Float)) .*$/is, '$1.'],
  [/^(Expected value of type [^,]*), found .*$/s, '$1.'],
  [/^(Value) ".*?"( does not exist in ".*?" enum).*$/s, '$1$2.'],
];

/** A message without the values that it quotes. */
export function withoutValues(message: string): string {
  return QUOTED_VALUES.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), message);
}

/** The code of an error that says by itself what is wrong, or null. */
function publicCodeOf(error: unknown, formatted: GraphQLFormattedError): string | null {
  const code = formatted.extensions?.code;
  return error instanceof GraphQLError && typeof code === 'string' && PUBLIC_CODES.has(code) ? code : null;
}

function busy(error: RateLimitedError): Told {
  const { retryAfterSeconds } = error;
  if (error instanceof TooManyOpenError) return { code: 'RATE_LIMITED', message: error.message, retryAfterSeconds };
  const when = retryAfterSeconds === 1 ? 'in a second' : `in ${retryAfterSeconds} seconds`;
  const message = `Too much of this is being asked; nothing was done. Try again ${when}.`;
  return { code: 'RATE_LIMITED', message, retryAfterSeconds };
}

/** What an exception is told as; undefined for a bug. */
function toldOf(error: unknown): Told | undefined {
  if (error instanceof RateLimitedError) return busy(error);
  return EXCEPTIONS[codeOf(error) ?? ''];
}

/** The error that was thrown, whatever it was wrapped in: what ends a subscription is wrapped by whoever sends it. */
function originOf(thrown: unknown): unknown {
  const error = unwrapResolverError(thrown);
  const origin = error instanceof GraphQLError ? error.originalError : undefined;
  return toldOf(origin) === undefined ? error : origin;
}

/** Turns an error into the form in which it leaves. */
export type ErrorMask = (formatted: GraphQLFormattedError, thrown: unknown) => GraphQLFormattedError;

/** Makes the form in which errors leave: known codes with their message, everything else masked; with the id of the request that an error ended. */
export function createErrorMask(requestIdOf: (thrown: unknown) => string, report: ReportError): ErrorMask {
  return (formatted, thrown) => {
    const requestId = requestIdOf(thrown);
    const { locations, path } = formatted;
    const place = { ...(locations && { locations }), ...(path && { path }) };
    const error = originOf(thrown);
    const publicCode = publicCodeOf(error, formatted);
    if (publicCode !== null) {
      const message = withoutValues(formatted.message);
      return { message, ...place, extensions: { code: publicCode, requestId, ...costsIn(formatted) } };
    }
    const { message, ...extensions } = toldOf(error) ?? INTERNAL;
    if (isReported(error)) report(error, requestId);
    return { message, ...place, extensions: { ...extensions, requestId } };
  };
}
