/** The operations that need a verification of their own, whatever the settings (rule 12). */
export const ALWAYS_GUARDED = [
  'START_MFA_ENROLLMENT',
  'DISABLE_MFA',
  'WAIVE_SUB_USER_MFA',
  'CHANGE_PASSWORD',
  'CREATE_AUDIT_TOKEN',
  'GENERATE_RECOVERY_CODES',
  'DISABLE_OPERATION_PROTECTION',
  'CREATE_SERVICE_CREDENTIAL',
  'SERVICE_OPERATION',
] as const;

/** The operations that need one where the operation protection of whoever does them is on (rule 12). */
export const GUARDED_BY_PROTECTION = [
  'CREATE_SUB_USER',
  'DELETE_SUB_USER',
  'RENAME_USER',
  'RESET_SUB_USER_PASSWORD',
  'ASSIGN_ROLE',
  'ERASE_USER',
  'REQUIRE_SUB_USER_MFA',
  'UNLOCK_USER',
  'REVOKE_TRUSTED_DEVICES',
  'REVOKE_SESSION',
  'SET_ACCOUNT_POLICY',
  'REVOKE_AUDIT_TOKEN',
  'REVOKE_SERVICE_CREDENTIAL',
  'EXPORT_AUDIT_TRAIL',
] as const;

/** All operations that can need a verification. */
export const GUARDED_OPERATIONS = [...ALWAYS_GUARDED, ...GUARDED_BY_PROTECTION] as const;

export type GuardedOperation = (typeof GUARDED_OPERATIONS)[number];

const always: ReadonlySet<GuardedOperation> = new Set(ALWAYS_GUARDED);

/** Whether an operation needs a verification, given whether the operation protection of whoever does it is on. */
export function needsVerification(operation: GuardedOperation, isProtected: boolean): boolean {
  return isProtected || always.has(operation);
}
