import { accept, reject, type Decision } from '../decider.js';
import { after, isReached, MINUTE, type Instant } from '../instant.js';
import { GRANT_LIFETIME } from '../operation/grant.js';
import type { VerificationMethod } from '../operation/method.js';
import type { Rejection } from '../rejection.js';
import { challengeNamed, type OperationChallenge } from './challenges.js';
import type { ChallengeOperation, UseVerification, VerifyOperation } from './commands.js';
import type { SessionEvent } from './events.js';
import type { OpenSession } from './state.js';

/** A challenge, and the verification that answers it, are void after so long. */
export const VERIFICATION_LIFETIME = 5 * MINUTE;
/** An open challenge is handed out again only while there is time to answer it. */
const TIME_TO_ANSWER = MINUTE;

/** The challenge for the same operation and arguments that can still be answered, if there is one. */
export function openChallenge(session: OpenSession, command: ChallengeOperation): OperationChallenge | undefined {
  return Object.values(session.challenges).find(
    (challenge) =>
      challenge.argumentsDigest === command.argumentsDigest &&
      challenge.verifiedBy === null &&
      challenge.methods.join() === command.methods.join() &&
      !command.exhausted.includes(challenge.challengeId) &&
      challenge.expiresAt > after(command.now, TIME_TO_ANSWER),
  );
}

/** Opens a challenge, or leaves it at an equal one that is open: asking again and again writes nothing. */
export function challengeOperation(command: ChallengeOperation, session: OpenSession): Decision<SessionEvent> {
  if (openChallenge(session, command) !== undefined) return accept();
  const { accountId, userId } = session;
  const { challengeId, operation, service: wanted, argumentsDigest, methods, now } = command;
  const expiresAt = after(now, VERIFICATION_LIFETIME);
  const data = { accountId, userId, challengeId, argumentsDigest, methods, expiresAt };
  if (wanted === null) return accept({ type: 'OperationChallenged', data: { ...data, operation }, personal: null });
  const { service, resource, argumentsDigest: requestDigest } = wanted;
  const personal = { operation: wanted.operation, resource, requestDigest };
  return accept({ type: 'ServiceOperationChallenged', data: { ...data, service }, personal });
}

/** An answer to the challenge of an id. */
interface Answer {
  readonly challengeId: string;
  readonly method: VerificationMethod;
  readonly now: Instant;
}

/** Whether a challenge of a session can be answered in a way; the refusal where it cannot. */
export function checkAnswerable(session: OpenSession, { challengeId, method, now }: Answer): Rejection | null {
  const challenge = challengeNamed(session, challengeId);
  if (challenge === undefined) {
    return { code: session.replaced.includes(challengeId) ? 'CHALLENGE_REPLACED' : 'NOT_FOUND' };
  }
  if (isReached(challenge.expiresAt, now)) return { code: 'CHALLENGE_EXPIRED' };
  if (challenge.grant !== null) return { code: 'GRANT_ALREADY_ISSUED' };
  if (challenge.verifiedBy !== null) return { code: 'CHALLENGE_ALREADY_VERIFIED' };
  return challenge.methods.includes(method) ? null : { code: 'METHOD_NOT_OFFERED' };
}

/** The grant that comes of a verification at once: nothing where the operation is one of this service itself. */
function grantOf(command: VerifyOperation, session: OpenSession, challenge: OperationChallenge): SessionEvent[] {
  const { service } = challenge;
  if (service === null) return [];
  const { accountId, userId } = session;
  const { challengeId, grantId, now } = command;
  const expiresAt = after(now, GRANT_LIFETIME);
  return [
    {
      type: 'VerificationGrantIssued',
      data: { accountId, userId, challengeId, grantId, service, expiresAt },
      personal: null,
    },
  ];
}

/** Records that a challenge was answered; where the operation is another service's, the verification is used up by its grant. */
export function verifyOperation(command: VerifyOperation, session: OpenSession): Decision<SessionEvent> {
  const { challengeId, method, hasDevice } = command;
  if (hasDevice && method === 'PASSWORD') return reject({ code: 'METHOD_NOT_OFFERED' });
  const challenge = challengeNamed(session, challengeId);
  const refusal = checkAnswerable(session, command);
  if (refusal !== null || challenge === undefined) return reject(refusal ?? { code: 'NOT_FOUND' });
  const { accountId, userId } = session;
  const { operation } = challenge;
  const verified: SessionEvent = {
    type: 'OperationVerified',
    data: { accountId, userId, challengeId, operation, method },
    personal: null,
  };
  return accept(verified, ...grantOf(command, session, challenge));
}

/** Uses a verification up: only for its operation and arguments, only once, only while it lives. */
export function useVerification(command: UseVerification, session: OpenSession): Decision<SessionEvent> {
  const { challengeId, operation, argumentsDigest, now } = command;
  const challenge = challengeNamed(session, challengeId);
  const serves =
    challenge?.argumentsDigest === argumentsDigest &&
    challenge.verifiedBy !== null &&
    !challenge.used &&
    !isReached(challenge.expiresAt, now);
  if (!serves) return reject({ code: 'VERIFICATION_REQUIRED' });
  const { accountId, userId } = session;
  return accept({
    type: 'OperationVerificationUsed',
    data: { accountId, userId, challengeId, operation },
    personal: null,
  });
}
