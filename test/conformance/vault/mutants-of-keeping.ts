import { setImmediate as nextTurn } from 'node:timers/promises';
import { VaultError } from '../../../src/vault/vault.js';
import type { VaultMutant } from './mutating.js';
import { changed, hasCode, nameOf, overwriting, remembering } from './mutating.js';

export const MUTANTS_OF_KEEPING: readonly VaultMutant[] = [
  {
    sentence: 'A secret is given back to the byte, of whatever kind and length.',
    fault: 'takes bytes for text',
    mutate: (vault) =>
      changed(vault, { put: (ref, secret) => vault.put(ref, Buffer.from(Buffer.from(secret).toString('utf8'))) }),
  },
  {
    sentence: 'A secret is given back to the byte, of whatever kind and length.',
    fault: 'takes an empty secret for none',
    mutate: (vault) =>
      changed(vault, {
        get: async (ref) => {
          const secret = await vault.get(ref);
          return secret?.length === 0 ? null : secret;
        },
      }),
  },
  {
    sentence: 'A secret that was never stored is null.',
    fault: 'takes none for an empty secret',
    mutate: (vault) => changed(vault, { get: async (ref) => (await vault.get(ref)) ?? new Uint8Array(0) }),
  },
  {
    sentence: 'A secret is stored as it was when it was handed over.',
    fault: 'looks at the bytes only later',
    mutate: (vault) =>
      changed(vault, {
        put: async (ref, secret) => {
          await nextTurn();
          await vault.put(ref, secret);
        },
      }),
  },
  {
    sentence: 'Whoever changes the bytes that were given to him changes no secret.',
    fault: 'gives its own copy away',
    mutate: (vault) => remembering(vault, new Map()),
  },
  {
    sentence: 'A secret is never overwritten: storing again under its id is refused as EXISTS.',
    fault: 'overwrites',
    mutate: overwriting,
  },
  {
    sentence: 'A secret is never overwritten: storing again under its id is refused as EXISTS.',
    fault: 'takes the same bytes for a repetition',
    mutate: (vault) =>
      changed(vault, {
        put: async (ref, secret) => {
          const stored = await vault.get(ref);
          if (stored === null || Buffer.compare(stored, secret) !== 0) await vault.put(ref, secret);
        },
      }),
  },
  {
    sentence: 'Of many who store under one id, exactly one succeeds.',
    fault: 'lets the slower ones believe that they stored',
    mutate: (vault) =>
      changed(vault, {
        put: (ref, secret) =>
          vault.put(ref, secret).catch((error: unknown) => {
            if (!hasCode(error, 'EXISTS')) throw error;
          }),
      }),
  },
  {
    sentence: 'An id counts within its kind.',
    fault: 'knows one kind only',
    mutate: (vault) => changed(vault, { get: ({ id }) => vault.get({ kind: 'seed', id }) }),
  },
  {
    sentence: 'An id counts within its kind.',
    fault: 'destroys what has that id in any kind',
    mutate: (vault) =>
      changed(vault, {
        destroy: async ({ id }) => {
          for (const kind of ['seed', 'password', 'person'] as const) await vault.destroy({ kind, id });
        },
      }),
  },
  {
    sentence: 'Of many secrets those are given that exist, by id.',
    fault: 'gives an empty secret for one that is not there',
    mutate: (vault) =>
      changed(vault, {
        getMany: async (kind, ids) => {
          const found = await vault.getMany(kind, ids);
          return new Map(ids.map((id) => [id, found.get(id) ?? new Uint8Array(0)]));
        },
      }),
  },
  {
    sentence: 'Of many secrets those are given that exist, by id.',
    fault: 'gives the first one only',
    mutate: (vault) => changed(vault, { getMany: async (kind, ids) => vault.getMany(kind, ids.slice(0, 1)) }),
  },
  {
    sentence: 'What is stored in one handle is found in another.',
    fault: 'keeps it to itself',
    mutate: (vault) => {
      const own = new Map<string, Uint8Array>();
      return changed(vault, {
        put: async (ref, secret) => {
          own.set(nameOf(ref), secret);
        },
        get: async (ref) => own.get(nameOf(ref)) ?? null,
      });
    },
  },
  {
    sentence: 'No error quotes a secret.',
    fault: 'says which secret it could not store',
    mutate: (vault) =>
      changed(vault, {
        put: (ref, secret) =>
          vault.put(ref, secret).catch((error: unknown) => {
            throw new VaultError('EXISTS', `${String(error)}: ${Buffer.from(secret).toString('base64')}`);
          }),
      }),
  },
];

export const MUTANTS_OF_CLOSING: readonly VaultMutant[] = [
  {
    sentence: 'A closed vault refuses every call as CLOSED.',
    fault: 'does not mind being closed',
    mutate: (vault) => changed(vault, { close: async () => {} }),
  },
  {
    sentence: 'A closed vault refuses every call as CLOSED.',
    fault: 'takes destroying lightly once it is closed',
    mutate: (vault) => changed(vault, { destroy: (ref) => vault.destroy(ref).catch(() => {}) }),
  },
  {
    sentence: 'Closing twice is no error.',
    fault: 'refuses to be closed again',
    mutate: (vault) => {
      let closed = false;
      return changed(vault, {
        close: async () => {
          if (closed) throw new VaultError('CLOSED', 'the vault is closed');
          closed = true;
          await vault.close();
        },
      });
    },
  },
];
