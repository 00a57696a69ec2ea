import { Field, ID, ObjectType } from 'type-graphql';
import { AccountPolicyType } from './account-policy.js';
import { AuditToken } from './audit-token.js';
import { RecommendationEnum } from './enums.js';
import { VerificationGrantRedemption } from './grant-redemption.js';
import { MfaEnrollment } from './enrollment.js';
import { OperationChallengeType } from './operation-challenge.js';
import { ServiceCredential } from './service-credential.js';
import { SignInOutcome, type SignInOutcomeType } from './session.js';
import { Account, User } from './user.js';
import { UserError } from './user-error.js';
import { listOf } from '../costs/weights.js';

/** What every mutation answers with; `query` is added to each when the schema is put together. */
@ObjectType()
abstract class Payload {
  @Field(() => [UserError], {
    complexity: listOf(10),
    description: 'Why it was not done, where the user can mend it; empty if it was done.',
  })
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
  outcome?: SignInOutcomeType | null;
}

@ObjectType('AnswerMfaChallengePayload', { description: 'What answering the challenge at sign-in came to.' })
export class AnswerMfaChallengePayload extends Payload {
  @Field(() => SignInOutcome, {
    nullable: true,
    description: 'What is to be done next; null where the answer was wrong.',
  })
  outcome?: SignInOutcomeType | null;
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
  outcome?: SignInOutcomeType | null;

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

  @Field(() => String, {
    nullable: true,
    description:
      'For an operation of another service: the grant, a signed JWT (JWS, EdDSA), shown this once. Hand it to that service within 5 minutes; whoever has it can have the operation carried out. Else null.',
  })
  grant?: string | null;
}

@ObjectType('UnlockUserPayload', { description: 'What unlocking a user came to.' })
export class UnlockUserPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user.' })
  user?: User | null;
}

@ObjectType('DisableMfaPayload', { description: 'What disabling a device came to.' })
export class DisableMfaPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user whose device it was.' })
  user?: User | null;
}

@ObjectType('GenerateRecoveryCodesPayload', { description: 'What generating recovery codes came to.' })
export class GenerateRecoveryCodesPayload extends Payload {
  @Field(() => [String], {
    nullable: true,
    description:
      'The codes, shown this once, for their owner alone: 24 letters and digits each, in six groups. Case, spaces and hyphens do not matter when one is entered.',
  })
  recoveryCodes?: string[] | null;

  @Field(() => User, { nullable: true, description: 'The user whose codes they are.' })
  user?: User | null;
}

@ObjectType('RevokeTrustedDevicesPayload', { description: 'What revoking trusted browsers came to.' })
export class RevokeTrustedDevicesPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user whose browsers they were.' })
  user?: User | null;
}

@ObjectType('RequireSubUserMfaPayload', { description: 'What requiring a device came to.' })
export class RequireSubUserMfaPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The sub-user.' })
  user?: User | null;
}

@ObjectType('WaiveSubUserMfaPayload', { description: 'What waiving the requirement came to.' })
export class WaiveSubUserMfaPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The sub-user.' })
  user?: User | null;
}

@ObjectType('RenameUserPayload', { description: 'What renaming came to.' })
export class RenameUserPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The sub-user.' })
  user?: User | null;
}

@ObjectType('AssignRolePayload', { description: 'What assigning a role came to.' })
export class AssignRolePayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The sub-user.' })
  user?: User | null;
}

@ObjectType('ResetSubUserPasswordPayload', { description: 'What resetting a password came to.' })
export class ResetSubUserPasswordPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The sub-user.' })
  user?: User | null;
}

@ObjectType('ChangePasswordPayload', { description: 'What changing the password came to.' })
export class ChangePasswordPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user; null until the session is full.' })
  user?: User | null;

  @Field(() => SignInOutcome, {
    nullable: true,
    description: 'Where the session stands now, if the password had to be changed first.',
  })
  outcome?: SignInOutcomeType | null;
}

@ObjectType('DeleteSubUserPayload', { description: 'What deleting a sub-user came to.' })
export class DeleteSubUserPayload extends Payload {
  @Field(() => ID, { nullable: true, description: 'The id of the sub-user that is gone.' })
  deletedUserId?: string | null;
}

@ObjectType('RevokeSessionPayload', { description: 'What ending a session came to.' })
export class RevokeSessionPayload extends Payload {
  @Field(() => ID, { nullable: true, description: 'The id of the session that is over.' })
  revokedSessionId?: string | null;
}

