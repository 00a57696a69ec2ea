import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { answerMfaChallenge } from '../../application/answer-mfa-challenge.js';
import { endSession } from '../../application/end-session.js';
import { revokeSession } from '../../application/revoke-session.js';
import { signIn } from '../../application/sign-in.js';
import { SESSION_STAGES } from '../../domain/session/standing.js';
import { Access } from '../access.js';
import { answer, answerChallenged, readUser } from '../answer.js';
import { isVoid } from '../../domain/account/recovery.js';
import { DAY, hasElapsed, type Instant } from '../../domain/instant.js';
import type { RecoveryView } from '../../projections/users/user-queries.js';
import type { GraphqlContext } from '../context.js';
import { AnswerMfaChallengeInput, RevokeSessionInput, SignInInput } from '../types/inputs.js';
import { AnswerMfaChallengePayload, RevokeSessionPayload, SignInPayload, SignOutPayload } from '../types/payloads.js';
import { MfaChallenge } from '../types/mfa-challenge.js';
import { AccountRecovery, Viewer } from '../types/session.js';
import { User } from '../types/user.js';
import { current } from './current.js';
import { guarded } from './guarded.js';
import { challengeIn, outcomeOf, viewerIn } from './outcome.js';
import { EVERYBODY } from './readers.js';
import { fixed } from '../costs/weights.js';

const COMPLETED_SHOWN = 30 * DAY;

/** Whether a recovery can still be called off or completed, or was completed not long ago. */
function isShown({ notBefore, completedAt }: RecoveryView, now: Instant): boolean {
  return completedAt === null ? !isVoid({ notBefore }, now) : !hasElapsed(COMPLETED_SHOWN, completedAt, now);
}

/** Every stage of somebody who has given the right password. */
const SIGNED_IN = SESSION_STAGES;

@Resolver(() => Viewer)
export class SessionResolver {
  @Access({ stages: ['ANONYMOUS', ...SIGNED_IN], roles: EVERYBODY })
  @Query(() => Viewer, {
    nullable: true,
    complexity: fixed(1),
    description:
      "The session's user, its stage and what it must do next; null where nobody has signed in, as for an audit token.",
  })
  viewer(@Ctx() context: GraphqlContext): Viewer | null {
    return context.session === null ? null : viewerIn(context, context.session);
  }

  @Access({ stages: SIGNED_IN, roles: 'ANY' })
  @FieldResolver(() => User, {
    nullable: true,
    complexity: fixed(1.5),
    description: 'The user; null until the session is full, or has to enable a device.',
  })
  user(@Root() _: Viewer, @Ctx() context: GraphqlContext): User | null {
    const { stage, user } = current(context);
    return stage === 'FULL' || stage === 'MFA_ENROLLMENT' ? readUser(context, user.accountId, user.userId) : null;
  }

  @Access({ stages: SIGNED_IN, roles: 'ANY' })
  @FieldResolver(() => AccountRecovery, {
    nullable: true,
    complexity: fixed(0.5),
    description:
      'The recovery of the account that is pending, or was completed in the last 30 days, for the primary and for `ADMIN`s in a full session; null for others, and where there is none.',
  })
  accountRecovery(@Root() _: Viewer, @Ctx() context: GraphqlContext): AccountRecovery | null {
    const { stage, user } = current(context);
    if (stage !== 'FULL' || !(user.kind === 'PRIMARY' || user.role === 'ADMIN')) return null;
    const recovery = context.readModels.users.recovery(user.accountId);
    if (recovery === null || !isShown(recovery, context.app.now())) return null;
    const { requestedAt, notBefore, completedAt } = recovery;
    return {
      requestedAt: new Date(requestedAt),
      notBefore: new Date(notBefore),
      completedAt: completedAt === null ? null : new Date(completedAt),
    };
  }

  @Access({ stages: SIGNED_IN, roles: 'ANY' })
  @FieldResolver(() => MfaChallenge, {
    nullable: true,
    description: 'What has to be answered first, where the session owes a code; else null.',
    complexity: fixed(1),
  })
  mfaChallenge(@Root() _: Viewer, @Ctx() context: GraphqlContext): MfaChallenge | null {
    const session = current(context);
    return session.stage === 'MFA_CHALLENGE' ? challengeIn(context, session) : null;
  }

  @Access({ stages: ['ANONYMOUS'], roles: 'ANY', budget: 'OF_ITS_OWN' })
  @Mutation(() => SignInPayload, {
    description:
      'Signs in by password. Where a virtual MFA device is enabled, this begins a challenge, to be answered within 5 minutes, unless the browser is trusted. Unknown names and wrong passwords are answered alike.',
  })
  async signIn(
    @Arg('input', () => SignInInput, { description: 'Who signs in.' }) input: SignInInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SignInPayload> {
    const { account, username, password, transport } = input;
    const signedIn = await signIn(context.app, context.request, {
      ...{ username, password, transport },
      account: account ?? null,
    });
    return answer(context, signedIn, (issued) => ({ outcome: outcomeOf(context, issued) }));
  }

  @Access({ stages: ['MFA_CHALLENGE'], roles: 'ANY', budget: 'URGENT_WRITES' })
  @Mutation(() => AnswerMfaChallengePayload, {
    description:
      'Answers the challenge at sign-in with a code of the device or a recovery code, each of which works once. Five wrong ones end the challenge; ten wrong codes of the device in a row lock these for a while, and recovery codes never. With `trustDevice` no code is asked for in this browser for some days, where the account policy allows that.',
  })
  async answerMfaChallenge(
    @Arg('input', () => AnswerMfaChallengeInput, { description: 'The answer.' }) input: AnswerMfaChallengeInput,
    @Ctx() context: GraphqlContext,
  ): Promise<AnswerMfaChallengePayload> {
    const answered = await answerMfaChallenge(context.app, context.request, current(context), input);
    return answer(context, answered, (issued) => ({ outcome: outcomeOf(context, issued) }));
  }

  @Access({ stages: SIGNED_IN, roles: 'ANY', budget: 'URGENT_WRITES' })
  @Mutation(() => SignOutPayload, { description: 'Ends the session.' })
  async signOut(@Ctx() context: GraphqlContext): Promise<SignOutPayload> {
    await endSession(context.app, context.request, current(context), 'SIGNED_OUT');
    context.session = null;
    context.carrier.drop();
    await context.caughtUp();
    return { userErrors: [] };
  }

  @Access({ stages: ['FULL'], roles: 'ANY', budget: 'URGENT_WRITES' })
  @Mutation(() => RevokeSessionPayload, {
    description: 'Ends a session of oneself, or of a user whom one manages; one that is over stays so.',
  })
  async revokeSession(
    @Arg('input', () => RevokeSessionInput, { description: 'The session.' }) input: RevokeSessionInput,
    @Ctx() context: GraphqlContext,
  ): Promise<RevokeSessionPayload> {
    const own = current(context).sessionId;
    const revoked = await revokeSession(context.app, context.request, current(context), guarded(input));
    if (revoked.ok && revoked.value.challenge === null && revoked.value.sessionId === own) {
      context.session = null;
      context.carrier.drop();
    }
    return answerChallenged(context, revoked, ({ sessionId }) => ({ revokedSessionId: sessionId }));
  }
}
