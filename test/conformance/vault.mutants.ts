import { MUTANTS_OF_DESTROYING } from './vault/mutants-of-destroying.js';
import { MUTANTS_OF_CLOSING, MUTANTS_OF_KEEPING } from './vault/mutants-of-keeping.js';
import { MUTANTS_OF_ROTATING } from './vault/mutants-of-rotating.js';
import type { VaultMutant } from './vault/mutating.js';

/** Faults that the contract of the vault must notice: at least one for every sentence. */
export const VAULT_MUTANTS: readonly VaultMutant[] = [
  ...MUTANTS_OF_KEEPING,
  ...MUTANTS_OF_DESTROYING,
  ...MUTANTS_OF_ROTATING,
  ...MUTANTS_OF_CLOSING,
];
