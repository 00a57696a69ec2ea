import { registrationAbandoned } from '../account/events.js';
import { eventType, type EventOf } from '../event.js';
import { id, nullable, oneOf } from '../field.js';

export const USER_KINDS = ['PRIMARY', 'SUB_USER'] as const;

/** `PRIMARY`: the user of the primary account itself. `SUB_USER`: one that it owns. */
export type UserKind = (typeof USER_KINDS)[number];

export const ROLES = ['MEMBER', 'ADMIN', 'AUDITOR'] as const;

/** `MEMBER`: own security only. `ADMIN`: manages the account's sub-users. `AUDITOR`: reads the audit trail. */
export type Role = (typeof ROLES)[number];

const subject = {
  accountId: id('the account'),
  userId: id('the user'),
};

const newCredential = {
  credentialId: id('names the new password hash in the vault'),
  oldCredentialId: id('names the hash that is void, and is destroyed'),
};

export const userEvents = {
  UserCreated: eventType(
    'user',
    'A user came about: a sub-user at once, a primary as soon as its account is registered.',
    {
      accountId: id('the account'),
      userId: id('the user'),
      kind: oneOf('primary or sub-user', USER_KINDS),
      role: nullable(oneOf("a sub-user's role; null for the primary, who may do all of it", ROLES)),
      credentialId: id('names the password hash in the vault'),
      personId: id("names the key of this person's personal values in the vault"),
    },
    ['username', 'displayName', 'email'],
  ),
  RegistrationAbandoned: registrationAbandoned,
  UserRenamed: eventType('user', 'A user has another name, or is called otherwise on screen.', subject, [
    'username',
    'displayName',
  ]),
  UserRenameAbandoned: eventType(
    'user',
    'A new name that was set aside for a user, and never taken on, was given to somebody else.',
    subject,
  ),
  RoleAssigned: eventType('user', 'A sub-user may do other things from now on.', {
    ...subject,
    role: oneOf('the role', ROLES),
  }),
  PasswordChanged: eventType('user', 'A user chose a new password; its other sessions ended.', {
    ...subject,
    ...newCredential,
  }),
  PasswordReset: eventType(
    'user',
    'A user was given a new password, to be changed at the next sign-in; its sessions ended.',
    { ...subject, ...newCredential },
  ),
  OperationProtectionEnabled: eventType(
    'user',
    'Sensitive operations of a user need a verification of their own from now on.',
    subject,
  ),
  OperationProtectionDisabled: eventType('user', 'Only the operations that always need a verification still do.', {
    ...subject,
    challengeId: id('the verification that was used'),
  }),
  UserDeleted: eventType('user', 'A sub-user is gone; its sessions ended, its name is free.', subject),
  UserErased: eventType(
    'user',
    'What a deleted user was called, and where it came from, is forgotten: the key of these values is destroyed.',
    { ...subject, personId: id("names the key of this person's personal values, which is destroyed") },
  ),
};

export type UserEvent = EventOf<typeof userEvents>;
