import type { Recorded } from '../event.js';
import type { Instant } from '../instant.js';
import type { GuardedOperation } from '../operation/guarded-operations.js';
import type { VerificationMethod } from '../operation/method.js';
import type { Factor, SessionEvent, Transport } from './events.js';

/** A grant that came of a verification. */
export interface IssuedGrant {
  readonly grantId: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** A challenge for one operation with its arguments. */
export interface OperationChallenge {
  readonly challengeId: string;
  readonly operation: GuardedOperation;
  /** The service whose operation it is; null where it is one of this service itself. */
  readonly service: string | null;
  /** The version of the event that opened it: of another service's operation, that alone knows what it is. */
  readonly version: number;
  /** Covers session, operation and arguments: an equal digest is the same call. */
  readonly argumentsDigest: string;
  readonly methods: readonly VerificationMethod[];
  readonly expiresAt: Instant;
  readonly verifiedBy: VerificationMethod | null;
  readonly used: boolean;
  /** What the verification was used for where the operation is another service's. */
  readonly grant: IssuedGrant | null;
}

export interface OpenSession {
  readonly status: 'OPEN';
  readonly accountId: string;
  readonly userId: string;
  readonly secretDigest: string;
  readonly transport: Transport;
  readonly factors: readonly Factor[];
  readonly startedAt: Instant;
  /** When a second factor was proven in it last; null where none was. */
  readonly raisedAt: Instant | null;
  readonly lastSeenAt: Instant;
  readonly userVersion: number;
  readonly mfaVersion: number;
  readonly challenges: Readonly<Record<string, OperationChallenge>>;
}

/** A session that was ended; whose it was. */
export interface EndedSession {
  readonly status: 'ENDED';
  readonly accountId: string;
  readonly userId: string;
}

export type SessionState = { readonly status: 'NONE' } | EndedSession | OpenSession;

type Started = Extract<SessionEvent, { type: 'SessionStarted' }>;
type Challenged = Extract<SessionEvent, { type: 'OperationChallenged' | 'ServiceOperationChallenged' }>;

function start(event: Recorded<Started>): OpenSession {
  const at = event.metadata.occurredAt;
  const { accountId, userId, factors, userVersion, mfaVersion, secretDigest, transport } = event.data;
  return {
    status: 'OPEN',
    ...{ accountId, userId, factors, userVersion, mfaVersion, secretDigest, transport },
    startedAt: at,
    raisedAt: null,
    lastSeenAt: at,
    challenges: {},
  };
}

function challengeOf({ data, version }: Recorded<Challenged>): OperationChallenge {
  const { challengeId, argumentsDigest, methods, expiresAt } = data;
  return {
    ...{ challengeId, argumentsDigest, methods, expiresAt, version },
    operation: 'operation' in data ? data.operation : 'SERVICE_OPERATION',
    service: 'service' in data ? data.service : null,
    ...{ verifiedBy: null, used: false, grant: null },
  };
}

function withChallenge(session: OpenSession, challengeId: string, change: Partial<OperationChallenge>): OpenSession {
  const challenge = session.challenges[challengeId];
  if (challenge === undefined) return session;
  return { ...session, challenges: { ...session.challenges, [challengeId]: { ...challenge, ...change } } };
}

function addChallenge(session: OpenSession, challenge: OperationChallenge, at: Instant): OpenSession {
  const alive = Object.entries(session.challenges).filter(([, other]) => other.expiresAt > at);
  return { ...session, challenges: { ...Object.fromEntries(alive), [challenge.challengeId]: challenge } };
}

function evolveOpen(session: OpenSession, event: Recorded<SessionEvent>): SessionState {
  switch (event.type) {
    case 'SessionRaised': {
      const { factors, userVersion, mfaVersion } = event.data;
      return { ...session, factors, userVersion, mfaVersion, raisedAt: event.metadata.occurredAt };
    }
    case 'SessionRotated':
      return { ...session, secretDigest: event.data.secretDigest };
    case 'OperationChallenged':
    case 'ServiceOperationChallenged':
      return addChallenge(session, challengeOf(event), event.metadata.occurredAt);
    case 'OperationVerified':
      return withChallenge(session, event.data.challengeId, { verifiedBy: event.data.method });
    case 'OperationVerificationUsed':
      return withChallenge(session, event.data.challengeId, { used: true });
    case 'VerificationGrantIssued': {
      const { challengeId, grantId, expiresAt } = event.data;
      const grant = { grantId, expiresAt, issuedAt: event.metadata.occurredAt };
      return withChallenge(session, challengeId, { used: true, grant });
    }
    case 'SessionEnded':
      return { status: 'ENDED', accountId: session.accountId, userId: session.userId };
    default:
      return session;
  }
}

/** Takes in what happened in a session; whatever happens in it shows that it is in use. */
export function evolveSession(state: SessionState, event: Recorded<SessionEvent>): SessionState {
  if (event.type === 'SessionStarted') return start(event);
  if (state.status !== 'OPEN') return state;
  return evolveOpen({ ...state, lastSeenAt: event.metadata.occurredAt }, event);
}
