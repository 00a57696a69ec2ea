import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, InputType } from 'type-graphql';
import type { AuditOutcome } from '../../audit/description.js';
import type { Transport } from '../../domain/session/events.js';
import type { Role } from '../../domain/user/events.js';
import { AuditEventTypeEnum, AuditOutcomeEnum, RoleEnum, TransportEnum } from './enums.js';

@InputType('RegisterAccountInput', { description: 'A primary account to register.' })
export class RegisterAccountInput {
  @Field(() => String, {
    description: 'The alias by which sub-users sign in: 3 to 63 lower-case letters, digits and single hyphens.',
  })
  alias!: string;

  @Field(() => String, { description: 'The e-mail address by which the primary signs in.' })
  email!: string;

  @Field(() => String, { description: 'The password: 8 to 128 characters, not one of the most common.' })
  password!: string;
}

@InputType('SignInInput', { description: 'Who signs in.' })
export class SignInInput {
  @Field(() => String, { nullable: true, description: "The account's alias; left out by the primary." })
  account?: string | null;

  @Field(() => String, {
    description: "A sub-user's name or, where no account is given, the primary's e-mail address.",
  })
  username!: string;

  @Field(() => String, { description: 'The password.' })
  password!: string;

  @Field(() => TransportEnum, { defaultValue: 'COOKIE', description: 'How the session token is to travel.' })
  transport!: Transport;
}

@InputType('AnswerMfaChallengeInput', { description: 'The answer to the challenge at sign-in.' })
export class AnswerMfaChallengeInput {
  @Field(() => String, {
    description: 'The six-digit code that the virtual MFA device shows now; spaces and hyphens do not matter.',
  })
  code!: string;
}

@InputType('CreateSubUserInput', { description: 'A sub-user to create.' })
export class CreateSubUserInput {
  @Field(() => String, {
    description: 'The name to sign in by: 1 to 64 letters, digits and + = , . @ _ -, unique in the account.',
  })
  username!: string;

  @Field(() => String, { nullable: true, description: 'What the user is called on screen; the user name if left out.' })
  displayName?: string | null;

  @Field(() => String, { nullable: true, description: 'The e-mail address, if it is to be kept.' })
  email?: string | null;

  @Field(() => String, { description: 'The first password: 8 to 128 characters, not one of the most common.' })
  password!: string;

  @Field(() => RoleEnum, { defaultValue: 'MEMBER', description: 'What the sub-user may do.' })
  role!: Role;
}

@InputType('StartMfaEnrollmentInput', { description: 'A virtual MFA device to set up.' })
export class StartMfaEnrollmentInput {
  @Field(() => String, {
    defaultValue: 'Virtual MFA device',
    description: 'What the device is to be called: 1 to 64 characters.',
  })
  deviceName!: string;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered, where one was asked for.' })
  challengeId?: string | null;
}

@InputType('EnableMfaInput', { description: 'The proof that the authenticator has the seed.' })
export class EnableMfaInput {
  @Field(() => ID, { description: 'The set-up.' })
  enrollmentId!: string;

  @Field(() => String, {
    description: 'The six-digit code that the authenticator shows now; spaces and hyphens do not matter.',
  })
  code!: string;
}

@InputType('CancelMfaEnrollmentInput', { description: 'The set-up to give up.' })
export class CancelMfaEnrollmentInput {
  @Field(() => ID, { description: 'The set-up.' })
  enrollmentId!: string;
}

@InputType('VerifyOperationInput', { description: 'The answer to a challenge: exactly one of its methods.' })
export class VerifyOperationInput {
  @Field(() => ID, { description: 'The challenge.' })
  challengeId!: string;

  @Field(() => String, { nullable: true, description: 'The six-digit code that the virtual MFA device shows now.' })
  code?: string | null;

  @Field(() => String, { nullable: true, description: 'The password, where the challenge offers it.' })
  password?: string | null;
}

@InputType('UnlockUserInput', { description: 'The user to unlock.' })
export class UnlockUserInput {
  @Field(() => ID, { description: 'The user; never oneself.' })
  userId!: string;
}

@InputType('AuditEventFilter', {
  description: 'Which events; what is left out does not narrow. All that is given must hold.',
})
export class AuditEventFilter {
  @Field(() => [AuditEventTypeEnum], { nullable: true, description: 'Of one of these types.' })
  types?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Made to happen by this user.' })
  actorId?: string | null;

  @Field(() => ID, { nullable: true, description: 'About this user.' })
  subjectId?: string | null;

  @Field(() => AuditOutcomeEnum, { nullable: true, description: 'With this outcome.' })
  outcome?: AuditOutcome | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'At this moment or later.' })
  since?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'Before this moment.' })
  until?: Date | null;
}
