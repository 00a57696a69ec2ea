import { openLogDatabase } from '../../../src/eventstore/sqlite/log-database.js';
import type { KeyRing } from '../../../src/vault/key-ring.js';
import { fixedKeyRing } from '../../../src/vault/key-ring-source.js';
import { openSqliteVault } from '../../../src/vault/sqlite/sqlite-vault.js';
import type { Vault } from '../../../src/vault/vault.js';
import { workplace } from '../sqlite-node.js';
import type { GivenVault } from './given.js';
import { FIRST, NOON } from './given.js';

/** A given vault, and how to be rid of it. */
export interface VaultFixture extends GivenVault {
  dispose(): Promise<void>;
}

export type WrapVault = (vault: Vault, keyRing: KeyRing) => Vault;

/** A vault in a file, which several nodes may open; `wrap` stands between it and the sentence: a mutant, say. */
export async function fileVault(wrap: WrapVault = (vault) => vault): Promise<VaultFixture> {
  const place = workplace();
  let time = NOON;
  const open = async (keyRing: KeyRing): Promise<Vault> =>
    wrap(openSqliteVault({ database: place.open(), keys: fixedKeyRing(keyRing), now: () => time }), keyRing);
  return { vault: await open(FIRST), open, setNow: (now) => (time = now), dispose: () => place.dispose() };
}

/** A vault in memory, all handles on one connection. */
export async function memoryVault(): Promise<VaultFixture> {
  const database = openLogDatabase({ path: ':memory:' });
  let time = NOON;
  const open = async (keyRing: KeyRing): Promise<Vault> =>
    openSqliteVault({ database, keys: fixedKeyRing(keyRing), now: () => time });
  return { vault: await open(FIRST), open, setNow: (now) => (time = now), dispose: () => database.close() };
}
