import type { SessionLimits } from '../account/policy.js';
import type { Instant } from '../instant.js';
import type { GuardedOperation } from '../operation/guarded-operations.js';
import type { SessionsEnded } from '../user/state.js';
import type { VerificationMethod } from '../operation/method.js';
import type { ServiceOperation } from '../operation/service-operation.js';
import type { Factor, Owed, SessionEnding, Transport } from './events.js';

/** What is done in a session that is not over. */
interface InSession {
  /** Of its account; what is over by them is refused. */
  readonly limits: SessionLimits;
  readonly now: Instant;
}

interface Basis {
  readonly factors: readonly Factor[];
  /** The versions of the streams that the decision rests on. */
  readonly userVersion: number;
  readonly mfaVersion: number;
  /** Of a secret that is fresh. */
  readonly secretDigest: string;
}

export interface StartSession extends Basis {
  readonly type: 'StartSession';
  readonly accountId: string;
  readonly userId: string;
  readonly transport: Transport;
  /** The user is still there, under the name that was given and with the password that was compared. */
  readonly isProven: boolean;
  /** What it still has to pass before it is full. */
  readonly owes: readonly Owed[];
}

/** A second factor was proven: the session rises and its secret changes. */
export interface RaiseSession extends Basis, InSession {
  readonly type: 'RaiseSession';
  readonly sessionId: string;
  /** What had ended sessions by the version that this was decided on: what is over does not rise. */
  readonly sessionsEnded: SessionsEnded | null;
}

export interface RefreshSession extends InSession {
  readonly type: 'RefreshSession';
}

export interface EndSession {
  readonly type: 'EndSession';
  readonly reason: SessionEnding;
}

/** A guarded operation was asked for without a verification. */
export interface ChallengeOperation extends InSession {
  readonly type: 'ChallengeOperation';
  /** Fresh; used unless an equal challenge is still open. */
  readonly challengeId: string;
  readonly operation: GuardedOperation;
  /** What it is for where the operation is another service's; else null. */
  readonly service: ServiceOperation | null;
  readonly argumentsDigest: string;
  readonly methods: readonly VerificationMethod[];
  /** Challenges that took all the codes they take. */
  readonly exhausted: readonly string[];
}

/** A challenge was answered rightly. */
export interface VerifyOperation extends InSession {
  readonly type: 'VerifyOperation';
  readonly challengeId: string;
  readonly method: VerificationMethod;
  /** Whether the user has a device by now: a password does not serve then. */
  readonly hasDevice: boolean;
  /** Fresh; used where the operation is another service's, and a grant comes of it. */
  readonly grantId: string;
}

/** The operation itself was sent with a verification, which is used up by it. */
export interface UseVerification extends InSession {
  readonly type: 'UseVerification';
  readonly challengeId: string;
  readonly operation: GuardedOperation;
  readonly argumentsDigest: string;
}

export type SessionCommand =
  StartSession | RaiseSession | RefreshSession | EndSession | ChallengeOperation | VerifyOperation | UseVerification;
