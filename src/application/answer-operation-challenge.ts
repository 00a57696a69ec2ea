import type { ServiceOperation } from '../domain/operation/service-operation.js';
import { streamName } from '../domain/stream.js';
import { challengeNamed, type OperationChallenge } from '../domain/session/challenges.js';
import type { Application } from './application.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { verifyOperation, type VerifyOperationInput } from './verify-operation.js';

/** A challenge that was answered. */
export interface AnsweredChallenge {
  readonly challenge: OperationChallenge;
  /** What was verified where the operation is another service's; else null. */
  readonly serviceOperation: ServiceOperation | null;
  /** The grant for that service, signed; null where the operation is one of this service itself. */
  readonly grant: string | null;
}

/** What is to be verified, as the event has it that opened the challenge; null where that was erased. */
async function serviceOperationOf(
  app: Application,
  sessionId: string,
  { challengeId, version }: OperationChallenge,
): Promise<ServiceOperation | null> {
  const found = await app.log.readStream(streamName('session', sessionId), { after: version - 1, limit: 1 });
  const [event] = found;
  if (event?.type !== 'ServiceOperationChallenged' || event.data.challengeId !== challengeId) return null;
  const { operation, resource, requestDigest } = event.personal ?? {};
  if (!operation || !resource || !requestDigest) return null;
  return { service: event.data.service, operation, resource, argumentsDigest: requestDigest };
}

async function answerForService(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { challenge, ...input }: VerifyOperationInput & { readonly challenge: OperationChallenge },
): Promise<Result<AnsweredChallenge>> {
  // A password is no proof for another service once there is a device to ask for, as it is none here.
  if (input.password !== null && current.mfa.device !== null) return refused({ code: 'METHOD_NOT_OFFERED' });
  const serviceOperation = await serviceOperationOf(app, current.sessionId, challenge);
  if (serviceOperation === null) return refused({ code: 'NOT_FOUND' });
  const verified = await verifyOperation(app, request, current, input);
  if (!verified.ok) return verified;
  const { grant: issued, verifiedBy: method } = verified.value;
  if (issued === null || method === null) return refused({ code: 'NOT_FOUND' });
  const { accountId, userId } = current.user;
  const grant = await app.grants.sign({ ...serviceOperation, ...issued, accountId, userId, method });
  return done({ challenge: verified.value, serviceOperation, grant });
}

/**
 * Answers the challenge of an operation. Where the operation is another service's, the verification is used up by a grant, which
 * is signed once that is stored, and is in the answer and nowhere else.
 */
export async function answerOperationChallenge(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: VerifyOperationInput,
): Promise<Result<AnsweredChallenge>> {
  const challenge = challengeNamed(current.session, input.challengeId);
  if (challenge !== undefined && challenge.service !== null) {
    return answerForService(app, request, current, { ...input, challenge });
  }
  const verified = await verifyOperation(app, request, current, input);
  return verified.ok ? done({ challenge: verified.value, serviceOperation: null, grant: null }) : verified;
}
