import { Field, ObjectType } from 'type-graphql';
import { RecommendationEnum } from './enums.js';
import { MfaEnrollment } from './enrollment.js';
import { OperationChallengeType } from './operation-challenge.js';
import { SignInOutcome, type MfaChallengeRequired, type SignedIn } from './session.js';
import { Account, User } from './user.js';
import { UserError } from './user-error.js';

/** What every mutation answers with; `query` is added to each when the schema is put together. */
@ObjectType()
abstract class Payload {
  @Field(() => [UserError], { description: 'Why it was not done, where the user can mend it; empty if it was done.' })
  userErrors!: UserError[];
}

@ObjectType('RegisterAccountPayload', { description: 'What registering an account came to.' })
export class RegisterAccountPayload extends Payload {
  @Field(() => Account, { nullable: true, description: 'The account. Nobody is signed in yet.' })
  account?: Account | null;
}

@ObjectType('SignInPayload', { description: 'What signing in came to.' })
export class SignInPayload extends Payload {
  @Field(() => SignInOutcome, { nullable: true, description: 'What is to be done next; null where signing in failed.' })
  outcome?: SignedIn | MfaChallengeRequired | null;
}

@ObjectType('AnswerMfaChallengePayload', { description: 'What answering the challenge at sign-in came to.' })
export class AnswerMfaChallengePayload extends Payload {
  @Field(() => SignInOutcome, {
    nullable: true,
    description: 'What is to be done next; null where the answer was wrong.',
  })
  outcome?: SignedIn | MfaChallengeRequired | null;
}

@ObjectType('SignOutPayload', { description: 'Nobody is signed in any more.' })
export class SignOutPayload extends Payload {}

@ObjectType('CreateSubUserPayload', { description: 'What creating a sub-user came to.' })
export class CreateSubUserPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The sub-user.' })
  user?: User | null;
}

@ObjectType('StartMfaEnrollmentPayload', { description: 'What starting a set-up came to.' })
export class StartMfaEnrollmentPayload extends Payload {
  @Field(() => MfaEnrollment, { nullable: true, description: 'The set-up, with the seed, which is shown this once.' })
  enrollment?: MfaEnrollment | null;
}

@ObjectType('EnableMfaPayload', { description: 'What enabling a device came to.' })
export class EnableMfaPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user whose device it is.' })
  user?: User | null;

  @Field(() => SignInOutcome, {
    nullable: true,
    description: 'The session, which has now proven a second factor and has a new token.',
  })
  outcome?: SignedIn | MfaChallengeRequired | null;

  @Field(() => [RecommendationEnum], { description: 'What makes the account safer still.' })
  recommendations!: string[];
}

@ObjectType('CancelMfaEnrollmentPayload', { description: 'What giving up a set-up came to.' })
export class CancelMfaEnrollmentPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user whose set-up it was.' })
  user?: User | null;
}

@ObjectType('VerifyOperationPayload', { description: 'What answering a challenge came to.' })
export class VerifyOperationPayload extends Payload {
  @Field(() => OperationChallengeType, {
    nullable: true,
    description: 'The challenge, answered: send its operation again, with its id, before it expires.',
  })
  challenge?: OperationChallengeType | null;
}

@ObjectType('UnlockUserPayload', { description: 'What unlocking a user came to.' })
export class UnlockUserPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user.' })
  user?: User | null;
}

/** The payload types, each of which gets the field `query`. */
export const PAYLOAD_TYPES = [
  'RegisterAccountPayload',
  'SignInPayload',
  'AnswerMfaChallengePayload',
  'SignOutPayload',
  'CreateSubUserPayload',
  'StartMfaEnrollmentPayload',
  'EnableMfaPayload',
  'CancelMfaEnrollmentPayload',
  'VerifyOperationPayload',
  'UnlockUserPayload',
];
