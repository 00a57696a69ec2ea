import type { Recorded } from '../event.js';
import type { Instant } from '../instant.js';
import type { GuardedOperation } from '../operation/guarded-operations.js';
import type { VerificationMethod } from '../operation/method.js';
import type { SessionEvent } from './events.js';

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

/** The challenges of a session. Their number is bounded, so that folding a session costs the same for each event. */
export interface Challenges {
  readonly challenges: Readonly<Record<string, OperationChallenge>>;
  /** The ids of those that newer ones replaced last, the oldest first. */
  readonly replaced: readonly string[];
}

/** Challenges that a session keeps at the same time. */
export const MOST_CHALLENGES = 5;
/** Ids of replaced challenges that a session keeps, to tell a client what happened to its challenge. */
export const MOST_REPLACED = 5;

export const noChallenges: Challenges = { challenges: {}, replaced: [] };

type Challenged = Extract<SessionEvent, { type: 'OperationChallenged' | 'ServiceOperationChallenged' }>;

function challengeOf({ data, version }: Recorded<Challenged>): OperationChallenge {
  const { challengeId, argumentsDigest, methods, expiresAt } = data;
  return {
    ...{ challengeId, argumentsDigest, methods, expiresAt, version },
    operation: 'operation' in data ? data.operation : 'SERVICE_OPERATION',
    service: 'service' in data ? data.service : null,
    ...{ verifiedBy: null, used: false, grant: null },
  };
}

/** How much a client loses with a challenge: nothing where it was used, least where it only has to be opened again. */
function worthOf({ used, verifiedBy }: OperationChallenge): number {
  if (used) return 0;
  return verifiedBy === null ? 1 : 2;
}

/** Opens a challenge. The one that is worth least, the oldest of them, makes room for it. */
function open({ challenges, replaced }: Challenges, opened: OperationChallenge, at: Instant): Challenges {
  const { challengeId } = opened;
  const others = Object.values(challenges).filter((one) => one.expiresAt > at && one.challengeId !== challengeId);
  const inOrder = others.toSorted((one, other) => worthOf(one) - worthOf(other) || one.version - other.version);
  const dropped = inOrder.slice(0, Math.max(0, inOrder.length + 1 - MOST_CHALLENGES));
  const kept = [...others.filter((one) => !dropped.includes(one)), opened];
  const missed = dropped.filter(({ used }) => !used).map((one) => one.challengeId);
  return {
    challenges: Object.fromEntries(kept.map((one) => [one.challengeId, one])),
    replaced: [...replaced.filter((id) => id !== challengeId), ...missed].slice(-MOST_REPLACED),
  };
}

function change(before: Challenges, challengeId: string, changed: Partial<OperationChallenge>): Challenges {
  const challenge = challengeNamed(before, challengeId);
  if (challenge === undefined) return before;
  return { ...before, challenges: { ...before.challenges, [challengeId]: { ...challenge, ...changed } } };
}

/** The challenge with this id; an id is whatever a client sent. */
export function challengeNamed(
  { challenges }: Pick<Challenges, 'challenges'>,
  challengeId: string,
): OperationChallenge | undefined {
  return Object.hasOwn(challenges, challengeId) ? challenges[challengeId] : undefined;
}

/** Takes in what happened to the challenges of a session. */
export function evolveChallenges({ challenges, replaced }: Challenges, event: Recorded<SessionEvent>): Challenges {
  const before = { challenges, replaced };
  switch (event.type) {
    case 'OperationChallenged':
    case 'ServiceOperationChallenged':
      return open(before, challengeOf(event), event.metadata.occurredAt);
    case 'OperationVerified':
      return change(before, event.data.challengeId, { verifiedBy: event.data.method });
    case 'OperationVerificationUsed':
      return change(before, event.data.challengeId, { used: true });
    case 'VerificationGrantIssued': {
      const { challengeId, grantId, expiresAt } = event.data;
      const grant = { grantId, expiresAt, issuedAt: event.metadata.occurredAt };
      return change(before, challengeId, { used: true, grant });
    }
    default:
      return before;
  }
}
