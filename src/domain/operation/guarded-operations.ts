/** The operations that need a verification of their own, whatever the settings (rule 12). */
export const GUARDED_OPERATIONS = ['START_MFA_ENROLLMENT'] as const;

export type GuardedOperation = (typeof GUARDED_OPERATIONS)[number];
