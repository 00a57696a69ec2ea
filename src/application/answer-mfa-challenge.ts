import { isChallengeEnded } from '../domain/mfa/codes.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { SecondFactor } from '../domain/session/events.js';
import type { Application } from './application.js';
import { checkCode } from './check-code.js';
import { checkRecoveryCode } from './check-recovery-code.js';
import { endSession } from './end-session.js';
import { actingOnSelf, OPEN } from './execute-as.js';
import type { Executed } from './execute.js';
import { raiseSession } from './raise-session.js';
import { normaliseRecoveryCode } from './recovery-code.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';
import type { IssuedSession } from './sign-in.js';
import { normaliseCode } from './totp.js';
import { checkTrustable, trustBrowser } from './trust-device.js';

export interface AnswerMfaChallengeInput {
  /** Exactly one of the two. */
  readonly code?: string | null;
  readonly recoveryCode?: string | null;
  /** Whether no code is to be asked for in this browser from the next sign-in on. */
  readonly trustDevice?: boolean;
}

/** An answer in its normal form. */
interface GivenAnswer {
  readonly factor: SecondFactor;
  readonly code: string;
}

function answerOf({ code = null, recoveryCode = null }: AnswerMfaChallengeInput): Result<GivenAnswer> {
  if ((code === null) === (recoveryCode === null)) return refused({ code: 'ONE_ANSWER_EXPECTED' });
  if (code !== null) {
    const plain = normaliseCode(code);
    return plain === null ? refused({ code: 'INVALID_CODE' }) : done({ factor: 'VIRTUAL_MFA', code: plain });
  }
  const plain = normaliseRecoveryCode(recoveryCode ?? '');
  return plain === null ? refused({ code: 'INVALID_RECOVERY_CODE' }) : done({ factor: 'RECOVERY_CODE', code: plain });
}

async function endIfOver(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  mfa: MfaState,
): Promise<void> {
  if (!isChallengeEnded(mfa, current.sessionId)) return;
  await endSession(app, request, current, 'TOO_MANY_WRONG_CODES');
}

function check(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { factor, code }: GivenAnswer,
): Promise<Executed<MfaState>> {
  const given = { code, purpose: 'SIGN_IN', challengeId: current.sessionId } as const;
  // At any stage: a code that was given twice at once is told by its replay.
  const acting = actingOnSelf(current, OPEN);
  return factor === 'VIRTUAL_MFA'
    ? checkCode(app, request, acting, given)
    : checkRecoveryCode(app, request, acting, given);
}

/**
 * Answers the challenge that a session is at its first stage, by a code of the device or a recovery code: a right one is used up,
 * then the session rises and its token changes; then, if that is wanted, the browser is trusted.
 */
export async function answerMfaChallenge(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: AnswerMfaChallengeInput,
): Promise<Result<IssuedSession>> {
  const answer = answerOf(input);
  if (!answer.ok) return answer;
  const wantsTrust = input.trustDevice === true;
  const untrustable = wantsTrust ? checkTrustable(app, current) : null;
  if (untrustable !== null) return refused(untrustable);
  const checked = await check(app, request, current, answer.value);
  if (!checked.accepted) {
    await endIfOver(app, request, current, checked.state);
    return refused(checked.rejection);
  }
  const raised = await raiseSession(app, request, current, { ...checked, factor: answer.value.factor });
  if (!raised.ok || !wantsTrust) return raised;
  const trust = await trustBrowser(app, request, raised.value.current, checked);
  return done(trust === null ? raised.value : { ...raised.value, trust });
}
