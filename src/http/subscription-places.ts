import type { TokenReader } from '../application/authenticate-audit-token.js';
import { TooManyOpenError } from '../application/errors.js';
import type { OpenLimit } from '../application/open-limits.js';
import type { CurrentSession } from '../application/request-context.js';
import { networkOf } from '../application/request-limits.js';
import type { Arrival } from './arrival.js';
import type { OpenPlaces, Place } from './open-places.js';

/** What a refusal says is full. */
const HOLDERS: Readonly<Partial<Record<OpenLimit, string>>> = {
  SUBSCRIPTIONS_OF_CONNECTION: 'This connection',
  SUBSCRIPTIONS_OF_SESSION: 'This session or token',
  SUBSCRIPTIONS_OF_ACCOUNT: 'This account',
  SUBSCRIPTIONS_OF_ADDRESS: 'This address',
};

/** Seconds after which it is worth trying again. */
const RETRY_AFTER = 10;

/** The account's limit has a reserve, which only its primary may use. */
function placesOfSession({ sessionId, user }: CurrentSession): readonly Place[] {
  const ofAccount: Place = { limit: 'SUBSCRIPTIONS_OF_ACCOUNT', key: user.accountId };
  return [
    { limit: 'SUBSCRIPTIONS_OF_SESSION', key: sessionId },
    user.kind === 'PRIMARY' ? ofAccount : { ...ofAccount, of: 'ALL_BUT_RESERVE' },
  ];
}

function placesOfToken({ tokenId, accountId }: TokenReader): readonly Place[] {
  return [
    { limit: 'SUBSCRIPTIONS_OF_SESSION', key: tokenId },
    { limit: 'SUBSCRIPTIONS_OF_ACCOUNT', key: accountId, of: 'ALL_BUT_RESERVE' },
  ];
}

/** The places that a subscription takes. */
function placesOf({ request, tokenReader }: Arrival, connectionId: string): readonly Place[] {
  const { current, from } = request;
  const always: readonly Place[] = [
    { limit: 'SUBSCRIPTIONS_OF_CONNECTION', key: connectionId },
    { limit: 'SUBSCRIPTIONS_OF_ADDRESS', key: networkOf(from.ip ?? null) },
  ];
  if (current !== null) return [...always, ...placesOfSession(current)];
  return tokenReader === null ? always : [...always, ...placesOfToken(tokenReader)];
}

function takeOrRefuse(places: OpenPlaces, wanted: readonly Place[]): () => void {
  const taken = places.take(wanted);
  if ('release' in taken) return taken.release;
  const holder = HOLDERS[taken.full] ?? 'This client';
  const message = `${holder} has reached its limit of ${taken.most} open subscriptions. Complete one, then try again.`;
  throw new TooManyOpenError(message, RETRY_AFTER);
}

/**
 * Takes the places of a subscription; answers how to give them back.
 * @throws {TooManyOpenError} where a limit is reached
 */
export function takeSubscriptionPlaces(places: OpenPlaces, arrival: Arrival): () => void {
  return takeOrRefuse(places, placesOf(arrival, arrival.request.requestId));
}

/**
 * Takes the place of an operation that has not begun yet. A connection may have as many of them as it may have open
 * subscriptions, whether its client has completed them or not. Answers how to give the place back.
 * @throws {TooManyOpenError} where the limit is reached
 */
export function takePlaceToBegin(places: OpenPlaces, { request }: Arrival): () => void {
  return takeOrRefuse(places, [{ limit: 'SUBSCRIPTIONS_OF_CONNECTION', key: `${request.requestId} to begin` }]);
}
