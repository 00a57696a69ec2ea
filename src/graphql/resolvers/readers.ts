import type { Party } from '../access.js';

/** Who reads the account's users and its trail. */
export const READERS: readonly Party[] = ['PRIMARY', 'ADMIN', 'AUDITOR'];
