import { limitsOf } from '../domain/account/policy.js';
import type { VerificationMethod } from '../domain/operation/method.js';
import type { Rejection } from '../domain/rejection.js';
import type { VerifyOperation } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import { challengeNamed, type OperationChallenge } from '../domain/session/challenges.js';
import { checkAnswerable } from '../domain/session/verification.js';
import { checkDemand } from '../domain/authority.js';
import type { Application } from './application.js';
import { checkCode } from './check-code.js';
import { checkRecoveryCode } from './check-recovery-code.js';
import { countOwnPassword, matchesPassword } from './check-password.js';
import { actingOnSelf, ENROLLING, executeAs, type Acting } from './execute-as.js';
import { normaliseRecoveryCode } from './recovery-code.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import { normaliseCode } from './totp.js';

export interface VerifyOperationInput {
  readonly challengeId: string;
  /** Exactly one of the three. */
  readonly code: string | null;
  readonly recoveryCode?: string | null;
  readonly password: string | null;
}

function methodOf({ code, recoveryCode = null, password }: VerifyOperationInput): VerificationMethod | null {
  const given = [code, recoveryCode, password].filter((answer) => answer !== null);
  if (given.length !== 1) return null;
  if (code !== null) return 'VIRTUAL_MFA';
  return password === null ? 'RECOVERY_CODE' : 'PASSWORD';
}

async function checkPassword(
  app: Application,
  request: RequestContext,
  acting: Acting,
  password: string,
): Promise<Rejection | null> {
  const { user } = acting.current;
  await app.limits.take('PASSWORDS_OF_USER', user.userId);
  const matches = await matchesPassword(app, user, password);
  const counted = await countOwnPassword(app, request, acting, { user, matches });
  return counted.accepted ? null : counted.rejection;
}

async function checkSecondFactor(
  app: Application,
  request: RequestContext,
  acting: Acting,
  input: VerifyOperationInput,
): Promise<Rejection | null> {
  const given = { purpose: 'OPERATION', challengeId: input.challengeId } as const;
  if (input.code !== null) {
    const code = normaliseCode(input.code);
    if (code === null) return { code: 'INVALID_CODE' };
    const checked = await checkCode(app, request, acting, { ...given, code });
    return checked.accepted ? null : checked.rejection;
  }
  const code = normaliseRecoveryCode(input.recoveryCode ?? '');
  if (code === null) return { code: 'INVALID_RECOVERY_CODE' };
  const checked = await checkRecoveryCode(app, request, acting, { ...given, code });
  return checked.accepted ? null : checked.rejection;
}

async function checkAnswer(
  app: Application,
  request: RequestContext,
  acting: Acting,
  input: VerifyOperationInput,
): Promise<Rejection | null> {
  if (input.password !== null) return checkPassword(app, request, acting, input.password);
  return checkSecondFactor(app, request, acting, input);
}

async function recordVerification(
  app: Application,
  request: RequestContext,
  acting: Acting,
  { challengeId, method }: { readonly challengeId: string; readonly method: VerificationMethod },
): Promise<Result<OperationChallenge>> {
  const verified = await executeAs(app, request, acting, {
    decider: sessionDecider,
    id: acting.current.sessionId,
    command: ({ now }, { policy, mfa }): VerifyOperation => ({
      type: 'VerifyOperation',
      ...{ challengeId, method, grantId: app.newId(), now },
      hasDevice: mfa.device !== null,
      limits: limitsOf(policy),
    }),
  });
  if (!verified.accepted) return refused(verified.rejection);
  const challenge = verified.state.status === 'OPEN' ? challengeNamed(verified.state, challengeId) : undefined;
  return challenge === undefined ? refused({ code: 'NOT_FOUND' }) : done(challenge);
}

/**
 * Answers the challenge of a guarded operation, by a code, a recovery code or, where there is no device to ask for, the password.
 * Wrong answers count in the same budgets as at sign-in. A session that ended while the answer was checked verifies nothing.
 * @throws {RateLimitedError} where the user has given too many passwords
 */
export async function verifyOperation(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: VerifyOperationInput,
): Promise<Result<OperationChallenge>> {
  const method = methodOf(input);
  if (method === null) return refused({ code: 'ONE_ANSWER_EXPECTED' });
  const { challengeId } = input;
  const unanswerable = checkAnswerable(current.session, { challengeId, method, now: app.now() });
  if (unanswerable !== null) return refused(unanswerable);
  const challenge = challengeNamed(current.session, challengeId);
  // A session that has to enable a device verifies nothing but setting one up.
  const acting = actingOnSelf(current, challenge?.operation === 'START_MFA_ENROLLMENT' ? ENROLLING : undefined);
  const rejection =
    checkDemand(acting.demand, current, current.user) ?? (await checkAnswer(app, request, acting, input));
  if (rejection !== null) return refused(rejection);
  return recordVerification(app, request, acting, { challengeId, method });
}
