import { VaultError } from '../../../src/vault/vault.js';
import type { VaultMutant } from './mutating.js';
import { changed, hasCode, keyOf, nameOf } from './mutating.js';

export const MUTANTS_OF_ROTATING: readonly VaultMutant[] = [
  {
    sentence: 'A secret is opened by any key of the ring.',
    fault: 'opens with the active key only',
    mutate: (vault, { activeKeyId }) =>
      changed(vault, {
        get: async (ref) => {
          if ((await keyOf(vault, ref)) !== activeKeyId) throw new VaultError('SEALED', 'that key is not active');
          return vault.get(ref);
        },
      }),
  },
  {
    sentence: 'A new secret is sealed under the active key.',
    fault: 'seals under the first key',
    mutate: (vault, { sealingKeys }) =>
      changed(vault, {
        list: async (options) => {
          const [keyId = ''] = sealingKeys.keys();
          return (await vault.list(options)).map((entry) => ({ ...entry, keyId }));
        },
      }),
  },
  {
    sentence: 'A secret that no key of the ring opens is refused as SEALED, and never taken for one that is not there.',
    fault: 'takes it for one that is not there',
    mutate: (vault) =>
      changed(vault, {
        get: (ref) =>
          vault.get(ref).catch((error: unknown) => {
            if (hasCode(error, 'SEALED')) return null;
            throw error;
          }),
      }),
  },
  {
    sentence: 'A secret that no key of the ring opens is refused as SEALED, and never taken for one that is not there.',
    fault: 'leaves it out of many',
    mutate: (vault) =>
      changed(vault, {
        getMany: (kind, ids) =>
          vault.getMany(kind, ids).catch((error: unknown) => {
            if (hasCode(error, 'SEALED')) return new Map<string, Uint8Array>();
            throw error;
          }),
      }),
  },
  {
    sentence: 'Resealing moves a secret to the active key: the old key may go, and the secret is the same.',
    fault: 'says that it resealed, and does not',
    mutate: (vault) => changed(vault, { reseal: async () => true }),
  },
  {
    sentence: 'Resealing moves a secret to the active key: the old key may go, and the secret is the same.',
    fault: 'does not reseal',
    mutate: (vault) => changed(vault, { reseal: async () => false }),
  },
  {
    sentence: 'A secret that is sealed under another key than expected is not resealed.',
    fault: 'reseals whatever the key',
    mutate: (vault) =>
      changed(vault, { reseal: async (ref) => vault.reseal(ref, (await keyOf(vault, ref)) ?? 'no key') }),
  },
  {
    sentence: 'Of many who reseal one secret, exactly one does.',
    fault: 'looks first and reseals later',
    mutate: (vault) =>
      changed(vault, {
        reseal: async (ref, expectedKeyId) => {
          if ((await keyOf(vault, ref)) !== expectedKeyId) return false;
          return (await vault.reseal(ref, expectedKeyId)) || vault.reseal(ref, (await keyOf(vault, ref)) ?? 'no key');
        },
      }),
  },
  {
    sentence: 'Resealing does not bring about a secret that is not there, or no longer.',
    fault: 'says that it resealed what is not there',
    mutate: (vault) =>
      changed(vault, {
        reseal: async (ref, expectedKeyId) =>
          (await vault.reseal(ref, expectedKeyId)) || (await vault.get(ref)) === null,
      }),
  },
  {
    sentence: 'A secret that no key of the ring opens is not resealed, but refused as SEALED.',
    fault: 'takes it for a lost race',
    mutate: (vault) =>
      changed(vault, {
        reseal: (ref, expectedKeyId) =>
          vault.reseal(ref, expectedKeyId).catch((error: unknown) => {
            if (hasCode(error, 'SEALED')) return false;
            throw error;
          }),
      }),
  },
  {
    sentence: 'Resealing does not make a secret younger.',
    fault: 'dates it anew',
    mutate: (vault) => {
      const resealed = new Set<string>();
      return changed(vault, {
        reseal: async (ref, expectedKeyId) => {
          resealed.add(nameOf(ref));
          return vault.reseal(ref, expectedKeyId);
        },
        list: async (options) =>
          (await vault.list(options)).map((entry) =>
            resealed.has(nameOf(entry)) ? { ...entry, createdAt: '2026-01-02T12:00:00.000Z' } : entry,
          ),
      });
    },
  },
];
