import { GraphQLDateTime } from 'graphql-scalars';
import { createUnionType, Field, ID, Int, ObjectType } from 'type-graphql';
import type { CurrentSession } from '../../application/request-context.js';
import { after } from '../../domain/instant.js';
import type { VerificationMethod } from '../../domain/operation/method.js';
import { CHALLENGE_LIFETIME, expiryOf, type SessionStage } from '../../domain/session/standing.js';
import { SessionStageEnum, VerificationMethodEnum } from './enums.js';
import { User } from './user.js';

@ObjectType('Session', { description: 'One sign-in, from the password to its end.' })
export class Session {
  @Field(() => ID, { description: 'The id; it stands in the audit trail, and opens nothing.' })
  id!: string;

  @Field(() => SessionStageEnum, { description: 'What the session must do next.' })
  stage!: SessionStage;

  @Field(() => GraphQLDateTime, { description: 'When the password was given.' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the session was last in use, to about 5 minutes.' })
  lastSeenAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the session ends, if it is not used again.' })
  expiresAt!: Date;
}

@ObjectType('Viewer', { description: 'Whoever is signed in with this request.' })
export class Viewer {
  @Field(() => User, { nullable: true, description: 'The user; null until the session is full.' })
  user?: User | null;

  @Field(() => Session, { description: 'The session.' })
  session!: Session;

  @Field(() => SessionStageEnum, { description: 'What the session must do next.' })
  stage!: SessionStage;

  @Field(() => String, {
    description: 'How strong the sign-in was: `aal1` by password alone, `aal2` with a second factor (NIST SP 800-63B).',
  })
  acr!: string;

  @Field(() => [String], { description: 'What was proven: `pwd`, `otp`, `mfa` (RFC 8176).' })
  amr!: string[];
}

@ObjectType('SignedIn', { description: 'The session is full.' })
export class SignedIn {
  @Field(() => Viewer, { description: 'Who is signed in now.' })
  viewer!: Viewer;

  @Field(() => String, {
    nullable: true,
    description: 'The session token, only for the transport `BEARER`. The one before is void.',
  })
  token!: string | null;
}

@ObjectType('MfaChallengeRequired', {
  description:
    'The password was right; a second factor is asked for. Answer with `answerMfaChallenge` in the same session.',
})
export class MfaChallengeRequired {
  @Field(() => [VerificationMethodEnum], { description: 'The ways to answer.' })
  methods!: VerificationMethod[];

  @Field(() => Int, { description: 'How many codes may be tried.' })
  attemptsLeft!: number;

  @Field(() => GraphQLDateTime, { description: 'When it is too late, and one has to sign in again.' })
  expiresAt!: Date;

  @Field(() => String, { nullable: true, description: 'The session token, only for the transport `BEARER`.' })
  token!: string | null;
}

export const SignInOutcome = createUnionType({
  name: 'SignInOutcome',
  description: 'What signing in has come to.',
  types: () => [SignedIn, MfaChallengeRequired] as const,
  resolveType: (outcome) => ('viewer' in outcome ? SignedIn : MfaChallengeRequired),
});

/** A session as the API shows it. */
export function sessionOf({ sessionId: id, stage, session }: CurrentSession): Session {
  const expiresAt = stage === 'MFA_CHALLENGE' ? challengeExpiryOf(session) : new Date(expiryOf(session));
  return { id, stage, createdAt: new Date(session.startedAt), lastSeenAt: new Date(session.lastSeenAt), expiresAt };
}

/** When a session that owes a code is over. */
export function challengeExpiryOf(session: CurrentSession['session']): Date {
  return new Date(after(session.startedAt, CHALLENGE_LIFETIME));
}

/** Whoever is signed in, without the user, which is read when it is asked for. */
export function viewerOf(current: CurrentSession): Viewer {
  const second = current.session.factors.includes('VIRTUAL_MFA');
  return {
    session: sessionOf(current),
    stage: current.stage,
    acr: second ? 'aal2' : 'aal1',
    amr: second ? ['pwd', 'otp', 'mfa'] : ['pwd'],
  };
}
