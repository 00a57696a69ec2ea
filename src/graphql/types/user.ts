import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { areFew } from '../../domain/mfa/recovery-codes.js';
import type { RequirementStart } from '../../domain/mfa/events.js';
import type { Role, UserKind } from '../../domain/user/events.js';
import type { UserView } from '../../projections/users/user-queries.js';
import { RequirementStartEnum, RoleEnum, UserKindEnum } from './enums.js';
import { Node } from './node.js';
import { TrustedDevice, trustedDevicesOf } from './trusted-device.js';
import { listOf } from '../costs/weights.js';

@ObjectType('Account', { description: 'A primary account, which owns its users.' })
export class Account {
  @Field(() => ID, { description: 'The id; opaque.' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The alias by which sub-users sign in; null where it was erased.',
  })
  alias!: string | null;
}

@ObjectType('PendingEnrollment', { description: 'A virtual MFA device that is being set up and was not proven yet.' })
export class PendingEnrollment {
  @Field(() => ID, { description: 'Names the set-up, in `enableMfa` and `cancelMfaEnrollment`.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'What the device is to be called.' })
  deviceName!: string | null;

  @Field(() => GraphQLDateTime, { description: 'When the set-up is void.' })
  expiresAt!: Date;
}

@ObjectType('MfaState', { description: "A user's virtual MFA." })
export class MfaStateType {
  @Field(() => Boolean, { description: 'Whether codes of a virtual MFA device are asked for at sign-in.' })
  enabled!: boolean;

  @Field(() => Boolean, { description: 'Whether the user has to have a virtual MFA device.' })
  required!: boolean;

  @Field(() => RequirementStartEnum, {
    nullable: true,
    description: 'From when on it is required; null where it is not.',
  })
  requiredFrom!: RequirementStart | null;

  @Field(() => ID, { nullable: true, description: 'The device; null where there is none.' })
  deviceId!: string | null;

  @Field(() => String, { nullable: true, description: 'What the device is called.' })
  deviceName!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When the device was enabled.' })
  enabledAt!: Date | null;

  @Field(() => PendingEnrollment, { nullable: true, description: 'The device that is being set up, if there is one.' })
  pendingEnrollment!: PendingEnrollment | null;

  @Field(() => Boolean, { description: 'Whether codes are not checked for now, after too many wrong ones in a row.' })
  locked!: boolean;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'When codes are checked again; null where it is not locked, or only unlocking helps.',
  })
  lockedUntil!: Date | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many recovery codes are left; null where none were generated since MFA was enabled.',
  })
  recoveryCodesLeft!: number | null;

  @Field(() => Boolean, {
    description: 'Whether so few recovery codes are left, two or less, that others should be generated.',
  })
  recoveryCodesLow!: boolean;

  @Field(() => [TrustedDevice], {
    complexity: listOf(20),
    description: 'The browsers in which no code is asked for at sign-in; the oldest first, at most 20.',
  })
  trustedDevices!: TrustedDevice[];
}

@ObjectType('User', {
  implements: Node,
  description: 'A user of the console: the primary of an account, or a sub-user.',
})
export class User extends Node {
  @Field(() => UserKindEnum, { description: 'Primary or sub-user.' })
  kind!: UserKind;

  @Field(() => RoleEnum, {
    nullable: true,
    description: 'What a sub-user may do; null for the primary, who may do everything.',
  })
  role!: Role | null;

  @Field(() => String, { nullable: true, description: "The name to sign in by; the primary's is its e-mail address." })
  username!: string | null;

  @Field(() => String, { nullable: true, description: 'What the user is called on screen.' })
  displayName!: string | null;

  @Field(() => String, { nullable: true, description: 'The e-mail address, if one is known.' })
  email!: string | null;

  @Field(() => Account, { description: 'The account that the user belongs to.' })
  account!: Account;

  @Field(() => MfaStateType, { description: 'The virtual MFA of the user.' })
  mfa!: MfaStateType;

  @Field(() => Boolean, {
    description: 'Whether every sensitive operation of the user needs a verification of its own.',
  })
  operationProtection!: boolean;

  @Field(() => GraphQLDateTime, { description: 'When the user was created.' })
  createdAt!: Date;
}

function dateOf(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}

/** What the state of a user's virtual MFA is shown from. */
export type MfaView = Pick<
  UserView,
  | 'deviceId'
  | 'deviceName'
  | 'enabledAt'
  | 'pendingId'
  | 'pendingName'
  | 'pendingExpiresAt'
  | 'required'
  | 'locked'
  | 'lockedUntil'
  | 'recoveryCodesLeft'
  | 'trustedDevices'
>;

function pendingOf(view: MfaView, now: string): PendingEnrollment | null {
  const { pendingId: id, pendingName: deviceName, pendingExpiresAt } = view;
  if (id === null || pendingExpiresAt === null || pendingExpiresAt <= now) return null;
  return { id, deviceName, expiresAt: new Date(pendingExpiresAt) };
}

/** The state of a user's virtual MFA as the API shows it at a moment. */
export function mfaOf(view: MfaView, now: string): MfaStateType {
  const { deviceId, deviceName, enabledAt, lockedUntil, recoveryCodesLeft, required: requiredFrom } = view;
  const locked = view.locked === 1 && (lockedUntil === null || lockedUntil > now);
  return {
    ...{ deviceId, deviceName, locked, requiredFrom, enabled: deviceId !== null, required: requiredFrom !== null },
    enabledAt: dateOf(enabledAt),
    pendingEnrollment: pendingOf(view, now),
    lockedUntil: locked ? dateOf(lockedUntil) : null,
    ...{ recoveryCodesLeft, recoveryCodesLow: areFew(recoveryCodesLeft) },
    trustedDevices: trustedDevicesOf(view.trustedDevices, now),
  };
}

/** A user as the API shows it at a moment. */
export function userOf(view: UserView, now: string): User {
  const { userId: id, kind, role, username, displayName, email, accountId, alias, createdAt } = view;
  return Object.assign(new User(), {
    ...{ id, kind, role, username, displayName, email },
    account: { id: accountId, alias },
    mfa: mfaOf(view, now),
    operationProtection: view.operationProtection === 1,
    createdAt: new Date(createdAt),
  });
}
