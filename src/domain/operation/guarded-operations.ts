/** The operations that need a verification of their own, whatever the settings (rule 12). */
export const GUARDED_OPERATIONS = [
  'START_MFA_ENROLLMENT',
  'DISABLE_MFA',
  'WAIVE_SUB_USER_MFA',
  'CHANGE_PASSWORD',
  'CREATE_AUDIT_TOKEN',
] as const;

export type GuardedOperation = (typeof GUARDED_OPERATIONS)[number];
