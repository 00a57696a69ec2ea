import { accountDecider, type AccountState } from '../domain/account/decider.js';
import {
  mayComplete,
  type CancelAccountRecovery,
  type CompleteAccountRecovery,
  type PendingRecovery,
  type RequestAccountRecovery,
} from '../domain/account/recovery.js';
import type { DisableMfa } from '../domain/mfa/commands.js';
import { mfaDecider } from '../domain/mfa/decider.js';
import type { Rejection } from '../domain/rejection.js';
import type { ResetPassword } from '../domain/user/commands.js';
import { userDecider } from '../domain/user/decider.js';
import { checkReason } from '../domain/user/names.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { byOperatorOn, bySelf } from './authorship.js';
import { execute, load } from './execute.js';
import { checkPassword, storePassword } from './new-credentials.js';
import { holderOf } from './names.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

/** An account as the operator looks at it. */
export interface RecoverableAccount {
  readonly account: Extract<AccountState, { readonly status: 'REGISTERED' }>;
  readonly primary: ActiveUser;
}

async function accountOf(app: Application, accountId: string): Promise<RecoverableAccount | null> {
  const { state: account } = await load(app, accountDecider, accountId);
  if (account.status !== 'REGISTERED') return null;
  const { state: primary } = await load(app, userDecider, account.primaryUserId);
  return primary.status === 'ACTIVE' ? { account, primary } : null;
}

/** The account that has this alias, or else this id; null where there is none. */
export async function accountNamed(app: Application, aliasOrId: string): Promise<RecoverableAccount | null> {
  const holder = await holderOf(app, { kind: 'ALIAS', within: null, name: aliasOrId });
  return (holder && (await accountOf(app, holder.accountId))) ?? accountOf(app, aliasOrId);
}

/** Begins the recovery of an account; where one is pending already, that goes on as it is. */
export async function requestAccountRecovery(
  app: Application,
  request: RequestContext,
  { account, primary }: RecoverableAccount,
  { reason, coolOff }: { readonly reason: string; readonly coolOff: number },
): Promise<Result<PendingRecovery>> {
  const invalid = checkReason(reason);
  if (invalid !== null) return refused(invalid);
  const recoveryId = app.newId();
  const requested = await execute(app, request, {
    ...{ decider: accountDecider, id: account.accountId, by: byOperatorOn(primary) },
    command: (): RequestAccountRecovery => ({
      ...{ type: 'RequestAccountRecovery', recoveryId, reason, coolOff },
      now: app.now(),
    }),
  });
  if (!requested.accepted) return refused(requested.rejection);
  const recovery = requested.state.status === 'REGISTERED' ? requested.state.recovery : null;
  return recovery === null ? refused({ code: 'NOT_FOUND' }) : done(recovery);
}

/** Calls the recovery of an account off, on behalf of the operator. */
export async function cancelRecoveryAsOperator(
  app: Application,
  request: RequestContext,
  { account, primary }: RecoverableAccount,
): Promise<Rejection | null> {
  const cancelled = await execute(app, request, {
    ...{ decider: accountDecider, id: account.accountId, by: byOperatorOn(primary) },
    command: (): CancelAccountRecovery => ({ type: 'CancelAccountRecovery', because: 'OPERATOR' }),
  });
  return cancelled.accepted ? null : cancelled.rejection;
}

/** Calls off the recovery of one's account, as its primary. */
export async function cancelAccountRecovery(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
): Promise<Result<{ readonly recoveryId: string }>> {
  const { accountId } = current.user;
  let recoveryId = '';
  const cancelled = await execute(app, request, {
    ...{ decider: accountDecider, id: accountId, by: bySelf(current) },
    command: ({ state }): CancelAccountRecovery => {
      recoveryId = state.status === 'REGISTERED' ? (state.recovery?.recoveryId ?? '') : '';
      return { type: 'CancelAccountRecovery', because: 'OWNER' };
    },
  });
  return cancelled.accepted ? done({ recoveryId }) : refused(cancelled.rejection);
}

/**
 * Calls off the recovery of an account whose primary has proven a second factor at sign-in, and so has not lost it. Before the
 * session rises: who is signed in by it knows that this was done.
 */
export async function callOffAtSignIn(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
): Promise<void> {
  const { accountId, kind } = current.user;
  // At a later stage it is a device that has just been enabled, which a password is enough for.
  if (kind !== 'PRIMARY' || current.stage !== 'MFA_CHALLENGE') return;
  const { state } = await load(app, accountDecider, accountId);
  if (state.status !== 'REGISTERED' || state.recovery === null) return;
  // Where it was called off or completed meanwhile this is refused, and nothing is left to do.
  await execute(app, request, {
    ...{ decider: accountDecider, id: accountId, by: bySelf(current) },
    command: (): CancelAccountRecovery => ({ type: 'CancelAccountRecovery', because: 'SIGN_IN' }),
  });
}

interface Completing {
  readonly recoveryId: string;
  /** The one-time password to set; null: the password stays. */
  readonly newPassword: string | null;
}

async function takeMfaOff(
  app: Application,
  request: RequestContext,
  { accountId, userId, personId }: ActiveUser,
  challengeId: string,
): Promise<Rejection | null> {
  const disabled = await execute(app, request, {
    ...{ decider: mfaDecider, id: userId, by: byOperatorOn({ personId }) },
    command: (): DisableMfa => ({
      ...{ type: 'DisableMfa', by: 'OPERATOR', accountId, userId, challengeId, verifiedBy: null },
      now: app.now(),
    }),
  });
  // There may be no device, and only the password be lost.
  return disabled.accepted || disabled.rejection.code === 'MFA_NOT_ENABLED' ? null : disabled.rejection;
}

async function resetPassword(
  app: Application,
  request: RequestContext,
  primary: ActiveUser,
  newPassword: string,
): Promise<Rejection | null> {
  const invalid = await checkPassword(app, newPassword);
  if (invalid !== null) return invalid;
  const credentialId = await storePassword(app, primary.userId, newPassword);
  const reset = await execute(app, request, {
    ...{ decider: userDecider, id: primary.userId, by: byOperatorOn(primary) },
    command: (): ResetPassword => ({ type: 'ResetPassword', credentialId }),
  });
  return reset.accepted ? null : reset.rejection;
}

/**
 * Completes the recovery of an account whose time for calling it off is over: takes the primary's MFA off, sets a one-time
 * password if one is given, then notes that it is done. Broken off, it is done again: until it is noted, each step is safe to repeat.
 */
export async function completeAccountRecovery(
  app: Application,
  request: RequestContext,
  { account, primary }: RecoverableAccount,
  newPassword: Completing['newPassword'],
): Promise<Result<Completing>> {
  const { accountId, recovery } = account;
  if (recovery === null) return refused({ code: 'RECOVERY_NOT_REQUESTED' });
  if (!mayComplete(recovery, app.now())) return refused({ code: 'RECOVERY_TOO_EARLY' });
  const { recoveryId } = recovery;
  const rejection =
    (await takeMfaOff(app, request, primary, recoveryId)) ??
    (newPassword === null ? null : await resetPassword(app, request, primary, newPassword));
  if (rejection !== null) return refused(rejection);
  const completed = await execute(app, request, {
    ...{ decider: accountDecider, id: accountId, by: byOperatorOn(primary) },
    command: (): CompleteAccountRecovery => ({ type: 'CompleteAccountRecovery', recoveryId, now: app.now() }),
  });
  return completed.accepted ? done({ recoveryId, newPassword }) : refused(completed.rejection);
}
