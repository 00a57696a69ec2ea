import { LRUCache } from 'lru-cache';
import type { Vault } from './vault.js';

/** Keys of persons, kept in bounded memory once they were read from the vault. */
export interface PersonKeys {
  /** The keys that exist, by person; persons that were erased have none. */
  getMany(personIds: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Drops a key from memory; to be called when a person is erased. */
  forget(personId: string): void;
}

const KEYS_KEPT = 10_000;

/** Reads keys of persons through a vault. */
export function createPersonKeys(vault: Vault): PersonKeys {
  const known = new LRUCache<string, Uint8Array>({ max: KEYS_KEPT });

  async function fetchMissing(personIds: readonly string[]): Promise<void> {
    const missing = personIds.filter((personId) => !known.has(personId));
    if (missing.length === 0) return;
    for (const [personId, key] of await vault.getMany('person', missing)) known.set(personId, key);
  }

  return {
    async getMany(personIds) {
      const wanted = [...new Set(personIds)];
      // In portions, so that what one call reads always fits into what is kept.
      const keys = new Map<string, Uint8Array>();
      for (let start = 0; start < wanted.length; start += KEYS_KEPT / 10) {
        const portion = wanted.slice(start, start + KEYS_KEPT / 10);
        await fetchMissing(portion);
        for (const personId of portion) {
          const key = known.get(personId);
          if (key !== undefined) keys.set(personId, key);
        }
      }
      return keys;
    },
    forget(personId) {
      known.delete(personId);
    },
  };
}
