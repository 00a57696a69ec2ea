import type { Party } from '../access.js';
import type { GraphqlContext } from '../context.js';
import { current } from './current.js';

/** Who reads the account's users and its trail. */
export const READERS: readonly Party[] = ['PRIMARY', 'ADMIN', 'AUDITOR'];

/** Who reads the account's trail, and what is told from it: programs with an audit token, too. */
export const TRAIL_READERS: readonly Party[] = [...READERS, 'AUDIT_TOKEN'];

/** Whoever has proven to be somebody, whatever that is. */
export const EVERYBODY: readonly Party[] = [...TRAIL_READERS, 'MEMBER'];

/** Whose trail is read. */
export interface Reader {
  readonly accountId: string;
  /** The user, or the audit token. */
  readonly id: string;
  /** Whether it may read all of the account, or what is its own. */
  readonly readsAccount: boolean;
}

/** Who reads, by a session or by an audit token. @throws {GraphQLError} `UNAUTHENTICATED` where nobody does */
export function readerOf(context: GraphqlContext): Reader {
  if (context.tokenReader !== null) {
    const { accountId, tokenId: id } = context.tokenReader;
    return { accountId, id, readsAccount: true };
  }
  const { accountId, userId: id, kind, role } = current(context).user;
  return { accountId, id, readsAccount: kind === 'PRIMARY' || (role !== null && READERS.includes(role)) };
}
