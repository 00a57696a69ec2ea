import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VAULT_CONTRACT } from './vault.contract.js';
import { startDouble, type Double } from '../support/eventstoredb/double.js';
import { eventStoreDbVault } from './vault/eventstoredb.js';
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

describe('The vault in an EventStoreDB, by the real client and a double of the server', () => {
  let double: Double;
  beforeAll(async () => {
    double = await startDouble();
  });
  afterAll(() => double.stop());

  it.each(VAULT_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await eventStoreDbVault(double.url);
    await verify(given).finally(() => given.dispose());
  });
});
