import { registerEnumType } from 'type-graphql';
import { REFUSAL_RULES } from '../../audit/refusal.js';
import { SUMMARY_LANGUAGES } from '../../audit/sentence.js';
import { AUDIT_CATEGORIES, AUDIT_OUTCOMES, TRAIL_EVENT_TYPES } from '../../audit/description.js';
import { EXISTENCES } from '../../application/look-back.js';
import { AUDIT_SCOPES } from '../../domain/account/events.js';
import { ACTOR_KINDS } from '../../domain/event.js';
import { catalogue } from '../../domain/catalogue.js';
import { GUARDED_OPERATIONS } from '../../domain/operation/guarded-operations.js';
import { REQUIREMENT_STARTS } from '../../domain/mfa/events.js';
import { VERIFICATION_METHODS } from '../../domain/operation/method.js';
import { REJECTION_CODES } from '../../domain/rejection.js';
import { TRANSPORTS } from '../../domain/session/events.js';
import { SESSION_STAGES } from '../../domain/session/standing.js';
import { ROLES, USER_KINDS } from '../../domain/user/events.js';
import { EXPOSURE_CAUSES, EXPOSURE_ENDINGS } from '../../projections/coverage/protection.js';
import { USER_ORDERS } from '../../projections/users/user-queries.js';
import { USER_ERROR_CODES } from '../error-table.js';

export const ORDER_DIRECTIONS = ['ASC', 'DESC'] as const;
export type OrderDirection = (typeof ORDER_DIRECTIONS)[number];

type Words<T extends string> = { readonly [W in T]: W };

/** An enum object of words, as type-graphql takes them; the words name themselves. */
function enumOf<T extends string>(words: readonly T[]): Words<T> {
  return Object.fromEntries(words.map((word) => [word, word])) as Words<T>;
}

function register<T extends string>(
  name: string,
  description: string,
  words: readonly T[],
  meanings: Readonly<Record<T, string>>,
): Words<T> {
  const values = enumOf(words);
  const valuesConfig = Object.fromEntries(words.map((word) => [word, { description: meanings[word] }]));
  registerEnumType(values, { name, description, valuesConfig: valuesConfig as never });
  return values;
}

function pick<T extends string>(words: readonly T[], meaning: (word: T) => string): Readonly<Record<T, string>> {
  return Object.fromEntries(words.map((word) => [word, meaning(word)])) as Record<T, string>;
}

export const ErrorCode = register(
  'ErrorCode',
  'Why something was refused, in a word that stays the same. The message beside it says what to do.',
  USER_ERROR_CODES,
  REJECTION_CODES,
);

export const UserKindEnum = register('UserKind', 'What kind of user this is.', USER_KINDS, {
  PRIMARY: 'The user of the primary account itself, who may do everything in it.',
  SUB_USER: 'A user that the primary account owns; what it may do says its role.',
});

export const RoleEnum = register('Role', 'What a sub-user may do.', ROLES, {
  MEMBER: 'Looks after its own security, and nothing else.',
  ADMIN: "Manages the account's sub-users, except other administrators.",
  AUDITOR: "Reads the account's users and audit trail, and changes nothing but its own security.",
});

export const SessionStageEnum = register('SessionStage', 'What a session must do next.', SESSION_STAGES, {
  MFA_CHALLENGE: 'Give a code of the virtual MFA device; nothing else works until then.',
  PASSWORD_CHANGE: 'Choose a password of your own, since somebody else has set it; nothing else works until then.',
  MFA_ENROLLMENT: 'Enable a virtual MFA device, which is required; nothing else works until then.',
  FULL: 'Nothing: everything that its role allows works.',
});

export const TransportEnum = register('Transport', 'How the session token travels.', TRANSPORTS, {
  COOKIE: 'As a cookie that no script can read: for browsers.',
  BEARER: 'In the answer, to be sent back as `Authorization: Bearer`: for everything else.',
});

export const VerificationMethodEnum = register(
  'VerificationMethod',
  'How somebody can prove that it is really them.',
  VERIFICATION_METHODS,
  {
    VIRTUAL_MFA: 'By the six-digit code that the virtual MFA device shows now.',
    RECOVERY_CODE: 'By one of the recovery codes, which is used up.',
    PASSWORD: 'By the password; offered only while there is no virtual MFA device.',
  },
);

