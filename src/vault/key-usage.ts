import pLimit from 'p-limit';
import { SECRET_KINDS, VaultError, type SecretEntry, type SecretKind, type SecretRef, type Vault } from './vault.js';

/** How many secrets of a kind lie under a key. */
export interface KeyUse {
  readonly kind: SecretKind;
  readonly keyId: string;
  readonly secrets: number;
}

/** Told on the way how many secrets have been gone through. */
export type OnSecrets = (done: number) => void;

/** Listed at once. */
const PAGE = 500;
/** Worked on at once: what is written together is made durable together. */
const AT_A_TIME = 64;

/** All that a vault has, page by page. */
export async function* pagesOf(vault: Vault): AsyncGenerator<readonly SecretEntry[]> {
  for (const kind of SECRET_KINDS) {
    let after = '';
    for (;;) {
      const page = await vault.list({ kind, after, limit: PAGE });
      if (page.length > 0) yield page;
      const last = page.at(-1);
      if (page.length < PAGE || last === undefined) break;
      after = last.id;
    }
  }
}

/** How many secrets lie under which key, without opening any; by kind, then key. */
export async function usesOf(vault: Vault): Promise<readonly KeyUse[]> {
  const uses = new Map<string, KeyUse>();
  for await (const page of pagesOf(vault)) {
    for (const { kind, keyId } of page) {
      const key = `${kind} ${keyId}`;
      uses.set(key, { kind, keyId, secrets: (uses.get(key)?.secrets ?? 0) + 1 });
    }
  }
  return [...uses.values()];
}

/** How a secret answers to being opened; `GONE`: it was destroyed meanwhile, or a crash kept it from being stored. */
export type Opening = 'OPENS' | 'SEALED' | 'GONE';

/** Opens a secret, and drops what is in it. @throws {VaultError} where the vault cannot tell */
export async function tryToOpen(vault: Vault, ref: SecretRef): Promise<Opening> {
  try {
    return (await vault.get(ref)) === null ? 'GONE' : 'OPENS';
  } catch (error) {
    if (error instanceof VaultError && error.code === 'SEALED') return 'SEALED';
    throw error;
  }
}

/** How the secrets among some entries answer to being opened, in their order. */
export async function openingsOf(vault: Vault, entries: readonly SecretEntry[]): Promise<readonly Opening[]> {
  const limit = pLimit(AT_A_TIME);
  return Promise.all(entries.map((entry) => limit(() => tryToOpen(vault, entry))));
}

/** The secrets that do not open without a key and are listed under it: what would be lost with it. */
export async function needing(keyId: string, vaultWithoutIt: Vault, most = Infinity): Promise<readonly SecretRef[]> {
  const found: SecretRef[] = [];
  for await (const page of pagesOf(vaultWithoutIt)) {
    const under = page.filter((entry) => entry.keyId === keyId);
    const openings = await openingsOf(vaultWithoutIt, under);
    found.push(...under.filter((_, index) => openings[index] === 'SEALED'));
    if (found.length >= most) break;
  }
  return found;
}

/** What came of sealing anew. */
export interface Resealed {
  readonly resealed: number;
  /** Those that no key of the ring opens. */
  readonly sealed: readonly SecretRef[];
}

/**
 * Seals anew, under the active key, what lies under another one; goes through the vault until it finds nothing more, since
 * services go on storing secrets. Broken off, it is simply begun again.
 * @throws {VaultError} where the vault is unavailable
 */
export async function resealAll(vault: Vault, activeKeyId: string, onSecrets: OnSecrets): Promise<Resealed> {
  const sealed = new Map<string, SecretRef>();
  let resealed = 0;
  for (;;) {
    const before = resealed;
    for await (const page of pagesOf(vault)) {
      const old = page.filter(({ kind, id, keyId }) => keyId !== activeKeyId && !sealed.has(`${kind} ${id}`));
      const outcomes = await resealEach(vault, old);
      resealed += outcomes.filter((outcome) => outcome === 'RESEALED').length;
      for (const [index, ref] of old.entries())
        if (outcomes[index] === 'SEALED') sealed.set(`${ref.kind} ${ref.id}`, ref);
      onSecrets(resealed);
    }
    if (resealed === before) return { resealed, sealed: [...sealed.values()] };
  }
}

async function resealEach(vault: Vault, entries: readonly SecretEntry[]) {
  const limit = pLimit(AT_A_TIME);
  return Promise.all(
    entries.map((entry) =>
      limit(async () => {
        try {
          return (await vault.reseal(entry, entry.keyId)) ? 'RESEALED' : 'LEFT';
        } catch (error) {
          if (error instanceof VaultError && error.code === 'SEALED') return 'SEALED';
          throw error;
        }
      }),
    ),
  );
}

/** Whether anything that is there lies under another key than the active one. */
export async function hasOlder(vault: Vault, activeKeyId: string): Promise<boolean> {
  for await (const page of pagesOf(vault)) {
    const old = page.filter(({ keyId }) => keyId !== activeKeyId);
    if ((await openingsOf(vault, old)).some((opening) => opening !== 'GONE')) return true;
  }
  return false;
}
