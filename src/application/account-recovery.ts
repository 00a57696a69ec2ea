import { accountDecider, type AccountState } from '../domain/account/decider.js';
import {
  type CancelAccountRecovery,
  type PendingRecovery,
  type RequestAccountRecovery,
} from '../domain/account/recovery.js';
import type { Rejection } from '../domain/rejection.js';
import { userDecider } from '../domain/user/decider.js';
import { checkReason } from '../domain/user/names.js';
import type { ActiveUser } from '../domain/user/state.js';
import type { Application } from './application.js';
import { byOperatorOn } from './authorship.js';
import { actingAsPrimary, actingOnSelf, demanding, executeAs, OPEN } from './execute-as.js';
import { execute, load } from './execute.js';
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

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The account that has this id, or else this alias; null where there is none. The id counts first: an alias may be spelled like
 * the id of somebody else's account.
 */
export async function accountNamed(app: Application, aliasOrId: string): Promise<RecoverableAccount | null> {
  const byId = UUID.test(aliasOrId) ? await accountOf(app, aliasOrId) : null;
  if (byId !== null) return byId;
  const holder = await holderOf(app, { kind: 'ALIAS', within: null, name: aliasOrId });
  return holder && accountOf(app, holder.accountId);
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
    command: ({ now }): RequestAccountRecovery => ({
      ...{ type: 'RequestAccountRecovery', recoveryId, reason, coolOff, now },
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
  const cancelled = await executeAs(app, request, actingAsPrimary(current), {
    ...{ decider: accountDecider, id: accountId },
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
  const acting = demanding(actingOnSelf(current, OPEN), { right: 'PRIMARY' });
  await executeAs(app, request, acting, {
    ...{ decider: accountDecider, id: accountId },
    command: (): CancelAccountRecovery => ({ type: 'CancelAccountRecovery', because: 'SIGN_IN' }),
  });
}