@ObjectType('EraseUserPayload', { description: 'What erasing a sub-user came to.' })
export class EraseUserPayload extends Payload {
  @Field(() => ID, { nullable: true, description: 'The id of the sub-user of whom nothing else is known any more.' })
  erasedUserId?: string | null;
}

@ObjectType('CreateAuditTokenPayload', { description: 'What making an audit token came to.' })
export class CreateAuditTokenPayload extends Payload {
  @Field(() => AuditToken, { nullable: true, description: 'The token, as it is listed.' })
  auditToken?: AuditToken | null;

  @Field(() => String, {
    nullable: true,
    description: 'The token itself, shown this once, to be sent as `Authorization: Bearer`.',
  })
  token?: string | null;
}

@ObjectType('RevokeAuditTokenPayload', { description: 'What revoking an audit token came to.' })
export class RevokeAuditTokenPayload extends Payload {
  @Field(() => AuditToken, { nullable: true, description: 'The token, which is void.' })
  auditToken?: AuditToken | null;
}

@ObjectType('CancelAccountRecoveryPayload', { description: 'What calling off the recovery of the account came to.' })
export class CancelAccountRecoveryPayload extends Payload {
  @Field(() => ID, { nullable: true, description: 'The recovery that was called off, as events name it.' })
  cancelledRecoveryId?: string | null;
}

@ObjectType('CreateServiceCredentialPayload', { description: 'What making a service credential came to.' })
export class CreateServiceCredentialPayload extends Payload {
  @Field(() => ServiceCredential, { nullable: true, description: 'The credential, as it is listed.' })
  serviceCredential?: ServiceCredential | null;

  @Field(() => String, {
    nullable: true,
    description: 'The credential itself, shown this once, to be sent as `Authorization: Bearer`.',
  })
  credential?: string | null;
}

@ObjectType('RevokeServiceCredentialPayload', { description: 'What revoking a service credential came to.' })
export class RevokeServiceCredentialPayload extends Payload {
  @Field(() => ServiceCredential, { nullable: true, description: 'The credential, which is void.' })
  serviceCredential?: ServiceCredential | null;
}

@ObjectType('RequestOperationVerificationPayload', {
  description: 'What asking for a verification of an operation of another service came to.',
})
export class RequestOperationVerificationPayload extends Payload {
  @Field(() => OperationChallengeType, {
    nullable: true,
    description: 'The challenge to answer with `verifyOperation`.',
  })
  challenge?: OperationChallengeType | null;
}

@ObjectType('RedeemVerificationGrantPayload', { description: 'What redeeming a grant came to.' })
export class RedeemVerificationGrantPayload extends Payload {
  @Field(() => VerificationGrantRedemption, {
    nullable: true,
    description: 'The redemption; null where the operation must not be carried out.',
  })
  redemption?: VerificationGrantRedemption | null;
}

@ObjectType('SetAccountPolicyPayload', { description: 'What laying down a policy came to.' })
export class SetAccountPolicyPayload extends Payload {
  @Field(() => AccountPolicyType, { nullable: true, description: 'All of the policy, as it is now.' })
  policy?: AccountPolicyType | null;
}

/** The payload types, each of which gets the field `query`. */
export const PAYLOAD_TYPES = [
  'CancelAccountRecoveryPayload',
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
  'DisableMfaPayload',
  'GenerateRecoveryCodesPayload',
  'RevokeTrustedDevicesPayload',
  'RequireSubUserMfaPayload',
  'WaiveSubUserMfaPayload',
  'RenameUserPayload',
  'AssignRolePayload',
  'ResetSubUserPasswordPayload',
  'ChangePasswordPayload',
  'DeleteSubUserPayload',
  'RevokeSessionPayload',
  'EraseUserPayload',
  'CreateAuditTokenPayload',
  'RevokeAuditTokenPayload',
  'CreateServiceCredentialPayload',
  'RevokeServiceCredentialPayload',
  'RequestOperationVerificationPayload',
  'RedeemVerificationGrantPayload',
  'SetAccountPolicyPayload',
];

@ObjectType('SetOperationProtectionPayload', { description: 'What switching operation protection came to.' })
export class SetOperationProtectionPayload extends Payload {
  @Field(() => User, { nullable: true, description: 'The user whose operation protection it is.' })
  user?: User | null;
}
