import { accountDecider } from '../domain/account/decider.js';
import {
  mayComplete,
  mayFollowUp,
  type CompleteAccountRecovery,
  type CompletedRecovery,
} from '../domain/account/recovery.js';
import type { DisableMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import { isToBeTakenOff } from '../domain/mfa/requirement.js';
import type { Rejection } from '../domain/rejection.js';
import type { ResetPassword } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import { isResetByOperator, type ActiveUser } from '../domain/user/state.js';
import type { RecoverableAccount } from './account-recovery.js';
import type { Application } from './application.js';
import { byOperatorOn } from './authorship.js';
import { execute, load } from './execute.js';
import { checkPassword, storePassword } from './new-credentials.js';
import type { RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

interface Completing {
  readonly recoveryId: string;
  /** The one-time password that was set; null: the password stays. */
  readonly newPassword: string | null;
}

/** What follows from a recovery that is done, as far as it has not been done yet. */
interface FollowUps {
  readonly password: boolean;
  readonly mfa: boolean;
}

async function followUpsOf(
  app: Application,
  { userId }: ActiveUser,
  { recoveryId, completedAt }: CompletedRecovery,
): Promise<FollowUps> {
  const [{ state: mfa }, { state: user }] = await Promise.all([
    load(app, mfaDecider, userId),
    load(app, userDecider, userId),
  ]);
  const isOn = isToBeTakenOff(mfa, recoveryId, completedAt);
  // MFA goes last: where this recovery has taken it off, all is done.
  const allDone = mfa.recoveryId === recoveryId || user.status !== 'ACTIVE';
  return { mfa: isOn, password: isOn || (!allDone && !isResetByOperator(user, completedAt)) };
}

async function takeMfaOff(
  app: Application,
  request: RequestContext,
  { accountId, userId, personId }: ActiveUser,
  { recoveryId, completedAt }: CompletedRecovery,
): Promise<Rejection | null> {
  const disabled = await execute(app, request, {
    ...{ decider: mfaDecider, id: userId, by: byOperatorOn({ personId }) },
    command: ({ now }): DisableMfa => ({
      ...{ type: 'DisableMfa', by: 'OPERATOR', accountId, userId, challengeId: recoveryId, verifiedBy: null },
      ...{ recoveredAt: completedAt, now },
    }),
  });
  return disabled.accepted ? null : disabled.rejection;
}

async function resetPassword(
  app: Application,
  request: RequestContext,
  primary: ActiveUser,
  { recovered, credentialId }: { readonly recovered: CompletedRecovery; readonly credentialId: string },
): Promise<Rejection | null> {
  const reset = await execute(app, request, {
    ...{ decider: userDecider, id: primary.userId, by: byOperatorOn(primary) },
    prepare: () => followUpsOf(app, primary, recovered),
    command: ({ prepared: { mfa } }): ResetPassword => ({
      type: 'ResetPassword',
      credentialId,
      // Nobody was told the password of a run that broke off before MFA was off, so it is set anew.
      onceSince: mfa ? null : recovered.completedAt,
    }),
  });
  if (!reset.accepted) return reset.rejection;
  // Another run was faster: the password that is told is the one of that.
  const isSet = reset.state.status === 'ACTIVE' && reset.state.credentialId === credentialId;
  return isSet ? null : { code: 'RECOVERY_NOT_REQUESTED' };
}

/** Whether a recovery that is done has left nothing to do, or was left for too long. */
async function isOver(
  app: Application,
  { account: { recovered }, primary }: RecoverableAccount,
  newPassword: string | null,
): Promise<boolean> {
  if (recovered === null || !mayFollowUp(recovered, app.now())) return true;
  const { mfa, password } = await followUpsOf(app, primary, recovered);
  return !mfa && (newPassword === null || !password);
}

async function refusalOf(
  app: Application,
  recoverable: RecoverableAccount,
  newPassword: string | null,
): Promise<Rejection | null> {
  const { recovery } = recoverable.account;
  if (recovery !== null && !mayComplete(recovery, app.now())) return { code: 'RECOVERY_TOO_EARLY' };
  if (recovery === null && (await isOver(app, recoverable, newPassword))) return { code: 'RECOVERY_NOT_REQUESTED' };
  return newPassword === null ? null : checkPassword(app, newPassword);
}

/** Decides in the account's stream, which also decides whether it was called off, that the recovery is done. */
async function commit(
  app: Application,
  request: RequestContext,
  { account, primary }: RecoverableAccount,
): Promise<Result<CompletedRecovery>> {
  const recoveryId = (account.recovery ?? account.recovered)?.recoveryId ?? '';
  const completed = await execute(app, request, {
    ...{ decider: accountDecider, id: account.accountId, by: byOperatorOn(primary) },
    command: ({ now }): CompleteAccountRecovery => ({ type: 'CompleteAccountRecovery', recoveryId, now }),
  });
  if (!completed.accepted) return refused(completed.rejection);
  const recovered = completed.state.status === 'REGISTERED' ? completed.state.recovered : null;
  return recovered === null ? refused({ code: 'RECOVERY_NOT_REQUESTED' }) : done(recovered);
}

/** Does what follows from a recovery that is done, as far as it is not done yet: the password first, MFA last. */
async function followUp(
  app: Application,
  request: RequestContext,
  primary: ActiveUser,
  { recovered, credentialId }: { readonly recovered: CompletedRecovery; readonly credentialId: string | null },
): Promise<Rejection | null> {
  const notReset =
    credentialId === null ? null : await resetPassword(app, request, primary, { recovered, credentialId });
  // Where there is nothing to be taken off any more, this changes nothing.
  return notReset ?? takeMfaOff(app, request, primary, recovered);
}

/**
 * Completes the recovery of an account whose time for calling it off is over: from then on it cannot be called off; then sets a
 * one-time password, if one is given, and takes the primary's MFA off. Broken off, it is done again, and does what is not done
 * yet. Refused, it has changed nothing.
 */
export async function completeAccountRecovery(
  app: Application,
  request: RequestContext,
  recoverable: RecoverableAccount,
  newPassword: string | null,
): Promise<Result<Completing>> {
  const { primary } = recoverable;
  const refusal = await refusalOf(app, recoverable, newPassword);
  if (refusal !== null) return refused(refusal);
  // A full queue of hashes is to break off nothing half-way.
  const credentialId = newPassword === null ? null : await storePassword(app, primary.userId, newPassword);
  const committed = await commit(app, request, recoverable);
  if (!committed.ok) return committed;
  const recovered = committed.value;
  const rejection = await followUp(app, request, primary, { recovered, credentialId });
  return rejection === null ? done({ recoveryId: recovered.recoveryId, newPassword }) : refused(rejection);
}
