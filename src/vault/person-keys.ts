import { LRUCache } from 'lru-cache';
import type { Vault } from './vault.js';

/** Keys of persons, kept in bounded memory once they were read from the vault. */
export interface PersonKeys {
  /** The keys that exist, by person; persons that were erased have none. */
  getMany(personIds: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>>;
  /**
   * Drops a key from memory and hands it out no more, whether or not the vault has it still; to be called as soon as it is
   * known that a person was erased. Answers whether that is news.
   */
  forget(personId: string): boolean;
}

const KEYS_KEPT = 10_000;
/** Persons that were erased, of whom the vault may still have a key: it has not for long. */
const ERASED_KEPT = 100_000;

/** Reads keys of persons through a vault. */
export function createPersonKeys(vault: Vault): PersonKeys {
  const known = new LRUCache<string, Uint8Array>({ max: KEYS_KEPT });
  const erased = new LRUCache<string, true>({ max: ERASED_KEPT });

  async function fetchMissing(personIds: readonly string[]): Promise<void> {
    const missing = personIds.filter((personId) => !known.has(personId) && !erased.has(personId));
    if (missing.length === 0) return;
    for (const [personId, key] of await vault.getMany('person', missing)) {
      // It may have become known meanwhile that the person was erased.
      if (!erased.has(personId)) known.set(personId, key);
    }
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
      if (erased.has(personId)) return false;
      erased.set(personId, true);
      return true;
    },
  };
}
