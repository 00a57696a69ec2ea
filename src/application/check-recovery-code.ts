import type { CheckRecoveryCode } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { CodePurpose } from '../domain/mfa/events.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { Application } from './application.js';
import { bySelf } from './authorship.js';
import { execute, type Executed } from './execute.js';
import { recoveryProofOf } from './recovery-code.js';
import type { CurrentSession, RequestContext } from './request-context.js';

/** A recovery code in its normal form, and what it was given for. */
export interface GivenRecoveryCode {
  readonly code: string;
  readonly purpose: CodePurpose;
  readonly challengeId: string;
}

/** Compares a recovery code with the user's set, uses it up if it is right, and counts it against its challenge. */
export async function checkRecoveryCode(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { code, purpose, challengeId }: GivenRecoveryCode,
): Promise<Executed<MfaState>> {
  const { accountId, userId } = current.user;
  return execute(app, request, {
    decider: mfaDecider,
    id: userId,
    by: bySelf(current),
    command: async ({ state }): Promise<CheckRecoveryCode> => {
      const codeSetId = state.recoveryCodes.live?.codeSetId ?? '';
      const proof = await recoveryProofOf(app, codeSetId, code);
      return { type: 'CheckRecoveryCode', accountId, userId, purpose, challengeId, proof, now: app.now() };
    },
  });
}
