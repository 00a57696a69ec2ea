import { accountDecider, policyIn } from '../domain/account/decider.js';
import type { AccountPolicy } from '../domain/account/policy.js';
import { checkPolicy, type SetAccountPolicy } from '../domain/account/set-policy.js';
import type { Application } from './application.js';
import { actingAsPrimary, executeAs } from './execute-as.js';
import { load } from './execute.js';
import { doGuarded, type Challenged } from './guard.js';
import type { CurrentSession, RequestContext } from './request-context.js';
import { done, refused, type Result } from './result.js';

export interface SetAccountPolicyInput {
  /** What is to be otherwise; what is not named stays as it is. */
  readonly changes: Partial<AccountPolicy>;
  readonly challengeId: string | null;
}

/**
 * Changes what holds for all users of the account, by the primary; open sessions are held to it from their next request on, on
 * every node. Needs a verification where the primary's operation protection is on. The policy as it is already writes nothing.
 */
export async function setAccountPolicy(
  app: Application,
  request: RequestContext,
  current: CurrentSession,
  { changes, challengeId }: SetAccountPolicyInput,
): Promise<Result<Challenged<{ readonly policy: AccountPolicy }>>> {
  if (current.user.kind !== 'PRIMARY') return refused({ code: 'FORBIDDEN' });
  const { accountId } = current.user;
  const { state: account } = await load(app, accountDecider, accountId);
  const invalid = checkPolicy({ ...policyIn(account), ...changes });
  if (invalid.length > 0) return refused(...invalid);
  const call = { operation: 'SET_ACCOUNT_POLICY', arguments: { ...changes }, challengeId } as const;
  return doGuarded({ app, request, acting: actingAsPrimary(current) }, call, async (acting, usedId) => {
    const set = await executeAs(app, request, acting, {
      ...{ decider: accountDecider, id: accountId },
      command: (): SetAccountPolicy => ({ type: 'SetAccountPolicy', accountId, changes, challengeId: usedId }),
    });
    return set.accepted ? done({ policy: policyIn(set.state) }) : refused(set.rejection);
  });
}
