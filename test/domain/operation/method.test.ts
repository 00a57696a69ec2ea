import { describe, expect, it } from '@jest/globals';
import { methodsFor } from '../../../src/domain/operation/method.js';

describe('An operation is verified', () => {
  it('by the virtual MFA device where there is one, and by nothing less', () => {
    expect(methodsFor(true)).toEqual(['VIRTUAL_MFA']);
  });

  it('by the password where there is no device', () => {
    expect(methodsFor(false)).toEqual(['PASSWORD']);
  });
});