export const GuardedOperationEnum = register(
  'GuardedOperation',
  'An operation that needs a verification of its own.',
  GUARDED_OPERATIONS,
  {
    START_MFA_ENROLLMENT: 'Setting up a virtual MFA device.',
    DISABLE_MFA: 'Disabling a virtual MFA device.',
    WAIVE_SUB_USER_MFA: 'Requiring no virtual MFA device of a sub-user any more.',
    CHANGE_PASSWORD: 'Changing the password.',
    CREATE_AUDIT_TOKEN: 'Creating a token by which a program reads the audit trail.',
    GENERATE_RECOVERY_CODES: 'Generating recovery codes anew.',
    DISABLE_OPERATION_PROTECTION: 'Switching operation protection off.',
    CREATE_SERVICE_CREDENTIAL: 'Creating a credential by which another service redeems grants.',
    SERVICE_OPERATION: 'An operation of another service, which has it verified here.',
    CREATE_SUB_USER: 'Creating a sub-user; where operation protection is on.',
    DELETE_SUB_USER: 'Deleting a sub-user; where operation protection is on.',
    RENAME_USER: 'Renaming a user; where operation protection is on.',
    RESET_SUB_USER_PASSWORD: "Resetting a sub-user's password; where operation protection is on.",
    ASSIGN_ROLE: 'Giving a sub-user another role; where operation protection is on.',
    ERASE_USER: 'Erasing the personal values of a deleted user; where operation protection is on.',
    REQUIRE_SUB_USER_MFA: 'Requiring a virtual MFA device of a sub-user; where operation protection is on.',
    UNLOCK_USER: 'Unlocking a user; where operation protection is on.',
    REVOKE_TRUSTED_DEVICES: 'Revoking trusted browsers; where operation protection is on.',
    REVOKE_SESSION: 'Ending a session other than the own; where operation protection is on.',
    SET_ACCOUNT_POLICY: 'Changing the account policy; where operation protection is on.',
    REVOKE_AUDIT_TOKEN: 'Revoking an audit token; where operation protection is on.',
    REVOKE_SERVICE_CREDENTIAL: 'Revoking a service credential; where operation protection is on.',
    EXPORT_AUDIT_TRAIL: 'Exporting the audit trail; where operation protection is on.',
  },
);

export const AuditEventTypeEnum = register(
  'AuditEventType',
  'What happened. Every decision of the service is an event, the refusals too.',
  TRAIL_EVENT_TYPES,
  pick(TRAIL_EVENT_TYPES, (type) => catalogue[type].doc),
);

export const AuditCategoryEnum = register('AuditCategory', 'What an event is about.', AUDIT_CATEGORIES, {
  ACCOUNT: 'The primary account itself.',
  USER: 'A user as such: its coming about, its role.',
  MFA: 'A virtual MFA device and its codes.',
  PASSWORD: 'Passwords that were wrong, and what followed.',
  SESSION: 'Signing in and out, and sessions in between.',
  OPERATION: 'The verification of an operation.',
  AUDIT: 'The audit trail itself: who may read it by a token, and who took it out of the house.',
});

export const AuditOutcomeEnum = register('AuditOutcome', 'Whether what was tried was done.', AUDIT_OUTCOMES, {
  SUCCESS: 'It was done, or it happened.',
  FAILURE: 'It was refused.',
});

export const AUDIT_EVENT_ORDERS = ['NEWEST_FIRST', 'OLDEST_FIRST'] as const;
export type AuditEventOrder = (typeof AUDIT_EVENT_ORDERS)[number];

export const AuditEventOrderEnum = register(
  'AuditEventOrder',
  'The order of the audit trail. A cursor is a place in the trail, and as good in the one order as in the other.',
  AUDIT_EVENT_ORDERS,
  { NEWEST_FIRST: 'What was recorded last comes first.', OLDEST_FIRST: 'What was recorded first comes first.' },
);

export const SummaryLanguageEnum = register('SummaryLanguage', 'A language of summaries.', SUMMARY_LANGUAGES, {
  EN: 'English.',
  ZH: 'Chinese, in simplified characters.',
});

export const RefusalRuleEnum = register('RefusalRule', 'The rule that said no.', REFUSAL_RULES, {
  CODE_WINDOW: 'A code is right only for the current time step and those next to it.',
  SINGLE_USE: 'A code works once, and only codes of later time steps work after it.',
  RECOVERY_CODE: 'A recovery code has to be one of those that were generated last.',
  ENROLLMENT_PROOF: 'A device is enabled by a code that proves that the authenticator has its seed.',
  PASSWORD: 'The password has to be right.',
  FAILURE_BUDGET: 'After too many failures in a row nothing more is checked for a while.',
  UNIQUE_NAME: 'A name belongs to one alone, and somebody else has it by now.',
});

