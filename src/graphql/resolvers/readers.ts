import type { CurrentSession } from '../../application/request-context.js';
import type { Party } from '../access.js';

/** Who reads the account's users and its trail. */
export const READERS: readonly Party[] = ['PRIMARY', 'ADMIN', 'AUDITOR'];

/** Whether a session's user is one of them. */
export function readsAccount({ user }: CurrentSession): boolean {
  return user.kind === 'PRIMARY' || (user.role !== null && READERS.includes(user.role));
}
