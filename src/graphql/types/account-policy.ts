import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { AccountPolicy } from '../../domain/account/policy.js';

const MEANINGS = {
  trustedDeviceDays:
    'Days for which a browser may be trusted, so that no code is asked for at sign-ins with it: 0 to 7; 0: none is.',
  codesToEnable: 'Codes that enabling a device takes: 1, or 2 that follow each other.',
  sessionIdleMinutes: 'Minutes without use after which a session ends: 15 to 720, at most `sessionAbsoluteMinutes`.',
  sessionAbsoluteMinutes: 'Minutes after which a session ends, whatever happens: 15 to 720.',
  newSubUsersMustEnableMfa:
    'Whether every sub-user that is created from now on has to enable a virtual MFA device at its first sign-in.',
} as const;

@ObjectType('AccountPolicy', { description: 'What the primary has laid down for all users of the account.' })
export class AccountPolicyType {
  @Field(() => Int, { description: MEANINGS.trustedDeviceDays })
  trustedDeviceDays!: number;

  @Field(() => Int, { description: MEANINGS.codesToEnable })
  codesToEnable!: number;

  @Field(() => Int, { description: MEANINGS.sessionIdleMinutes })
  sessionIdleMinutes!: number;

  @Field(() => Int, { description: MEANINGS.sessionAbsoluteMinutes })
  sessionAbsoluteMinutes!: number;

  @Field(() => Boolean, { description: MEANINGS.newSubUsersMustEnableMfa })
  newSubUsersMustEnableMfa!: boolean;
}

@InputType('AccountPolicyPreviewInput', { description: 'A policy to be tried; what is left out is as it is now.' })
export class AccountPolicyPreviewInput {
  @Field(() => Int, { nullable: true, description: MEANINGS.trustedDeviceDays })
  trustedDeviceDays?: number | null;

  @Field(() => Int, { nullable: true, description: MEANINGS.codesToEnable })
  codesToEnable?: number | null;

  @Field(() => Int, { nullable: true, description: MEANINGS.sessionIdleMinutes })
  sessionIdleMinutes?: number | null;

  @Field(() => Int, { nullable: true, description: MEANINGS.sessionAbsoluteMinutes })
  sessionAbsoluteMinutes?: number | null;

  @Field(() => Boolean, { nullable: true, description: MEANINGS.newSubUsersMustEnableMfa })
  newSubUsersMustEnableMfa?: boolean | null;
}

/** A policy as the API shows it. */
export function accountPolicyOf(policy: AccountPolicy): AccountPolicyType {
  return {
    trustedDeviceDays: policy.trustedDeviceDays,
    codesToEnable: policy.codesToEnable,
    sessionIdleMinutes: policy.idleMinutes,
    sessionAbsoluteMinutes: policy.absoluteMinutes,
    newSubUsersMustEnableMfa: policy.newSubUsersNeedMfa,
  };
}

/** What of a policy an input names; what is left out, or null, is to stay as it is. */
export function policyChangesOf(input: AccountPolicyPreviewInput): Partial<AccountPolicy> {
  const { trustedDeviceDays, codesToEnable, sessionIdleMinutes, sessionAbsoluteMinutes } = input;
  const named = {
    trustedDeviceDays,
    codesToEnable,
    idleMinutes: sessionIdleMinutes,
    absoluteMinutes: sessionAbsoluteMinutes,
    newSubUsersNeedMfa: input.newSubUsersMustEnableMfa,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined && value !== null));
}

/** The policy to be laid down, and the challenge that was answered for it, if one was asked for. */
@InputType('SetAccountPolicyInput', {
  description: 'What is to hold for all users of the account; what is left out stays.',
})
export class SetAccountPolicyInput extends AccountPolicyPreviewInput {
  @Field(() => ID, {
    nullable: true,
    description: 'The challenge that was answered, where one was asked for; without one it is asked for if need be.',
  })
  challengeId?: string | null;
}
