import type { Application } from '../application/application.js';
import type { TokenReader } from '../application/authenticate-audit-token.js';
import type { ServiceCaller } from '../application/authenticate-service-credential.js';
import type { CurrentSession, RequestContext } from '../application/request-context.js';
import type { IssuedSession } from '../application/sign-in.js';
import type { Checkpoints } from '../audit/checkpoints/checkpoints.js';
import type { LiveTrails } from '../projections/audit/live-trails.js';
import type { TrailReader } from '../projections/audit-tree/trail-reader.js';
import type { ReadModels } from '../projections/read-models.js';
import type { StandingWatch } from './standing-watch.js';

/** How a session reaches its client, and leaves it: cookies, whose names and flags HTTP knows. */
export interface SessionCarrier {
  /** Hands over a new token; what the browser is to be known by goes with it once the session is full. */
  hand(issued: IssuedSession): void;
  /** Takes the token back. */
  drop(): void;
}

/** Where the session of a request was found: in its streams or, while the log is away, in the read models. */
export type SessionSource = 'LOG' | 'READ_MODELS';

/** What an answer says of itself. */
export interface AnswerExtensions {
  /** How far the log is that this answer follows from, to be sent with the next request; not over WebSocket. */
  readonly logPosition?: string;
  /** What was read may be out of date: it is complete as of then. */
  readonly stale?: { readonly since: string };
}

/** Who asks: a session, a program with an audit token, another service with its credential, or nobody. */
export interface Asker {
  /** The session as this request has left it: signing in, rising and signing out change it. */
  session: CurrentSession | null;
  /** Nothing is changed by a session that was found in the read models. */
  readonly sessionSource: SessionSource;
  /** Who reads by an audit token; never together with a session. */
  tokenReader: TokenReader | null;
  /** Which service comes with its credential; never together with a session or an audit token. */
  readonly serviceCaller: ServiceCaller | null;
  /** A session as it stands now; null where it is over. */
  readonly sessionNow: (sessionId: string) => Promise<CurrentSession | null>;
  /** The reader of an audit token as it stands now; null where that is void. */
  readonly tokenReaderNow: (tokenId: string) => Promise<TokenReader | null>;
}

/** What subscriptions work with. */
export interface Live {
  readonly trails: LiveTrails;
  readonly standing: StandingWatch;
  /**
   * Takes a place for one subscription of the caller; answers how to give it back.
   * @throws {TooManyOpenError}
   */
  readonly takePlace: () => () => void;
}

/** What resolvers work with: one for each request. */
export interface GraphqlContext extends Asker {
  readonly app: Application;
  readonly readModels: ReadModels;
  /** Reads records of trails from the log. */
  readonly records: TrailReader;
  readonly checkpoints: Pick<Checkpoints, 'sign' | 'verifierKeys'>;
  /** The request as it arrived, session included. */
  readonly request: RequestContext;
  readonly carrier: SessionCarrier;
  /** Null over HTTP, where nobody subscribes. */
  readonly live: Live | null;
  /** Waits, bounded, until the read models may be asked and know what this request follows from. @throws where they may not be asked */
  readonly readable: () => Promise<void>;
  /** Waits, bounded, until the read models know what this request has written. */
  readonly caughtUp: () => Promise<void>;
  readonly extensions: () => AnswerExtensions;
}

/** Makes a session that has just begun or risen the one of this request; answers the token where it travels in the answer. */
export function adopt(context: GraphqlContext, issued: IssuedSession): string | null {
  context.session = issued.current;
  if (issued.current.session.transport === 'BEARER') return issued.token;
  context.carrier.hand(issued);
  return null;
}
