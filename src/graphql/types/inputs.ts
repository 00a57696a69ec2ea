import { Field, ID, InputType, Int } from 'type-graphql';
import type { AuditScope } from '../../domain/account/events.js';
import type { RequirementStart } from '../../domain/mfa/events.js';
import type { Transport } from '../../domain/session/events.js';
import type { Role } from '../../domain/user/events.js';
import { AuditScopeEnum, RequirementStartEnum, RoleEnum, TransportEnum } from './enums.js';

/** What an operation is sent with that may ask for a verification. */
@InputType()
abstract class GuardedInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The challenge that was answered, where one was asked for; without one it is asked for if need be.',
  })
  challengeId?: string | null;
}

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

@InputType('AnswerMfaChallengeInput', {
  description: 'The answer to the challenge at sign-in: exactly one of the methods that it lists.',
})
export class AnswerMfaChallengeInput {
  @Field(() => String, {
    nullable: true,
    description: 'The six-digit code that the virtual MFA device shows now; spaces and hyphens do not matter.',
  })
  code?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A recovery code, which is used up; case, spaces and hyphens do not matter.',
  })
  recoveryCode?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether no code is to be asked for in this browser at the next sign-ins, for as many days as the account policy allows. Only with the transport `COOKIE`.',
  })
  trustDevice!: boolean;
}

@InputType('CreateSubUserInput', { description: 'A sub-user to create.' })
export class CreateSubUserInput extends GuardedInput {
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

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Whether the sub-user has to enable a virtual MFA device at its first sign-in. It has to, whatever stands here, where the account policy says so of all new sub-users.',
  })
  requireMfa!: boolean;
}

@InputType('StartMfaEnrollmentInput', { description: 'A virtual MFA device to set up.' })
export class StartMfaEnrollmentInput {
  @Field(() => ID, { nullable: true, description: 'Whose device; oneself if left out.' })
  userId?: string | null;

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
    description:
      'The six-digit code that the authenticator shows now, or, where two are given, has shown just before; spaces and hyphens do not matter.',
  })
  code!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The code right after it. To be given where `Viewer.codesToEnable` is 2; where it is 1, two prove more, and are held to the same.',
  })
  nextCode?: string | null;
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

  @Field(() => String, {
    nullable: true,
    description: 'A recovery code, which is used up; case, spaces and hyphens do not matter.',
  })
  recoveryCode?: string | null;

  @Field(() => String, { nullable: true, description: 'The password, where the challenge offers it.' })
  password?: string | null;
}

@InputType('UnlockUserInput', { description: 'The user to unlock.' })
export class UnlockUserInput extends GuardedInput {
  @Field(() => ID, { description: 'The user; never oneself.' })
  userId!: string;
}

@InputType('DisableMfaInput', { description: 'The virtual MFA device to disable.' })
export class DisableMfaInput {
  @Field(() => ID, { nullable: true, description: 'Whose device; oneself if left out.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered.' })
  challengeId?: string | null;
}

@InputType('GenerateRecoveryCodesInput', { description: 'Recovery codes to generate for oneself.' })
export class GenerateRecoveryCodesInput {
  @Field(() => ID, { nullable: true, description: 'The challenge that was answered, where one was asked for.' })
  challengeId?: string | null;
}

@InputType('RevokeTrustedDevicesInput', { description: 'Whose browsers are to be trusted no more.' })
export class RevokeTrustedDevicesInput {
  @Field(() => ID, { nullable: true, description: 'Of whom; oneself if left out.' })
  userId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered, where one was asked for.' })
  challengeId?: string | null;
}

@InputType('RequireSubUserMfaInput', { description: 'Of whom a virtual MFA device is required.' })
export class RequireSubUserMfaInput extends GuardedInput {
  @Field(() => ID, { description: 'The sub-user.' })
  userId!: string;

  @Field(() => RequirementStartEnum, { defaultValue: 'NEXT_SIGN_IN', description: 'From when on.' })
  effective!: RequirementStart;
}

