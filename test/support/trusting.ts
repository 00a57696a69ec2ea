import type { Application } from '../../src/application/application.js';
import { execute } from '../../src/application/execute.js';
import { byNobody } from '../../src/application/authorship.js';
import { accountDecider } from '../../src/domain/account/decider.js';
import { accept } from '../../src/domain/decider.js';
import { DEFAULT_POLICY, type AccountPolicy } from '../../src/domain/account/policy.js';
import { appendPast, type LogPlace } from './stored.js';
import { requestContext } from './world.js';

function policyData(accountId: string, policy: Partial<AccountPolicy>) {
  return { accountId, ...DEFAULT_POLICY, ...policy, challengeId: null };
}

/** Lays down a policy of an account, past whatever command does so. */
export async function layDown(app: Application, accountId: string, policy: Partial<AccountPolicy>): Promise<void> {
  const data = policyData(accountId, policy);
  const decider = {
    ...accountDecider,
    decide: () => accept({ type: 'AccountPolicyChanged', data, personal: null } as const),
  };
  await execute(app, requestContext(), { decider, id: accountId, by: byNobody, command: () => null as never });
}

/** Lays down a policy in the log of a service, past it. */
export function layDownIn(place: LogPlace, accountId: string, policy: Partial<AccountPolicy>): Promise<void> {
  return appendPast(place, `account-${accountId}`, 'AccountPolicyChanged', policyData(accountId, policy));
}
