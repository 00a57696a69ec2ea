import { eventType, type EventOf } from '../event.js';
import { count, id, instant, integer, nullable, oneOf } from '../field.js';

/** How the person who starts an enrollment was verified; `SIGN_IN_PASSWORD`: the password of a sign-in moments ago. */
export const ENROLLMENT_PROOFS = ['SIGN_IN_PASSWORD', 'PASSWORD', 'VIRTUAL_MFA', 'RECOVERY_CODE'] as const;
export type EnrollmentProof = (typeof ENROLLMENT_PROOFS)[number];

export const CODE_FAULTS = ['WRONG', 'STALE', 'CLOCK_DRIFT'] as const;

export const CODE_PURPOSES = ['SIGN_IN', 'OPERATION'] as const;
/** What a code was given for. */
export type CodePurpose = (typeof CODE_PURPOSES)[number];

export const REQUIREMENT_STARTS = ['NEXT_SIGN_IN', 'IMMEDIATELY'] as const;
/** From when on a requirement counts: from each next sign-in on, or for open sessions too. */
export type RequirementStart = (typeof REQUIREMENT_STARTS)[number];

export const DISABLERS = ['SELF', 'ADMINISTRATOR', 'OPERATOR'] as const;
/** Who takes a device off: whose it is, whoever manages that user, or the operator who recovers an account. */
export type Disabler = (typeof DISABLERS)[number];

export const RECOVERY_CODE_FAULTS = ['WRONG', 'USED'] as const;

export const REVOKERS = ['SELF', 'ADMINISTRATOR'] as const;
/** Who revokes the trust in browsers: whose it is, or whoever manages that user. */
export type Revoker = (typeof REVOKERS)[number];

const subject = {
  accountId: id('the account'),
  userId: id('the user whose MFA it is'),
};

const device = { ...subject, deviceId: id('the virtual MFA device, and its seed in the vault') };

const recoveryCodes = { ...subject, codeSetId: id('the set of codes, and their digests in the vault') };

const attempt = {
  ...device,
  purpose: oneOf('what the code was given for', CODE_PURPOSES),
  challengeId: id('the challenge that it answers; at sign-in the session itself'),
};

export const mfaEvents = {
  MfaEnrollmentStarted: eventType(
    'mfa',
    'A seed was made and shown once; the device is not enabled yet.',
    {
      ...device,
      expiresAt: instant('when this set-up is void'),
      verifiedBy: oneOf('how the person was verified', ENROLLMENT_PROOFS),
      challengeId: nullable(id('the verification that was used; null for the password of a sign-in moments ago')),
    },
    ['deviceName'],
  ),
  MfaEnrollmentCancelled: eventType('mfa', 'A pending set-up was given up.', device),
  MfaEnrollmentCodeRejected: eventType('mfa', 'A code did not prove the pending device.', {
    ...device,
    attemptsLeft: count('how many more codes this set-up takes'),
  }),
  MfaEnabled: eventType(
    'mfa',
    'A code proved the device: its codes are asked for from then on, also in sessions that are open.',
    {
      ...device,
      timeStep: count('the RFC 6238 time step of that code, which is burnt'),
    },
  ),
  MfaDeviceReplaced: eventType(
    'mfa',
    'A code proved a new device, which took the place of the old in the same moment.',
    {
      ...subject,
      oldDeviceId: id('the device whose codes work no more'),
      newDeviceId: id('the device whose codes work from now on'),
      timeStep: count('the RFC 6238 time step of that code, which is burnt'),
    },
  ),
  MfaCodeAccepted: eventType('mfa', 'A code was right, and is burnt.', {
    ...attempt,
    timeStep: count('the RFC 6238 time step of the code'),
  }),
  MfaCodeRejected: eventType('mfa', 'A code was wrong, or older than one accepted before.', {
    ...attempt,
    reason: oneOf(
      'wrong; stale: of a step before the last accepted one; or right for a clock that is off',
      CODE_FAULTS,
    ),
    clockOffsetSeconds: nullable(integer("how far the device's clock is ahead; null where it is not known")),
    timeStep: nullable(count('the RFC 6238 time step that the code is right for, if it is for one near by')),
    attemptsLeft: count('how many more codes this challenge takes'),
    consecutiveFailures: count('wrong codes in a row over all challenges'),
  }),
  MfaCodeReplayed: eventType('mfa', 'The code accepted last was given again.', {
    ...attempt,
    timeStep: count('its RFC 6238 time step'),
    attemptsLeft: count('how many more codes this challenge takes'),
  }),
  MfaLocked: eventType('mfa', 'Too many wrong codes in a row: codes are not checked for a while.', {
    ...device,
    lockedUntil: nullable(instant('when they are again; null: when unlocked')),
    consecutiveFailures: count('wrong codes in a row that led to it'),
  }),
  MfaDisabled: eventType('mfa', 'The device was disabled: its codes work no more, and its seed is destroyed.', {
    ...device,
    by: oneOf('who did it', DISABLERS),
    challengeId: id('the verification that was used; for an operator the recovery of the account'),
  }),
  MfaSecretDestroyed: eventType('mfa', 'The seed of a device that is not in use any more was destroyed.', device),
  SubUserMfaRequired: eventType(
    'mfa',
    'A sub-user has to enable a virtual MFA device before it can do anything else.',
    {
      ...subject,
      effective: oneOf('from the next sign-in on, or for open sessions too', REQUIREMENT_STARTS),
    },
  ),
  SubUserMfaWaived: eventType(
    'mfa',
    'A sub-user need not have a virtual MFA device any more.',
    { ...subject, challengeId: id('the verification that was used') },
    ['reason'],
  ),
  RecoveryCodesGenerated: eventType('mfa', 'Recovery codes were made and shown once; those before are void.', {
    ...recoveryCodes,
    count: count('how many there are'),
    challengeId: nullable(id('the verification that was used; null for a first set, which needs none')),
  }),
  RecoveryCodeUsed: eventType('mfa', 'A recovery code was right, and is used up.', {
    ...recoveryCodes,
    place: count('which of the set it was, counted from 0'),
    purpose: oneOf('what it was given for', CODE_PURPOSES),
    challengeId: id('the challenge that it answers; at sign-in the session itself'),
    codesLeft: count('how many codes of the set were not used'),
  }),
  RecoveryCodeRejected: eventType('mfa', 'A recovery code was wrong, or used up before.', {
    ...recoveryCodes,
    purpose: oneOf('what it was given for', CODE_PURPOSES),
    challengeId: id('the challenge that it answers; at sign-in the session itself'),
    reason: oneOf('wrong, or used before', RECOVERY_CODE_FAULTS),
    attemptsLeft: count('how many more codes this challenge takes'),
  }),
  RecoveryCodesDestroyed: eventType('mfa', 'Recovery codes that are void were destroyed.', recoveryCodes),
  DeviceTrusted: eventType('mfa', 'For a while no code is asked for at sign-ins with this browser.', {
    ...device,
    trustId: id('the trust in this browser'),
    secretDigest: id('base64url of SHA-256 of the secret that the browser keeps'),
    userVersion: count(
      'the version of the user stream that this was decided on: another password since then revokes it',
    ),
    expiresAt: instant('when codes are asked for again at the latest'),
  }),
  TrustedDevicesRevoked: eventType('mfa', 'Codes are asked for again at sign-ins with every browser.', {
    ...subject,
    by: oneOf('who did it', REVOKERS),
  }),
  MfaUnlocked: eventType('mfa', 'The run of wrong codes was set back by whoever may unlock the user.', subject),
};

export type MfaEvent = EventOf<typeof mfaEvents>;
