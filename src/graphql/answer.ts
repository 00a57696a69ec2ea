import type { Result } from '../application/result.js';
import type { Rejection } from '../domain/rejection.js';
import type { GraphqlContext } from './context.js';
import { userErrorsOf } from './rejections.js';
import type { UserError } from './types/user-error.js';
import { userOf, type User } from './types/user.js';

interface Answered {
  readonly userErrors: UserError[];
}

/** The part of a payload that says what was refused, and nothing else. */
export function refusedWith(rejections: readonly Rejection[]): Answered {
  return { userErrors: userErrorsOf(rejections) };
}

/** Turns what a command came to into a payload, once the read models know what it wrote. */
export async function answer<T, P extends object>(
  context: GraphqlContext,
  result: Result<T>,
  payload: (value: T) => P,
): Promise<(P & Answered) | Answered> {
  if (!result.ok) return refusedWith(result.rejections);
  await context.caughtUp();
  return { ...payload(result.value), userErrors: [] };
}

/** A user of the session's own account as the read models have it; null where there is none. */
export function readUser(context: GraphqlContext, accountId: string, userId: string): User | null {
  const view = context.readModels.users.byIds(accountId, [userId]).get(userId);
  return view === undefined ? null : userOf(view, context.app.now());
}
