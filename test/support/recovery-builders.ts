import { DEFAULT_POLICY, type AccountPolicy } from '../../src/domain/account/policy.js';
import type {
  CheckRecoveryCode,
  GenerateRecoveryCodes,
  NoteRecoveryCodesDestroyed,
  RevokeTrustedDevices,
  TrustDevice,
} from '../../src/domain/mfa/commands.js';
import type { Rejection } from '../../src/domain/rejection.js';
import { ACME, CHALLENGE, event, SAM } from './builders.js';
import { NOW } from './given.js';

const sam = { accountId: ACME, userId: SAM };
/** Sam's set of recovery codes. */
const CODES = 'codes';

export function generateCodes(of: Partial<GenerateRecoveryCodes> = {}): GenerateRecoveryCodes {
  return {
    type: 'GenerateRecoveryCodes',
    ...sam,
    codeSetId: CODES,
    challengeId: null,
    isVerified: true,
    now: NOW,
    ...of,
  };
}

/** A recovery code of a place in Sam's set; null: one that is none of the set. */
export function recoveryCode(place: number | null, of: Partial<CheckRecoveryCode> = {}): CheckRecoveryCode {
  const given = { ...sam, purpose: 'SIGN_IN', challengeId: CHALLENGE, proof: { codeSetId: CODES, place } } as const;
  return { type: 'CheckRecoveryCode', ...given, now: NOW, ...of };
}

/** How a recovery code that is not right is answered. */
export function notRecovered(attemptsLeft: number): Rejection {
  return { code: 'WRONG_RECOVERY_CODE', attemptsLeft };
}

export function noteCodesDestroyed(of: Partial<NoteRecoveryCodesDestroyed> = {}): NoteRecoveryCodesDestroyed {
  return { type: 'NoteRecoveryCodesDestroyed', ...sam, codeSetId: CODES, now: NOW, ...of };
}

/** A policy that allows browsers to be trusted for so many days. */
export function trustingFor(trustedDeviceDays: number): AccountPolicy {
  return { ...DEFAULT_POLICY, trustedDeviceDays };
}

export function trustDevice(of: Partial<TrustDevice> = {}): TrustDevice {
  const { trustId, secretDigest, deviceId, userVersion } = event('DeviceTrusted').data;
  const proven = { deviceId, userVersion, mfaVersion: 1, policy: trustingFor(7) };
  return { type: 'TrustDevice', ...sam, trustId, secretDigest, ...proven, now: NOW, ...of };
}

export function revokeTrust(of: Partial<RevokeTrustedDevices> = {}): RevokeTrustedDevices {
  return { type: 'RevokeTrustedDevices', ...sam, by: 'SELF', now: NOW, ...of };
}
