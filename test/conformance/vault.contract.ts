import { DESTROYING } from './vault/destroying.js';
import type { VaultSentence } from './vault/given.js';
import { CLOSING, KEEPING } from './vault/keeping.js';
import { ROTATING } from './vault/rotating.js';

/** What every vault keeps, sentence by sentence. Nothing here takes the vault to be empty, and every id is fresh. */
export const VAULT_CONTRACT: readonly VaultSentence[] = [...KEEPING, ...DESTROYING, ...ROTATING, ...CLOSING];