export const ActorKindEnum = register('ActorKind', 'What kind of actor made an event happen.', ACTOR_KINDS, {
  USER: 'A user who was signed in.',
  AUDIT_TOKEN: 'A program that reads the audit trail by a token.',
  SERVICE_CREDENTIAL: 'Another service, which redeems grants by a credential.',
  ANONYMOUS: 'Somebody who was not signed in (yet).',
  SYSTEM: 'The service itself, reacting to an event.',
});

export const AuditScopeEnum = register('AuditScope', 'What an audit token is good for.', AUDIT_SCOPES, {
  READ: 'Asking for the audit trail and what is told from it, here; also as it is recorded.',
  EXPORT: 'Taking the audit trail out of the house, as an export.',
});

export const RequirementStartEnum = register(
  'RequirementStart',
  'From when on a sub-user has to have a virtual MFA device.',
  REQUIREMENT_STARTS,
  {
    NEXT_SIGN_IN: 'From its next sign-in on; open sessions go on as they are.',
    IMMEDIATELY: 'At once: open sessions can do nothing else until it is enabled.',
  },
);

export const ExistenceEnum = register('UserExistence', 'Whether there was a user at a moment.', EXISTENCES, {
  NOT_YET: 'The user had not been created yet.',
  ACTIVE: 'There was the user.',
  DELETED: 'The user had been deleted.',
});

export const ExposureCauseEnum = register(
  'ExposureCause',
  'How it came that a user who had to have a virtual MFA device had none.',
  EXPOSURE_CAUSES,
  {
    CREATED: 'The user was created with the requirement: none can be there yet.',
    REQUIRED: 'One was required of a user who had none.',
    DISABLED: 'The one that there was was disabled, although it was required.',
  },
);

export const ExposureEndingEnum = register('ExposureEnding', 'How an exposure ended.', EXPOSURE_ENDINGS, {
  ENABLED: 'The user enabled a virtual MFA device.',
  WAIVED: 'None was required any more.',
  DELETED: 'The user was deleted.',
});

export const UserOrderKeyEnum = register('UserOrderKey', 'What users are ordered by.', USER_ORDERS, {
  CREATED_AT: 'By when they were created.',
  USERNAME: 'By user name.',
});

export const OrderDirectionEnum = register('OrderDirection', 'Which end of an order comes first.', ORDER_DIRECTIONS, {
  ASC: 'The least, or oldest, first.',
  DESC: 'The greatest, or newest, first.',
});

export const SECURITY_NOTICES = ['NO_RECOVERY_CODES', 'RECOVERY_CODES_LOW', 'RECOVERY_CODES_USED_UP'] as const;

/** What somebody who is signed in should see to. */
export type SecurityNotice = (typeof SECURITY_NOTICES)[number];

export const SecurityNoticeEnum = register(
  'SecurityNotice',
  'What somebody who is signed in should see to.',
  SECURITY_NOTICES,
  {
    NO_RECOVERY_CODES: 'There are no recovery codes: generate some, for the day when the phone is lost.',
    RECOVERY_CODES_LOW: 'One or two recovery codes are left: generate others.',
    RECOVERY_CODES_USED_UP: 'No recovery code is left: generate others.',
  },
);

export const CHALLENGE_WAYS_OUT = ['ADMINISTRATOR', 'OPERATOR'] as const;

/** Who takes off a device that somebody else has enabled. */
export type ChallengeWayOut = (typeof CHALLENGE_WAYS_OUT)[number];

export const ChallengeWayOutEnum = register(
  'ChallengeWayOut',
  'Who takes off a device that somebody else has enabled in your name.',
  CHALLENGE_WAYS_OUT,
  {
    ADMINISTRATOR:
      'Ask the primary of the account, or an administrator: `disableMfa` takes the device off and ends all sessions, `resetSubUserPassword` makes the stolen password void.',
    OPERATOR: 'Ask the operator of the service to recover the account: `virtual-mfa accounts recover`.',
  },
);

export const RecommendationEnum = register(
  'Recommendation',
  'What makes the account safer still.',
  ['OPERATION_PROTECTION', 'RECOVERY_CODES'],
  {
    OPERATION_PROTECTION: 'Have sensitive operations verified by the virtual MFA device as well.',
    RECOVERY_CODES: 'Generate recovery codes, for the day when the phone is lost.',
  },
);
