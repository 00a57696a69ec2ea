import type { CheckRecoveryCode } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { CodePurpose } from '../domain/mfa/events.js';
import type { MfaState } from '../domain/mfa/state.js';
import type { Application } from './application.js';
import { executeAs, type Acting } from './execute-as.js';
import type { Executed } from './execute.js';
import { recoveryProofOf } from './recovery-code.js';
import type { RequestContext } from './request-context.js';

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
  acting: Acting,
  { code, purpose, challengeId }: GivenRecoveryCode,
): Promise<Executed<MfaState>> {
  const { accountId, userId } = acting.current.user;
  return executeAs(app, request, acting, {
    decider: mfaDecider,
    id: userId,
    prepare: ({ state }) => recoveryProofOf(app, state.recoveryCodes.live?.codeSetId ?? '', code),
    command: ({ prepared: proof, now }): CheckRecoveryCode => ({
      ...{ type: 'CheckRecoveryCode', accountId, userId, purpose, challengeId, proof, now },
    }),
  });
}
