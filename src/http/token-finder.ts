import type { Application } from '../application/application.js';
import {
  authenticateAuditToken,
  findTokenReader,
  type FoundTokenReader,
} from '../application/authenticate-audit-token.js';
import type { RequestContext } from '../application/request-context.js';
import { within } from '../eventstore/deadline.js';
import { EventStoreError } from '../eventstore/event-store.js';
import type { Freshness } from '../projections/freshness.js';

/**
 * Finds who reads by an audit token, in the account's stream and nowhere else: while the log is away nobody does, since a
 * revocation may be among what is not known.
 */
export interface TokenFinder {
  byToken(request: RequestContext, token: string): Promise<FoundTokenReader>;
  /** One that was proven before, as it stands now. */
  byId(request: RequestContext, tokenId: string): Promise<FoundTokenReader>;
}

export interface TokenFinderOptions {
  readonly app: Application;
  readonly freshness: Freshness;
}

/** As long as sessions are looked for, though this reads one stream. */
const LONGEST_LOOK = 2_500;

/** Looks for somebody in the log alone, bounded. @throws {EventStoreError} while it is away */
export async function lookInLog<T>(freshness: Freshness, inLog: (goesOn: () => void) => Promise<T>): Promise<T> {
  const { away } = freshness.log();
  if (away !== null) throw new EventStoreError('UNAVAILABLE', `the event log is away: ${away.reason}`);
  return within(LONGEST_LOOK, inLog);
}

/** Sets up the finding of audit tokens. */
export function createTokenFinder({ app, freshness }: TokenFinderOptions): TokenFinder {
  const look = (inLog: (goesOn: () => void) => Promise<FoundTokenReader>) => lookInLog(freshness, inLog);
  return {
    byToken: (request, token) => look((goesOn) => authenticateAuditToken(app, request, token, goesOn)),
    byId: (request, tokenId) => look((goesOn) => findTokenReader(app, request, tokenId, goesOn)),
  };
}
