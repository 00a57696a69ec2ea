import type { Application } from '../application/application.js';
import { authenticate, authenticateBy, findSession } from '../application/authenticate.js';
import { sessionOf } from '../application/execute-as.js';
import type { CurrentSession, RequestContext } from '../application/request-context.js';
import { within } from '../eventstore/deadline.js';
import { EventStoreError } from '../eventstore/event-store.js';
import type { SessionSource } from '../graphql/context.js';
import type { Freshness } from '../projections/freshness.js';
import type { ReadModels } from '../projections/read-models.js';

/** A session, where it was found. */
export interface SessionFound {
  /** Null where it is over, or never was. */
  readonly current: CurrentSession | null;
  readonly source: SessionSource;
  /** The place in the log of the last event that this follows from; 0 where it was not read. */
  readonly position: bigint;
}

/** Finds sessions in their streams; where the log does not answer, in the read models, as long as those may be asked. */
export interface SessionFinder {
  byToken(request: RequestContext, token: string): Promise<SessionFound>;
  byId(sessionId: string): Promise<SessionFound>;
}

export interface SessionFinderOptions {
  readonly app: Application;
  readonly readModels: ReadModels;
  readonly freshness: Freshness;
}

/** A session is read from three streams; a log that is slow with each must not keep a command for longer than 5 seconds. */
const LONGEST_LOOK = 2_500;

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE';
}

/** Sets up the finding of sessions. */
export function createSessionFinder({ app, readModels, freshness }: SessionFinderOptions): SessionFinder {
  const factsOf = (sessionId: string) => readModels.sessions.factsOf(sessionId);

  async function find(
    inLog: (goesOn: () => void) => Promise<Omit<SessionFound, 'source'>>,
    inReadModels: () => CurrentSession | null,
  ): Promise<SessionFound> {
    const { away } = freshness.log();
    let fault: unknown;
    try {
      if (away === null) return { ...(await within(LONGEST_LOOK, inLog)), source: 'LOG' };
      fault = new EventStoreError('UNAVAILABLE', `the event log is away: ${away.reason}`);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      fault = error;
    }
    const current = freshness.isReadable() ? inReadModels() : null;
    // Read models do not know what came last: whom they do not know may be signed in all the same.
    if (current === null) throw fault;
    return { current, source: 'READ_MODELS', position: 0n };
  }

  return {
    byToken: (request, token) =>
      find(
        (goesOn) => authenticate(app, request, token, goesOn),
        () => authenticateBy(factsOf, token, app.now()),
      ),
    byId: (sessionId) =>
      find(
        (goesOn) => findSession(app, sessionId, goesOn),
        () => {
          const facts = factsOf(sessionId);
          return facts && sessionOf(facts, app.now());
        },
      ),
  };
}
