import { limitsOf } from '../domain/account/policy.js';
import type { VerificationMethod } from '../domain/operation/method.js';
import type { Rejection } from '../domain/rejection.js';
import type { VerifyOperation } from '../domain/session/commands.js';
import { sessionDecider } from '../domain/session/decider.js';
import { challengeNamed, type OperationChallenge } from '../domain/session/challenges.js';
import { checkAnswerable } from '../domain/session/verification.js';
import type { SessionStage } from '../domain/session/standing.js';
import type { Application } from './application.js';
import { currentSession } from './authenticate.js';
import { bySelf } from './authorship.js';
import { checkCode } from './check-code.js';
import { checkRecoveryCode } from './check-recovery-code.js';
import { countPassword, matchesPassword } from './check-password.js';
import { execute } from './execute.js';
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

/** The stages at which challenges are answered. */
const ANSWERING: ReadonlySet<SessionStage> = new Set<SessionStage>(['FULL', 'MFA_ENROLLMENT']);

function methodOf({ code, recoveryCode = null, password }: VerifyOperationInput): VerificationMethod | null {
  const given = [code, recoveryCode, password].filter((answer) => answer !== null);
  if (given.length !== 1) return null;
  if (code !== null) return 'VIRTUAL_MFA';
  return password === null ? 'RECOVERY_CODE' : 'PASSWORD';
}

async function checkPassword(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  password: string,
): Promise<Rejection | null> {
  const { user } = current;
  await app.limits.take('PASSWORDS_OF_USER', user.userId);
  const matches = await matchesPassword(app, user, password);
  const counted = await countPassword(app, request, bySelf(current), { user, matches });
  return counted.accepted ? null : counted.rejection;
}

async function checkSecondFactor(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: VerifyOperationInput,
): Promise<Rejection | null> {
  const given = { purpose: 'OPERATION', challengeId: input.challengeId } as const;
  if (input.code !== null) {
    const code = normaliseCode(input.code);
    if (code === null) return { code: 'INVALID_CODE' };
    const checked = await checkCode(app, request, current, { ...given, code });
    return checked.accepted ? null : checked.rejection;
  }
  const code = normaliseRecoveryCode(input.recoveryCode ?? '');
  if (code === null) return { code: 'INVALID_RECOVERY_CODE' };
  const checked = await checkRecoveryCode(app, request, current, { ...given, code });
  return checked.accepted ? null : checked.rejection;
}

async function checkAnswer(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: VerifyOperationInput,
): Promise<Rejection | null> {
  if (input.password !== null) return checkPassword(app, request, current, input.password);
  return checkSecondFactor(app, request, current, input);
}

/** Whether whatever was checked still counts: checking takes its time, in which the session may have ended, or a device come. */
async function checkStanding(
  app: Application,
  current: CurrentSession,
  method: VerificationMethod,
): Promise<Rejection | null> {
  const now = await currentSession(app, current.sessionId);
  if (now === null || !ANSWERING.has(now.stage)) return { code: 'SESSION_ENDED' };
  const hasNewDevice = current.mfa.device === null && now.mfa.device !== null;
  return method === 'PASSWORD' && hasNewDevice ? { code: 'METHOD_NOT_OFFERED' } : null;
}

async function recordVerification(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { challengeId, method }: { readonly challengeId: string; readonly method: VerificationMethod },
): Promise<Result<OperationChallenge>> {
  const verified = await execute(app, request, {
    decider: sessionDecider,
    id: current.sessionId,
    by: bySelf(current),
    command: (): VerifyOperation => ({
      type: 'VerifyOperation',
      ...{ challengeId, method, grantId: app.newId() },
      limits: limitsOf(current.policy),
      now: app.now(),
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
  if (current.stage === 'MFA_ENROLLMENT' && challenge?.operation !== 'START_MFA_ENROLLMENT') {
    return refused({ code: 'MFA_ENROLLMENT_REQUIRED' });
  }
  const rejection = (await checkAnswer(app, request, current, input)) ?? (await checkStanding(app, current, method));
  if (rejection !== null) return refused(rejection);
  return recordVerification(app, request, current, { challengeId, method });
}
