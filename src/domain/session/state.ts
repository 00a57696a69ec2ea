import type { Recorded } from '../event.js';
import type { Instant } from '../instant.js';
import { evolveChallenges, noChallenges, type Challenges } from './challenges.js';
import type { Factor, SessionEvent, Transport } from './events.js';

export interface OpenSession extends Challenges {
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
}

/** A session that was ended; whose it was, and by which secret its owner is told so. */
export interface EndedSession extends Pick<OpenSession, 'accountId' | 'userId' | 'secretDigest'> {
  readonly status: 'ENDED';
}

export type SessionState = { readonly status: 'NONE' } | EndedSession | OpenSession;

type Started = Extract<SessionEvent, { type: 'SessionStarted' }>;

function start(event: Recorded<Started>): OpenSession {
  const at = event.metadata.occurredAt;
  const { accountId, userId, factors, userVersion, mfaVersion, secretDigest, transport } = event.data;
  return {
    status: 'OPEN',
    ...{ accountId, userId, factors, userVersion, mfaVersion, secretDigest, transport },
    startedAt: at,
    raisedAt: null,
    lastSeenAt: at,
    ...noChallenges,
  };
}

function endOf({ accountId, userId, secretDigest }: OpenSession): EndedSession {
  return { status: 'ENDED', accountId, userId, secretDigest };
}

function evolveOpen(session: OpenSession, event: Recorded<SessionEvent>): SessionState {
  switch (event.type) {
    case 'SessionRaised': {
      const { factors, userVersion, mfaVersion } = event.data;
      return { ...session, factors, userVersion, mfaVersion, raisedAt: event.metadata.occurredAt };
    }
    case 'SessionRotated':
      return { ...session, secretDigest: event.data.secretDigest };
    case 'SessionEnded':
      return endOf(session);
    default:
      return { ...session, ...evolveChallenges(session, event) };
  }
}

/** Takes in what happened in a session; whatever happens in it shows that it is in use. */
export function evolveSession(state: SessionState, event: Recorded<SessionEvent>): SessionState {
  if (event.type === 'SessionStarted') return start(event);
  if (state.status !== 'OPEN') return state;
  return evolveOpen({ ...state, lastSeenAt: event.metadata.occurredAt }, event);
}
