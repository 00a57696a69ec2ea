import { GraphQLError } from 'graphql';
import { REJECTION_CODES, type Rejection } from '../domain/rejection.js';
import { fieldOf, isTopLevel, TOP_LEVEL, type FieldNames, type UserErrorCode } from './error-table.js';
import { InputError, MfaError, ThrottledError, type UserError } from './types/user-error.js';

function userErrorOf(rejection: Rejection, code: UserErrorCode, names: FieldNames): UserError {
  const common = { code, field: fieldOf(code, names), message: REJECTION_CODES[code] };
  switch (rejection.code) {
    case 'WRONG_CODE': {
      const { attemptsLeft, clockOffsetSeconds } = rejection;
      return Object.assign(new MfaError(), common, { attemptsLeft, clockOffsetSeconds });
    }
    case 'WRONG_RECOVERY_CODE': {
      const { attemptsLeft } = rejection;
      return Object.assign(new MfaError(), common, { attemptsLeft, clockOffsetSeconds: null });
    }
    case 'WRONG_NEXT_CODE':
      return Object.assign(new MfaError(), common, { attemptsLeft: rejection.attemptsLeft, clockOffsetSeconds: null });
    case 'MFA_LOCKED':
    case 'PASSWORD_BACKING_OFF':
      return Object.assign(new ThrottledError(), common, { retryAt: rejection.retryAt && new Date(rejection.retryAt) });
    default:
      return Object.assign(new InputError(), common);
  }
}

/**
 * Refusals as entries of a payload's `userErrors`.
 * @throws {GraphQLError} for one that only a programmer can mend
 */
export function userErrorsOf(rejections: readonly Rejection[], names: FieldNames = {}): UserError[] {
  return rejections.map((rejection) => {
    const { code } = rejection;
    if (isTopLevel(code)) throw new GraphQLError(REJECTION_CODES[code], { extensions: { code: TOP_LEVEL[code] } });
    return userErrorOf(rejection, code, names);
  });
}
