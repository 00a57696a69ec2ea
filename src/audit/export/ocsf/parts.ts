import type { Factor } from '../../../domain/session/events.js';

/** An object of an OCSF event, with the attributes that we fill in. */
export type OcsfObject = Readonly<Record<string, unknown>>;

/** Leaves out what is not known: OCSF has no null. */
export function known(object: OcsfObject): OcsfObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined));
}

const PASSWORD = { factor_type_id: 11, factor_type: 'Password' };

/** The second factor: a TOTP app. */
export const VIRTUAL_MFA: OcsfObject = {
  ...{ factor_type_id: 7, factor_type: 'OTP', is_totp: true, is_hotp: false },
  provider: 'Virtual MFA',
};

// OCSF has no number for these.
const RECOVERY_CODE = { factor_type_id: 99, factor_type: 'Recovery code' };
const TRUSTED_DEVICE = { factor_type_id: 99, factor_type: 'Trusted device' };

const FACTORS: Readonly<Record<Factor, OcsfObject>> = { PASSWORD, VIRTUAL_MFA, RECOVERY_CODE, TRUSTED_DEVICE };

/** Factors as OCSF lists them. */
export function authFactors(factors: readonly Factor[]): readonly OcsfObject[] {
  return factors.map((factor) => FACTORS[factor]);
}

/** The policy that sensitive operations of a user need a verification. */
export function protectionPolicy(isApplied: boolean): readonly OcsfObject[] {
  return [{ name: 'OperationProtection', uid: 'policy/operation-protection', is_applied: isApplied }];
}

/** The policy that a user must have MFA. */
export function mfaPolicy(isApplied: boolean): readonly OcsfObject[] {
  return [{ name: 'RequireMfa', uid: 'policy/require-mfa', is_applied: isApplied }];
}

/** A role, which OCSF knows as a policy that is attached to a user. */
export function rolePolicy(role: string): readonly OcsfObject[] {
  return [{ name: role, uid: `role/${role.toLowerCase()}`, is_applied: true }];
}

/** A managed entity of a kind that OCSF has no number for. */
export function otherEntity(type: string, uid: string, name: string | null = null): OcsfObject {
  return known({ type_id: 99, type, uid, name });
}
