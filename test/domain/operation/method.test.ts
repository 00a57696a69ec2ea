import { describe, expect, it } from '@jest/globals';
import { methodsFor } from '../../../src/domain/operation/method.js';

describe('An operation is verified', () => {
  it('by the virtual MFA device where there is one, and by nothing less', () => {
    expect(methodsFor(true, false)).toEqual(['VIRTUAL_MFA']);
  });

  it('by a recovery code as well, where there are any left', () => {
    expect(methodsFor(true, true)).toEqual(['VIRTUAL_MFA', 'RECOVERY_CODE']);
  });

  it.each([true, false])('by the password where there is no device', (hasCodes) => {
    expect(methodsFor(false, hasCodes)).toEqual(['PASSWORD']);
  });
});
