import { isChallengeEnded } from '../domain/mfa/codes.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { Application } from './application.js';
import { checkCode } from './check-code.js';
import { endSession } from './end-session.js';
import { raiseSession } from './raise-session.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { refused, type Result } from './result.js';
import type { IssuedSession } from './sign-in.js';
import { normaliseCode } from './totp.js';

async function endIfOver(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  mfa: MfaState,
): Promise<void> {
  if (!isChallengeEnded(mfa, current.sessionId)) return;
  await endSession(app, request, current, 'TOO_MANY_WRONG_CODES');
}

/** Answers the challenge that a session is at its first stage: a right code is burnt, then the session rises and its token changes. */
export async function answerMfaChallenge(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  input: { readonly code: string },
): Promise<Result<IssuedSession>> {
  const code = normaliseCode(input.code);
  if (code === null) return refused({ code: 'INVALID_CODE' });
  const { sessionId: challengeId } = current;
  const checked = await checkCode(app, request, current, { code, purpose: 'SIGN_IN', challengeId });
  if (checked.accepted) return raiseSession(app, request, current, checked);
  await endIfOver(app, request, current, checked.state);
  return refused(checked.rejection);
}
