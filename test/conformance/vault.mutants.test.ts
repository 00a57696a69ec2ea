import { describe, expect, it } from '@jest/globals';
import { isBroken } from './sentence.js';
import { VAULT_CONTRACT } from './vault.contract.js';
import { VAULT_MUTANTS } from './vault.mutants.js';
import { fileVault } from './vault/sqlite.js';

describe('The contract of the vault', () => {
  it.each(VAULT_CONTRACT)('has a mutant for: $sentence', ({ sentence }) => {
    expect(VAULT_MUTANTS.map((mutant) => mutant.sentence)).toContain(sentence);
  });

  it.each(VAULT_MUTANTS)('notices a vault that $fault, by: $sentence', async ({ sentence, mutate }) => {
    const kept = VAULT_CONTRACT.find((candidate) => candidate.sentence === sentence);
    if (kept === undefined) throw new Error('the contract has no such sentence');
    const given = await fileVault(mutate);
    const outcome = await kept.verify(given).catch((error: unknown) => error);
    await given.dispose();
    if (!isBroken(outcome)) throw new Error('the mutant was not noticed', { cause: outcome });
  });
});
