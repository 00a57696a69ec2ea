import { describe, expect, it } from '@jest/globals';
import { checkNewPassword } from '../../../src/domain/password/policy.js';

describe('A new password', () => {
  it.each([8, 9, 127, 128])('may have %i characters', (length) => {
    expect(checkNewPassword('x'.repeat(length), false)).toBeNull();
  });

  it.each([0, 1, 7])('is too short with %i characters', (length) => {
    expect(checkNewPassword('x'.repeat(length), false)).toEqual({ code: 'PASSWORD_TOO_SHORT' });
  });

  it('is too long with 129 characters', () => {
    expect(checkNewPassword('x'.repeat(129), false)).toEqual({ code: 'PASSWORD_TOO_LONG' });
  });

  it('is counted in characters, whatever they are', () => {
    expect(checkNewPassword('🔑'.repeat(7), false)).toEqual({ code: 'PASSWORD_TOO_SHORT' });
    expect(checkNewPassword('🔑'.repeat(128), false)).toBeNull();
  });

  it('needs no mixture of characters', () => {
    expect(checkNewPassword('        ', false)).toBeNull();
  });

  it('is refused where it is one of the common ones', () => {
    expect(checkNewPassword('password', true)).toEqual({ code: 'PASSWORD_TOO_COMMON' });
  });
});
