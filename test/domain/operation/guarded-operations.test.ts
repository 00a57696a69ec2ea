import { describe, expect, it } from '@jest/globals';
import {
  ALWAYS_GUARDED,
  GUARDED_BY_PROTECTION,
  GUARDED_OPERATIONS,
  needsVerification,
} from '../../../src/domain/operation/guarded-operations.js';

describe('A verification', () => {
  it.each(ALWAYS_GUARDED)('is needed for %s, whatever the settings', (operation) => {
    expect(needsVerification(operation, false)).toBe(true);
    expect(needsVerification(operation, true)).toBe(true);
  });

  it.each(GUARDED_BY_PROTECTION)('is needed for %s where operation protection is on, and only there', (operation) => {
    expect(needsVerification(operation, false)).toBe(false);
    expect(needsVerification(operation, true)).toBe(true);
  });
});

describe('The operations that can need one', () => {
  it('are those of rule 12, each in one list', () => {
    expect(new Set(GUARDED_OPERATIONS).size).toBe(GUARDED_OPERATIONS.length);
    expect(ALWAYS_GUARDED).toEqual(
      expect.arrayContaining([
        ...['START_MFA_ENROLLMENT', 'DISABLE_MFA', 'WAIVE_SUB_USER_MFA', 'GENERATE_RECOVERY_CODES'],
        ...['DISABLE_OPERATION_PROTECTION', 'CHANGE_PASSWORD', 'CREATE_AUDIT_TOKEN', 'CREATE_SERVICE_CREDENTIAL'],
      ]),
    );
    expect(GUARDED_BY_PROTECTION).toEqual(
      expect.arrayContaining([
        ...['CREATE_SUB_USER', 'DELETE_SUB_USER', 'RENAME_USER', 'RESET_SUB_USER_PASSWORD', 'REQUIRE_SUB_USER_MFA'],
        ...['ASSIGN_ROLE', 'UNLOCK_USER', 'REVOKE_SESSION', 'SET_ACCOUNT_POLICY', 'EXPORT_AUDIT_TRAIL'],
      ]),
    );
  });
});
