import type { Instant } from './instant.js';

/**
 * Why a command was refused, by stable code: input that no one could accept, names that are taken,
 * proofs that failed, things that are over. The codes are part of the API (`docs/errors.md`).
 */
export const REJECTION_CODES = {
  INVALID_ALIAS:
    'An account alias is 3 to 63 lower-case letters, digits and single hyphens, beginning and ending with a letter or digit.',
  ALIAS_TAKEN: 'Another account has this alias. Choose another one.',
  INVALID_EMAIL: 'This is not an e-mail address. Check it for typing mistakes.',
  EMAIL_TAKEN: 'Another account is registered with this e-mail address. Sign in to it, or use another address.',
  INVALID_USERNAME: 'A user name is 1 to 64 letters, digits and the characters + = , . @ _ -',
  USERNAME_TAKEN: 'Another user of this account has this name. Choose another one.',
  INVALID_DISPLAY_NAME: 'A display name is 1 to 128 characters, without control characters.',
  INVALID_DEVICE_NAME: 'A device name is 1 to 64 characters, without control characters.',
  PASSWORD_TOO_SHORT: 'A password has at least 8 characters.',
  PASSWORD_TOO_LONG: 'A password has at most 128 characters.',
  PASSWORD_TOO_COMMON:
    'This password is among the most common ones, which are tried first by attackers. Choose another one.',
  REGISTRATION_ABANDONED: 'Somebody else took one of these names at the same moment. Try again with other names.',
  SIGN_IN_FAILED:
    'Signing in failed. Check account, user name and password; after several failures in a row, wait up to 15 minutes.',
  INVALID_CODE: 'A code is six digits. Enter the code that your authenticator shows now.',
  WRONG_CODE: 'This code is not right. Wait for the next code and enter it; each code works once.',
  INVALID_RECOVERY_CODE:
    'A recovery code is 24 letters and digits, such as AB12-CD34-EF56-GH78-JK90-MN12. Check it for typing mistakes.',
  WRONG_RECOVERY_CODE:
    'This is none of your recovery codes, or one that was used before. Each works once, and only those that were generated last; enter another one.',
  INVALID_NEXT_CODE: 'The second code is six digits, too. Enter the code that follows the first.',
  NEXT_CODE_REQUIRED:
    'Your account asks for two codes that follow each other. Enter one, wait until your authenticator shows the next, and enter that as well.',
  WRONG_NEXT_CODE:
    'The second code is not the one right after the first. Enter the code that your authenticator shows now, wait for the next, and enter both in this order.',
  MFA_LOCKED:
    'Too many wrong codes in a row: codes are not checked for now. Try again later, or ask your administrator to unlock you.',
  CHALLENGE_ENDED: 'Too many wrong codes: this attempt is over. Begin again.',
  CHALLENGE_EXPIRED: 'This verification took longer than 5 minutes. Begin again.',
  CHALLENGE_REPLACED:
    'Newer challenges replaced this one: a session keeps 5. Send the operation again to get a new challenge.',
  CHALLENGE_ALREADY_VERIFIED: 'This was verified already. Send the operation again with this challengeId.',
  METHOD_NOT_OFFERED: 'This challenge cannot be answered that way. Use one of the methods that it lists.',
  ONE_ANSWER_EXPECTED: 'Answer the challenge with exactly one of its methods.',
  WRONG_PASSWORD: 'This password is not right.',
  PASSWORD_BACKING_OFF: 'Too many wrong passwords in a row. Wait until the time given, then try again.',
  VERIFICATION_REQUIRED:
    'Verify your identity first: answer the challenge with verifyOperation, then send this again with its challengeId.',
  ENROLLMENT_EXPIRED: 'The set-up took longer than 10 minutes. Start it again to get a new QR code.',
  ENROLLMENT_ENDED: 'Too many wrong codes: this set-up is over. Start it again to get a new QR code.',
  RECOVERY_CODES_NEED_DEVICE: 'Recovery codes stand in for a virtual MFA device. Enable one first.',
  TRUSTED_DEVICES_OFF:
    'Your account does not allow browsers to be trusted. Answer again without trustDevice; a code is asked for at each sign-in.',
  TRUST_NEEDS_COOKIE:
    'Only a browser that signed in with the transport COOKIE can be trusted. Answer again without trustDevice.',
  MFA_NOT_ENABLED: 'There is no virtual MFA device to disable.',
  INVALID_REASON: 'A reason is at most 256 characters, without control characters.',
  INVALID_TOKEN_NAME: 'The name of an audit token is 1 to 64 characters, without control characters.',
  INVALID_SCOPES: 'An audit token is for something: give READ, EXPORT or both.',
  INVALID_TOKEN_LIFETIME: 'An audit token lives 1 to 366 days.',
  TOO_MANY_AUDIT_TOKENS: 'This account has 20 audit tokens that are not void. Revoke one that is not needed any more.',
  INVALID_CREDENTIAL_NAME: 'The name of a service credential is 1 to 64 characters, without control characters.',
  INVALID_SERVICE:
    'The name of a service is 1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
  INVALID_SERVICE_OPERATION: 'The operation of a service is 1 to 128 letters, digits and the characters : . _ - / *',
  INVALID_RESOURCE: 'A resource is 1 to 256 printable characters.',
  INVALID_ARGUMENTS_DIGEST:
    'A digest of arguments is SHA-256 in base64url, 43 characters without padding. docs/integrating.md tells how to compute it.',
  TOO_MANY_SERVICE_CREDENTIALS:
    'This account has 20 service credentials that are not void. Revoke one that is not needed any more.',
  UNKNOWN_SERVICE:
    'No service of this name could redeem a grant of this account. Have the primary create a credential for it, with createServiceCredential.',
  GRANT_ALREADY_ISSUED:
    'This was verified already, and its grant is shown once. Ask for another verification with requestOperationVerification.',
  GRANT_INVALID:
    "This is no grant for this credential's service and account that this service has signed, or its user was deleted or had the password reset since. Do not carry the operation out.",
  GRANT_EXPIRED: 'This grant is older than 5 minutes. Do not carry the operation out; have it verified again.',
  GRANT_ALREADY_REDEEMED:
    'This grant was redeemed before. Do not carry the operation out a second time; have it verified again.',
  INVALID_TRUSTED_DEVICE_DAYS: 'A browser may be trusted for 1 to 7 days, or, with 0, not at all.',
  INVALID_CODES_TO_ENABLE: 'Enabling a device takes 1 code, or 2 that follow each other.',
  INVALID_SESSION_IDLE: 'A session ends after 15 to 720 minutes without use.',
  INVALID_SESSION_ABSOLUTE: 'A session ends after 15 to 720 minutes, whatever happens.',
  SESSION_IDLE_TOO_LONG:
    'A session cannot go unused for longer than it lasts. Give fewer minutes here, or let sessions last longer.',
  USER_NOT_DELETED: 'Delete this user first: only a user who is gone is erased.',
  RECOVERY_NOT_REQUESTED:
    'No recovery of this account is pending: it was called off or is done, was left for a week, or none was begun.',
  RECOVERY_TOO_EARLY: 'This recovery can be completed only after the time in which it can be called off.',
  PASSWORD_UNCHANGED: 'This is the password that you have. Choose another one.',
  REACTION_TAKEN: 'Another node reacts to this event, or has.',
  NOT_FOUND: 'There is nothing with this id.',
  FORBIDDEN: 'You may not do this.',
  MFA_CHALLENGE_REQUIRED: 'Give a code first, with answerMfaChallenge: nothing else works until then.',
  PASSWORD_CHANGE_REQUIRED: 'Choose a password of your own first, with changePassword.',
  MFA_ENROLLMENT_REQUIRED: 'Enable a virtual MFA device first: nothing else works until then.',
  SESSION_ENDED: 'This session is over. Sign in again.',
} as const;

export type RejectionCode = keyof typeof REJECTION_CODES;

interface Details {
  readonly WRONG_RECOVERY_CODE: { readonly attemptsLeft: number };
  /** `clockOffsetSeconds`: how far the device's clock is ahead, where the code tells. */
  readonly WRONG_CODE: { readonly attemptsLeft: number; readonly clockOffsetSeconds: number | null };
  readonly WRONG_NEXT_CODE: { readonly attemptsLeft: number };
  /** `retryAt` is null where only unlocking helps. */
  readonly MFA_LOCKED: { readonly retryAt: Instant | null };
  readonly PASSWORD_BACKING_OFF: { readonly retryAt: Instant };
}

/** A refusal: its code, and what the person needs to know beside it. */
export type Rejection = {
  readonly [C in RejectionCode]: C extends keyof Details ? { readonly code: C } & Details[C] : { readonly code: C };
}[RejectionCode];