@InputType('WaiveSubUserMfaInput', { description: 'Of whom a virtual MFA device is required no more.' })
export class WaiveSubUserMfaInput {
  @Field(() => ID, { description: 'The sub-user.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'Why, for the audit trail: at most 256 characters.' })
  reason?: string | null;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered.' })
  challengeId?: string | null;
}

@InputType('RenameUserInput', { description: 'The new names of a sub-user.' })
export class RenameUserInput extends GuardedInput {
  @Field(() => ID, { description: 'The sub-user.' })
  userId!: string;

  @Field(() => String, { nullable: true, description: 'The new name to sign in by; left out, it stays.' })
  username?: string | null;

  @Field(() => String, { nullable: true, description: 'What the user is to be called on screen; left out, it stays.' })
  displayName?: string | null;
}

@InputType('DeleteSubUserInput', { description: 'The sub-user to delete.' })
export class DeleteSubUserInput extends GuardedInput {
  @Field(() => ID, { description: 'The sub-user.' })
  userId!: string;
}

@InputType('AssignRoleInput', { description: 'The new role of a sub-user.' })
export class AssignRoleInput extends GuardedInput {
  @Field(() => ID, { description: 'The sub-user.' })
  userId!: string;

  @Field(() => RoleEnum, { description: 'What it may do from now on.' })
  role!: Role;
}

@InputType('ResetSubUserPasswordInput', { description: 'A new password for a sub-user.' })
export class ResetSubUserPasswordInput extends GuardedInput {
  @Field(() => ID, { description: 'The sub-user.' })
  userId!: string;

  @Field(() => String, {
    description: 'The password that it signs in with once, to choose its own: 8 to 128 characters.',
  })
  newPassword!: string;
}

@InputType('ChangePasswordInput', { description: 'A new password for oneself.' })
export class ChangePasswordInput {
  @Field(() => String, {
    description: 'The password: 8 to 128 characters, not one of the most common, not the one before.',
  })
  newPassword!: string;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered, where one was asked for.' })
  challengeId?: string | null;
}

@InputType('RevokeSessionInput', { description: 'The session to end.' })
export class RevokeSessionInput extends GuardedInput {
  @Field(() => ID, { description: 'The session: one of oneself, or of a user whom one manages.' })
  sessionId!: string;
}

@InputType('EraseUserInput', { description: 'The deleted sub-user whose personal values are to be forgotten.' })
export class EraseUserInput extends GuardedInput {
  @Field(() => ID, { description: 'The sub-user, who is deleted already.' })
  userId!: string;
}

@InputType('CreateAuditTokenInput', { description: 'A token by which a program is to read the audit trail.' })
export class CreateAuditTokenInput {
  @Field(() => String, { description: 'What it is to be called: 1 to 64 characters.' })
  name!: string;

  @Field(() => [AuditScopeEnum], { description: 'What it is to be good for.' })
  scopes!: AuditScope[];

  @Field(() => Int, { defaultValue: 90, description: 'In how many days it is void by itself: 1 to 366.' })
  expiresInDays!: number;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered.' })
  challengeId?: string | null;
}

@InputType('RevokeAuditTokenInput', { description: 'The audit token to make void.' })
export class RevokeAuditTokenInput extends GuardedInput {
  @Field(() => ID, { description: 'The token: its id, not the token itself.' })
  tokenId!: string;
}

@InputType('SetOperationProtectionInput', { description: 'Whose operation protection, and whether it is to be on.' })
export class SetOperationProtectionInput extends GuardedInput {
  @Field(() => ID, { nullable: true, description: 'Whose; oneself if left out.' })
  userId?: string | null;

  @Field(() => Boolean, { description: 'Whether it is to be on.' })
  enabled!: boolean;
}

@InputType('CreateServiceCredentialInput', { description: 'A credential for another service.' })
export class CreateServiceCredentialInput {
  @Field(() => String, { description: 'What it is to be called: 1 to 64 characters.' })
  name!: string;

  @Field(() => String, {
    description:
      'The service whose grants it redeems: 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
  })
  service!: string;

  @Field(() => ID, { nullable: true, description: 'The challenge that was answered.' })
  challengeId?: string | null;
}

@InputType('RevokeServiceCredentialInput', { description: 'The service credential to revoke.' })
export class RevokeServiceCredentialInput extends GuardedInput {
  @Field(() => ID, { description: 'The credential: its id, not the credential itself.' })
  credentialId!: string;
}

@InputType('RequestOperationVerificationInput', { description: 'An operation of another service, to be verified.' })
export class RequestOperationVerificationInput {
  @Field(() => String, { description: 'The service, as its credential names it.' })
  service!: string;

  @Field(() => String, {
    description:
      "What is to be done, in the service's words, such as `vm:DeleteInstance`: 1 to 128 letters, digits and : . _ - / *",
  })
  operation!: string;

  @Field(() => String, { description: 'What it is to be done to, such as `i-123`: 1 to 256 printable characters.' })
  resource!: string;

  @Field(() => String, {
    description: "The service's digest of the arguments: SHA-256 in base64url, 43 characters without padding.",
  })
  argumentsDigest!: string;
}

@InputType('RedeemVerificationGrantInput', { description: 'The grant to redeem.' })
export class RedeemVerificationGrantInput {
  @Field(() => String, { description: 'The grant, as `verifyOperation` answered it.' })
  grant!: string;
}
