import type { SecretRef, Vault } from '../../../src/vault/vault.js';
import { VaultError } from '../../../src/vault/vault.js';
import type { Mutant } from '../sentence.js';
import type { WrapVault } from './sqlite.js';

export type VaultMutant = Mutant<WrapVault>;

/** A vault that does some things differently. */
export function changed(vault: Vault, changes: Partial<Vault>): Vault {
  return {
    put: (ref, secret) => vault.put(ref, secret),
    get: (ref) => vault.get(ref),
    getMany: (kind, ids) => vault.getMany(kind, ids),
    reseal: (ref, expectedKeyId) => vault.reseal(ref, expectedKeyId),
    destroy: (ref) => vault.destroy(ref),
    list: (options) => vault.list(options),
    close: () => vault.close(),
    ...changes,
  };
}

/** Whether it is an error of the port with that code. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof VaultError && error.code === code;
}

/** Kind and id in one. */
export const nameOf = ({ kind, id }: SecretRef): string => `${kind} ${id}`;

/** The key that seals a secret, as the list tells. */
export async function keyOf(vault: Vault, { kind, id }: SecretRef): Promise<string | undefined> {
  const entries = await vault.list({ kind, after: id.slice(0, -1), limit: 5 });
  return entries.find((entry) => entry.id === id)?.keyId;
}

/** Remembers in this handle what it has seen: every secret that was stored or read. */
export function remembering(vault: Vault, memory: Map<string, Uint8Array>): Vault {
  return changed(vault, {
    put: async (ref, secret) => {
      await vault.put(ref, secret);
      memory.set(nameOf(ref), secret);
    },
    get: async (ref) => {
      const secret = memory.get(nameOf(ref)) ?? (await vault.get(ref));
      if (secret !== null) memory.set(nameOf(ref), secret);
      return secret;
    },
  });
}

/** Forgets what was stored before. */
export const overwriting: WrapVault = (vault) => {
  const later = new Map<string, Uint8Array>();
  return changed(vault, {
    put: async (ref, secret) => {
      await vault.put(ref, secret).catch((error: unknown) => {
        if (!hasCode(error, 'EXISTS')) throw error;
        later.set(nameOf(ref), secret);
      });
    },
    get: async (ref) => later.get(nameOf(ref)) ?? vault.get(ref),
  });
};
