import type { AccountPolicy } from '../account/policy.js';
import type { Instant } from '../instant.js';
import type { VerificationMethod } from '../operation/method.js';
import type { CodePurpose, Disabler, EnrollmentProof, RequirementStart, Revoker } from './events.js';

/** The device that a code was compared with, and what it matched. */
export interface CodeProof {
  readonly deviceId: string;
  /** The time step that it matched within the window; null where it matched none. */
  readonly timeStep: number | null;
  /** The step near the window that it is right for, on a clock that is off; null where there is none, or it matched within. */
  readonly drift: ClockDrift | null;
}

/** The set that a recovery code was compared with, and what it matched. */
export interface RecoveryProof {
  readonly codeSetId: string;
  /** The place in the set, counted from 0; null where it matched none. */
  readonly place: number | null;
}

export interface ClockDrift {
  readonly timeStep: number;
  /** How far the device's clock is ahead; behind if negative. */
  readonly offsetSeconds: number;
}

interface OfUser {
  readonly accountId: string;
  readonly userId: string;
  readonly now: Instant;
}

export interface StartMfaEnrollment extends OfUser {
  readonly type: 'StartMfaEnrollment';
  /** Fresh; its seed is in the vault already. */
  readonly deviceId: string;
  readonly deviceName: string;
  readonly verifiedBy: EnrollmentProof;
  readonly challengeId: string | null;
  /** Somebody else starts it, who proved itself by what it has. */
  readonly onBehalf: boolean;
}

export interface CancelMfaEnrollment extends OfUser {
  readonly type: 'CancelMfaEnrollment';
  readonly deviceId: string;
}

export interface EnableMfa extends OfUser {
  readonly type: 'EnableMfa';
  readonly deviceId: string;
  /** Of the one code; or of the first of two, whose window begins and ends one step earlier. */
  readonly proof: CodeProof;
  /** Of the second code; null where none was given. */
  readonly nextProof: CodeProof | null;
  /** Codes that the account's policy asks for. */
  readonly codesToEnable: number;
}

/** A code given at sign-in or to verify an operation. */
export interface CheckMfaCode extends OfUser {
  readonly type: 'CheckMfaCode';
  readonly purpose: CodePurpose;
  readonly challengeId: string;
  readonly proof: CodeProof;
}

export interface UnlockMfa extends OfUser {
  readonly type: 'UnlockMfa';
}

export interface DisableMfa extends OfUser {
  readonly type: 'DisableMfa';
  readonly by: Disabler;
  /** The verification that was used; for an operator the recovery of the account. */
  readonly challengeId: string;
  /** Where an operator does it: when the recovery was completed; a device that was enabled later stays. Null for others. */
  readonly recoveredAt: Instant | null;
  /** How whoever does it was verified; a password does not take off one's own device. Null for an operator. */
  readonly verifiedBy: VerificationMethod | null;
}

/** The seed of a device is gone from the vault. */
export interface NoteSecretDestroyed extends OfUser {
  readonly type: 'NoteSecretDestroyed';
  readonly deviceId: string;
}

export interface RequireSubUserMfa extends OfUser {
  readonly type: 'RequireSubUserMfa';
  readonly effective: RequirementStart;
}

export interface WaiveSubUserMfa extends OfUser {
  readonly type: 'WaiveSubUserMfa';
  readonly reason: string | null;
  readonly challengeId: string;
}

export interface GenerateRecoveryCodes extends OfUser {
  readonly type: 'GenerateRecoveryCodes';
  /** Fresh; the digests are in the vault already. */
  readonly codeSetId: string;
  /** The verification that was used; null where there was no set to be voided. */
  readonly challengeId: string | null;
  /** A verification was used, or none is needed by now. */
  readonly isVerified: boolean;
}

/** A recovery code given at sign-in or to verify an operation. */
export interface CheckRecoveryCode extends OfUser {
  readonly type: 'CheckRecoveryCode';
  readonly purpose: CodePurpose;
  readonly challengeId: string;
  readonly proof: RecoveryProof;
}

/** The digests of a set are gone from the vault. */
export interface NoteRecoveryCodesDestroyed extends OfUser {
  readonly type: 'NoteRecoveryCodesDestroyed';
  readonly codeSetId: string;
}

/** A session has proven a second factor, and its browser is to be trusted. */
export interface TrustDevice extends OfUser {
  readonly type: 'TrustDevice';
  /** Fresh. */
  readonly trustId: string;
  readonly secretDigest: string;
  /** The virtual MFA device of when that was proven, and the versions of the MFA and user streams. */
  readonly deviceId: string;
  readonly mfaVersion: number;
  readonly userVersion: number;
  readonly policy: AccountPolicy;
}

export interface RevokeTrustedDevices extends OfUser {
  readonly type: 'RevokeTrustedDevices';
  readonly by: Revoker;
}

export type MfaCommand =
  | StartMfaEnrollment
  | CancelMfaEnrollment
  | EnableMfa
  | CheckMfaCode
  | UnlockMfa
  | DisableMfa
  | NoteSecretDestroyed
  | RequireSubUserMfa
  | WaiveSubUserMfa
  | GenerateRecoveryCodes
  | CheckRecoveryCode
  | NoteRecoveryCodesDestroyed
  | TrustDevice
  | RevokeTrustedDevices;
