import { registrationAbandoned } from '../account/events.js';
import { eventType, type EventOf } from '../event.js';
import { id, nullable, oneOf } from '../field.js';

export const USER_KINDS = ['PRIMARY', 'SUB_USER'] as const;

/** `PRIMARY`: the user of the primary account itself. `SUB_USER`: one that it owns. */
export type UserKind = (typeof USER_KINDS)[number];

export const ROLES = ['MEMBER', 'ADMIN', 'AUDITOR'] as const;

/** `MEMBER`: own security only. `ADMIN`: manages the account's sub-users. `AUDITOR`: reads the audit trail. */
export type Role = (typeof ROLES)[number];

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
};

export type UserEvent = EventOf<typeof userEvents>;
