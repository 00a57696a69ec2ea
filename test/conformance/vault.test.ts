import { describe, expect, it } from '@jest/globals';
import { VAULT_CONTRACT } from './vault.contract.js';
import { fileVault, memoryVault } from './vault/sqlite.js';

describe('The contract of the vault', () => {
  it('says nothing twice', () => {
    const sentences = VAULT_CONTRACT.map(({ sentence }) => sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});

describe('The vault in an SQLite file', () => {
  it.each(VAULT_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await fileVault();
    await verify(given).finally(() => given.dispose());
  });
});

describe('The vault in memory', () => {
  it.each(VAULT_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await memoryVault();
    await verify(given).finally(() => given.dispose());
  });
});
