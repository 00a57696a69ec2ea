import { readUser } from '../answer.js';
import type { GraphqlContext } from '../context.js';
import type { User } from '../types/user.js';
import { readerOf } from './readers.js';

/** Reads the users who made what is listed, each once, however much they made. */
export function makers(context: GraphqlContext): (userId: string | null) => User | null {
  const { accountId } = readerOf(context);
  const known = new Map<string, User | null>();
  return (userId) => {
    if (userId === null) return null;
    const user = known.has(userId) ? (known.get(userId) ?? null) : readUser(context, accountId, userId);
    known.set(userId, user);
    return user;
  };
}
