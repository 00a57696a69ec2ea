import type { Instant } from '../instant.js';
import type { CodePurpose, EnrollmentProof } from './events.js';

/** The device that a code was compared with, and the time step that it matched within the window; null where it matched none. */
export interface CodeProof {
  readonly deviceId: string;
  readonly timeStep: number | null;
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
}

export interface CancelMfaEnrollment extends OfUser {
  readonly type: 'CancelMfaEnrollment';
  readonly deviceId: string;
}

export interface EnableMfa extends OfUser {
  readonly type: 'EnableMfa';
  readonly deviceId: string;
  readonly proof: CodeProof;
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

export type MfaCommand = StartMfaEnrollment | CancelMfaEnrollment | EnableMfa | CheckMfaCode | UnlockMfa;
