import type { Challenged } from '../application/guard.js';
import type { Result } from '../application/result.js';
import { REJECTION_CODES, type Rejection } from '../domain/rejection.js';
import type { OperationChallenge } from '../domain/session/challenges.js';
import type { GraphqlContext } from './context.js';
import { userErrorsOf } from './rejections.js';
import { fieldOf, type FieldNames } from './error-table.js';
import { operationChallengeOf } from './types/operation-challenge.js';
import { VerificationRequiredError, type UserError } from './types/user-error.js';
import { userOf, type User } from './types/user.js';

interface Answered {
  readonly userErrors: UserError[];
}

/** The part of a payload that says what was refused, and nothing else. */
export function refusedWith(rejections: readonly Rejection[], names?: FieldNames): Answered {
  return { userErrors: userErrorsOf(rejections, names) };
}

/** Turns what a command came to into a payload, once the read models know what it wrote. */
export async function answer<T, P extends object>(
  context: GraphqlContext,
  result: Result<T>,
  payload: (value: T) => P,
  names?: FieldNames,
): Promise<(P & Answered) | Answered> {
  if (!result.ok) return refusedWith(result.rejections, names);
  await context.caughtUp();
  return { ...payload(result.value), userErrors: [] };
}

function verificationRequired(challenge: OperationChallenge): VerificationRequiredError {
  const code = 'VERIFICATION_REQUIRED';
  const common = { code, field: fieldOf(code), message: REJECTION_CODES[code] } as const;
  return Object.assign(new VerificationRequiredError(), common, { challenge: operationChallengeOf(challenge) });
}

/** As `answer`, for a guarded operation: where it has to be verified first, the payload says with which challenge. */
export async function answerChallenged<T, P extends object>(
  context: GraphqlContext,
  result: Result<Challenged<T>>,
  payload: (value: T) => P | Promise<P>,
  names?: FieldNames,
): Promise<(P & Answered) | Answered> {
  if (!result.ok) return refusedWith(result.rejections, names);
  await context.caughtUp();
  if (result.value.challenge !== null) return { userErrors: [verificationRequired(result.value.challenge)] };
  return { ...(await payload(result.value)), userErrors: [] };
}

/** A user of the session's own account as the read models have it; null where there is none. */
export function readUser(context: GraphqlContext, accountId: string, userId: string): User | null {
  const view = context.readModels.users.byId(accountId, userId);
  return view === null ? null : userOf(view, context.app.now());
}
