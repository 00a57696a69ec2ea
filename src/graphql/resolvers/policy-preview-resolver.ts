import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { AccountPolicy } from '../../domain/account/policy.js';
import { checkPolicy } from '../../domain/account/set-policy.js';
import { after, DAY } from '../../domain/instant.js';
import { REJECTION_CODES } from '../../domain/rejection.js';
import { previewPolicy, type PolicyPreview } from '../../projections/policy-preview/policy-preview.js';
import type { Tally } from '../../projections/policy-preview/tally.js';
import { Access } from '../access.js';
import { readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import { badInput } from '../cursor.js';
import { accountPolicyOf, AccountPolicyPreviewInput, policyChangesOf } from '../types/account-policy.js';
import { AccountPolicyPreview, type AccountPolicyEffect } from '../types/account-policy-preview.js';
import type { User } from '../types/user.js';
import { readerOf } from './readers.js';
import { pauseOf } from '../costs/admit-operation.js';
import { fixed } from '../costs/weights.js';

const MOST_DAYS = 90;
/** The most users that stand beside a count. */
const MOST_USERS = 100;

function checked(policy: AccountPolicy, days: number): AccountPolicy {
  if (days < 1 || days > MOST_DAYS) throw badInput(`\`days\` is 1 to ${MOST_DAYS}.`);
  const refused = checkPolicy(policy);
  if (refused.length > 0) throw badInput(refused.map(({ code }) => REJECTION_CODES[code]).join(' '));
  return policy;
}

type Effects = { readonly [K in keyof PolicyPreview]: AccountPolicyEffect };

/** Shows tallies with their users, each of whom is read once. */
function effectsOf(context: GraphqlContext, accountId: string, preview: PolicyPreview): Effects {
  const known = new Map<string, User | null>();
  function userOf(userId: string): User | null {
    const user = known.get(userId) ?? readUser(context, accountId, userId);
    known.set(userId, user);
    return user;
  }
  const effectOf = ({ count, users }: Tally): AccountPolicyEffect => ({
    ...{ count, userCount: users.length },
    users: users.slice(0, MOST_USERS).map((on) => ({ ...on, user: userOf(on.userId) })),
  });
  return {
    newSubUsersForced: effectOf(preview.newSubUsersForced),
    newSubUsersWithoutDevice: effectOf(preview.newSubUsersWithoutDevice),
    openSessionsEnding: effectOf(preview.openSessionsEnding),
    openSessionsChallenged: effectOf(preview.openSessionsChallenged),
    pastSessionsCutShort: effectOf(preview.pastSessionsCutShort),
    pastSignInsChallenged: effectOf(preview.pastSignInsChallenged),
  };
}

@Resolver()
export class PolicyPreviewResolver {
  @Access({ stages: ['FULL'], roles: ['PRIMARY'] })
  @Query(() => AccountPolicyPreview, {
    nullable: true,
    complexity: fixed(20),
    description:
      'Whom a policy would concern: forced to enable MFA, signed out, asked for a code; from what happened in the account in the last days. It changes nothing.',
  })
  async accountPolicyPreview(
    @Arg('policy', () => AccountPolicyPreviewInput, { description: 'The policy to be tried.' })
    input: AccountPolicyPreviewInput,
    @Arg('days', () => Int, { defaultValue: 7, description: 'How many days are looked at, 1 to 90.' }) days: number,
    @Ctx() context: GraphqlContext,
  ): Promise<AccountPolicyPreview> {
    const { accountId } = readerOf(context);
    const { readModels } = context;
    const now = context.app.now();
    const policy = checked({ ...readModels.sessions.policyOf(accountId), ...policyChangesOf(input) }, days);
    const since = after(now, -days * DAY);
    const preview = await previewPolicy(readModels, { accountId, policy, since, now }, pauseOf(context));
    return {
      ...{ policy: accountPolicyOf(policy), since: new Date(since), until: new Date(now) },
      ...effectsOf(context, accountId, preview),
    };
  }
}
