import type { SecretRef } from '../../../src/vault/vault.js';
import { VaultError } from '../../../src/vault/vault.js';
import type { VaultMutant } from './mutating.js';
import { changed, nameOf, overwriting, remembering } from './mutating.js';

export const MUTANTS_OF_DESTROYING: readonly VaultMutant[] = [
  {
    sentence: 'A destroyed secret is null, for every handle and for good.',
    fault: 'does not destroy',
    mutate: (vault) => changed(vault, { destroy: async () => {} }),
  },
  {
    sentence: 'A destroyed secret is null, for every handle and for good.',
    fault: 'remembers what it gave',
    mutate: (vault) => {
      const memory = new Map<string, Uint8Array>();
      return changed(remembering(vault, memory), {
        destroy: async (ref) => {
          memory.delete(nameOf(ref));
          await vault.destroy(ref);
        },
      });
    },
  },
  {
    sentence: 'The id of a destroyed secret is never used again: storing under it is refused as EXISTS.',
    fault: 'forgets who was destroyed',
    mutate: overwriting,
  },
  {
    sentence: 'Destroying a secret that is not there is no error.',
    fault: 'misses it',
    mutate: (vault) =>
      changed(vault, {
        destroy: async (ref) => {
          if ((await vault.get(ref)) === null) throw new VaultError('UNAVAILABLE', 'there is no such secret');
          await vault.destroy(ref);
        },
      }),
  },
  {
    sentence: 'Destroying a secret that was never stored does not use up its id.',
    fault: 'puts up a stone for those who never lived',
    mutate: (vault) =>
      changed(vault, {
        destroy: async (ref) => {
          if ((await vault.get(ref)) === null) await vault.put(ref, new Uint8Array(0)).catch(() => {});
          await vault.destroy(ref);
        },
      }),
  },
  {
    sentence: 'Destroying a secret leaves the others alone.',
    fault: 'destroys those that come after too',
    mutate: (vault) =>
      changed(vault, {
        destroy: async (ref) => {
          const later = await vault.list({ kind: ref.kind, after: ref.id, limit: 5 });
          for (const each of [ref, ...later]) await vault.destroy(each);
        },
      }),
  },
  {
    sentence: 'Secrets are listed by kind in the order of their ids, with their time and key and nothing else.',
    fault: 'lists in another order',
    mutate: (vault) => changed(vault, { list: async (options) => [...(await vault.list(options))].reverse() }),
  },
  {
    sentence: 'Secrets are listed by kind in the order of their ids, with their time and key and nothing else.',
    fault: 'lists the secret too',
    mutate: (vault) =>
      changed(vault, {
        list: async (options) =>
          Promise.all((await vault.list(options)).map(async (entry) => ({ ...entry, secret: await vault.get(entry) }))),
      }),
  },
  {
    sentence: 'Secrets are listed by kind in the order of their ids, with their time and key and nothing else.',
    fault: 'lists every kind',
    mutate: (vault) =>
      changed(vault, {
        list: async (options) => [
          ...(await vault.list({ ...options, kind: 'password' })),
          ...(await vault.list(options)),
        ],
      }),
  },
  {
    sentence: 'A list is cut off at its limit, and goes on after the id given, which is left out.',
    fault: 'begins with that id',
    mutate: (vault) =>
      changed(vault, {
        list: ({ after, ...options }) =>
          vault.list(after === undefined ? options : { ...options, after: after.slice(0, -1) }),
      }),
  },
  {
    sentence: 'A list is cut off at its limit, and goes on after the id given, which is left out.',
    fault: 'gives one more',
    mutate: (vault) =>
      changed(vault, { list: ({ limit, ...options }) => vault.list({ ...options, limit: limit + 1 }) }),
  },
  {
    sentence: 'A list may leave out what was not stored before a moment.',
    fault: 'lists all there is',
    mutate: (vault) => changed(vault, { list: ({ createdBefore: _, ...options }) => vault.list(options) }),
  },
  {
    sentence: 'A list may leave out what was not stored before a moment.',
    fault: 'takes "before" for "until"',
    mutate: (vault) =>
      changed(vault, {
        list: async ({ createdBefore, ...options }) =>
          (await vault.list(options)).filter(({ createdAt }) => createdAt <= (createdBefore ?? createdAt)),
      }),
  },
  {
    sentence: 'A destroyed secret is not listed.',
    fault: 'lists the dead',
    mutate: (vault) => {
      const dead: SecretRef[] = [];
      return changed(vault, {
        destroy: async (ref) => {
          dead.push(ref);
          await vault.destroy(ref);
        },
        list: async (options) => [
          ...(await vault.list(options)),
          ...dead.map((ref) => ({ ...ref, createdAt: '2026-01-01T00:00:00.000Z', keyId: 'key-1' })),
        ],
      });
    },
  },
];
