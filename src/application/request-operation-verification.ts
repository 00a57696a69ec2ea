import { accountDecider } from '../domain/account/decider.js';
import { checkServiceKnown } from '../domain/account/service-credentials.js';
import { checkServiceOperation, type ServiceOperation } from '../domain/operation/service-operation.js';
import type { OperationChallenge } from '../domain/session/challenges.js';
import type { Application } from './application.js';
import { actingOnSelf } from './execute-as.js';
import { load } from './execute.js';
import { challengeFor } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refusals, refused, type Result } from './result.js';

/**
 * Opens a challenge for an operation of another service, or finds the equal one that is open: as for an operation of this
 * service, with the same budgets and lifetime. The service has to have a credential of the account that is live.
 */
export async function requestOperationVerification(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  wanted: ServiceOperation,
): Promise<Result<{ readonly challenge: OperationChallenge }>> {
  const invalid = refusals(...checkServiceOperation(wanted));
  if (invalid.length > 0) return refused(...invalid);
  const { state: account } = await load(app, accountDecider, current.user.accountId);
  const unknown = checkServiceKnown(account.status === 'REGISTERED' ? account.serviceCredentials : {}, wanted.service);
  if (unknown !== null) return refused(unknown);
  const { service, operation, resource, argumentsDigest } = wanted;
  const challenge = await challengeFor(app, request, actingOnSelf(current), {
    operation: 'SERVICE_OPERATION',
    arguments: { service, operation, resource, argumentsDigest },
    service: wanted,
  });
  return challenge.ok ? done({ challenge: challenge.value }) : challenge;
}
