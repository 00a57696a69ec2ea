/**
 * How an operation can be verified: a code of the virtual MFA device, a recovery code, or the password where the actor has no
 * device.
 */
export const VERIFICATION_METHODS = ['VIRTUAL_MFA', 'RECOVERY_CODE', 'PASSWORD'] as const;

export type VerificationMethod = (typeof VERIFICATION_METHODS)[number];

/** The methods that an actor is offered: recovery codes only beside a device, the password only while there is none to ask for. */
export function methodsFor(hasDevice: boolean, hasRecoveryCodes: boolean): readonly VerificationMethod[] {
  if (!hasDevice) return ['PASSWORD'];
  return hasRecoveryCodes ? ['VIRTUAL_MFA', 'RECOVERY_CODE'] : ['VIRTUAL_MFA'];
}
