import type { Rejection } from '../rejection.js';

export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 128;

/**
 * Checks a new password by length in characters and against the common ones (NIST SP 800-63B 5.1.1.2:
 * no rules of composition).
 */
export function checkNewPassword(password: string, isCommon: boolean): Rejection | null {
  const { length } = Array.from(password);
  if (length < SHORTEST_PASSWORD) return { code: 'PASSWORD_TOO_SHORT' };
  if (length > LONGEST_PASSWORD) return { code: 'PASSWORD_TOO_LONG' };
  return isCommon ? { code: 'PASSWORD_TOO_COMMON' } : null;
}
