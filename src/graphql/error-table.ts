import type { RejectionCode } from '../domain/rejection.js';

/** Refusals that only a programmer can mend, with the code of their top-level error. */
export const TOP_LEVEL = {
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'FORBIDDEN',
  SESSION_ENDED: 'UNAUTHENTICATED',
  MFA_CHALLENGE_REQUIRED: 'MFA_CHALLENGE_REQUIRED',
  PASSWORD_CHANGE_REQUIRED: 'PASSWORD_CHANGE_REQUIRED',
  MFA_ENROLLMENT_REQUIRED: 'MFA_ENROLLMENT_REQUIRED',
  RECOVERY_TOO_EARLY: 'FORBIDDEN',
  REACTION_TAKEN: 'INTERNAL_SERVER_ERROR',
} as const satisfies Partial<Record<RejectionCode, string>>;

export type UserErrorCode = Exclude<RejectionCode, keyof typeof TOP_LEVEL>;

/** Every refusal that a user can mend, with the input field that it is about; null where it is about none. */
const FIELDS: Readonly<Record<UserErrorCode, string | null>> = {
  INVALID_ALIAS: 'alias',
  ALIAS_TAKEN: 'alias',
  INVALID_EMAIL: 'email',
  EMAIL_TAKEN: 'email',
  INVALID_USERNAME: 'username',
  USERNAME_TAKEN: 'username',
  INVALID_DISPLAY_NAME: 'displayName',
  INVALID_DEVICE_NAME: 'deviceName',
  PASSWORD_TOO_SHORT: 'password',
  PASSWORD_TOO_LONG: 'password',
  PASSWORD_TOO_COMMON: 'password',
  REGISTRATION_ABANDONED: null,
  SIGN_IN_FAILED: null,
  INVALID_CODE: 'code',
  WRONG_CODE: 'code',
  INVALID_RECOVERY_CODE: 'recoveryCode',
  WRONG_RECOVERY_CODE: 'recoveryCode',
  INVALID_NEXT_CODE: 'nextCode',
  NEXT_CODE_REQUIRED: 'nextCode',
  WRONG_NEXT_CODE: 'nextCode',
  MFA_LOCKED: null,
  CHALLENGE_ENDED: null,
  CHALLENGE_EXPIRED: 'challengeId',
  CHALLENGE_REPLACED: 'challengeId',
  CHALLENGE_ALREADY_VERIFIED: 'challengeId',
  METHOD_NOT_OFFERED: null,
  ONE_ANSWER_EXPECTED: null,
  WRONG_PASSWORD: 'password',
  PASSWORD_BACKING_OFF: 'password',
  VERIFICATION_REQUIRED: 'challengeId',
  ENROLLMENT_EXPIRED: 'enrollmentId',
  ENROLLMENT_ENDED: 'enrollmentId',
  RECOVERY_CODES_NEED_DEVICE: null,
  TRUSTED_DEVICES_OFF: 'trustDevice',
  TRUST_NEEDS_COOKIE: 'trustDevice',
  MFA_NOT_ENABLED: null,
  INVALID_REASON: 'reason',
  INVALID_TOKEN_NAME: 'name',
  INVALID_SCOPES: 'scopes',
  INVALID_TOKEN_LIFETIME: 'expiresInDays',
  TOO_MANY_AUDIT_TOKENS: null,
  INVALID_CREDENTIAL_NAME: 'name',
  INVALID_SERVICE: 'service',
  INVALID_SERVICE_OPERATION: 'operation',
  INVALID_RESOURCE: 'resource',
  INVALID_ARGUMENTS_DIGEST: 'argumentsDigest',
  TOO_MANY_SERVICE_CREDENTIALS: null,
  UNKNOWN_SERVICE: 'service',
  GRANT_ALREADY_ISSUED: 'challengeId',
  GRANT_INVALID: 'grant',
  GRANT_EXPIRED: 'grant',
  GRANT_ALREADY_REDEEMED: 'grant',
  INVALID_TRUSTED_DEVICE_DAYS: 'trustedDeviceDays',
  INVALID_CODES_TO_ENABLE: 'codesToEnable',
  INVALID_SESSION_IDLE: 'sessionIdleMinutes',
  INVALID_SESSION_ABSOLUTE: 'sessionAbsoluteMinutes',
  SESSION_IDLE_TOO_LONG: 'sessionIdleMinutes',
  USER_NOT_DELETED: 'userId',
  RECOVERY_NOT_REQUESTED: null,
  PASSWORD_UNCHANGED: 'newPassword',
};

/** The codes of refusals that a user can mend. */
export const USER_ERROR_CODES = Object.keys(FIELDS) as UserErrorCode[];

/** Other names that fields have in one input. */
export type FieldNames = Readonly<Record<string, string>>;

/** The input field that a refusal is about, as a path. */
export function fieldOf(code: UserErrorCode, names: FieldNames = {}): string[] | null {
  const field = FIELDS[code];
  return field === null ? null : ['input', names[field] ?? field];
}

/** Whether a refusal is a top-level error. */
export function isTopLevel(code: RejectionCode): code is keyof typeof TOP_LEVEL {
  return Object.hasOwn(TOP_LEVEL, code);
}
