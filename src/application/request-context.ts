import type { AccountPolicy } from '../domain/account/policy.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { SessionStage } from '../domain/session/standing.js';
import type { OpenSession } from '../domain/session/state.js';
import type { RequestValues } from '../eventstore/event-codec.js';

/** A session as it stood when the request arrived, with what its stage was computed from. */
export interface CurrentSession {
  readonly sessionId: string;
  readonly stage: SessionStage;
  readonly session: OpenSession;
  readonly user: ActiveUser;
  readonly mfa: MfaState;
  /** Of the account. */
  readonly policy: AccountPolicy;
}

/** What every command handler is told about the request that it serves. */
export interface RequestContext {
  readonly requestId: string;
  /** The event that is reacted to; left out where a client asks. */
  readonly causationId?: string;
  readonly from: RequestValues;
  /** What the browser was given when somebody signed in with it; checked before it counts. */
  readonly knownBrowser: string | null;
  /** What the browser was given when users trusted it; checked before it counts. Left out where no client asks. */
  readonly trustedBrowser?: string | null;
  /** Null where nobody is signed in. */
  readonly current: CurrentSession | null;
  /** Takes note of how far this request has written, so that its answer can wait for the read models. */
  readonly wrote: (position: bigint) => void;
}
