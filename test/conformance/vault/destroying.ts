import { expect } from '@jest/globals';
import { expectRefusal } from '../sentence.js';
import type { VaultSentence } from './given.js';
import { FIRST, freshRef, listed, NOON, secret, series } from './given.js';

export const DESTROYING: readonly VaultSentence[] = [
  {
    sentence: 'A destroyed secret is null, for every handle and for good.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      const other = await open(FIRST);
      await vault.put(ref, kept);
      expect(await other.get(ref)).toEqual(kept);
      await vault.destroy(ref);
      expect(await vault.get(ref)).toBeNull();
      expect(await other.get(ref)).toBeNull();
      expect(await (await open(FIRST)).get(ref)).toBeNull();
    },
  },
  {
    sentence: 'The id of a destroyed secret is never used again: storing under it is refused as EXISTS.',
    async verify({ vault }) {
      const ref = freshRef();
      await vault.put(ref, secret());
      await vault.destroy(ref);
      await expectRefusal(() => vault.put(ref, secret()), { code: 'EXISTS' });
      expect(await vault.get(ref)).toBeNull();
    },
  },
  {
    sentence: 'Destroying a secret that is not there is no error.',
    async verify({ vault }) {
      const ref = freshRef();
      await vault.destroy(ref);
      const stored = freshRef();
      await vault.put(stored, secret());
      await vault.destroy(stored);
      await vault.destroy(stored);
      expect(await vault.get(stored)).toBeNull();
    },
  },
  {
    sentence: 'Destroying a secret that was never stored does not use up its id.',
    async verify({ vault }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.destroy(ref);
      await vault.put(ref, kept);
      expect(await vault.get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'Destroying a secret leaves the others alone.',
    async verify({ vault }) {
      const { prefix, refs } = await series(vault, 5);
      const [, , third] = refs;
      if (third === undefined) throw new Error('five refs');
      await vault.destroy(third);
      const left = refs.filter((ref) => ref !== third).map(({ id }) => id);
      expect([...(await vault.getMany('seed', left)).keys()].sort()).toEqual(left);
      expect((await listed(vault, prefix)).map(({ id }) => id)).toEqual(left);
    },
  },
  {
    sentence: 'Secrets are listed by kind in the order of their ids, with their time and key and nothing else.',
    async verify({ vault, setNow }) {
      setNow(NOON);
      const { prefix, refs } = await series(vault, 5);
      await vault.put({ kind: 'password', id: `${prefix}-0` }, secret());
      expect(await listed(vault, prefix)).toEqual(refs.map((ref) => ({ ...ref, createdAt: NOON, keyId: 'key-1' })));
    },
  },
  {
    sentence: 'A list is cut off at its limit, and goes on after the id given, which is left out.',
    async verify({ vault }) {
      const { prefix, refs } = await series(vault, 5);
      const found: string[] = [];
      for (let page = 0; page < 3; page += 1) {
        const entries = await vault.list({ kind: 'seed', after: found.at(-1) ?? prefix, limit: 2 });
        expect(entries.length).toBeLessThanOrEqual(2);
        found.push(...entries.map(({ id }) => id).filter((id) => id.startsWith(prefix)));
      }
      expect(found).toEqual(refs.map(({ id }) => id));
    },
  },
  {
    sentence: 'A list may leave out what was not stored before a moment.',
    async verify({ vault, setNow }) {
      setNow('2026-01-01T11:59:59.999Z');
      const { prefix } = await series(vault, 1);
      setNow(NOON);
      await vault.put({ kind: 'seed', id: `${prefix}-2` }, secret());
      setNow('2026-01-01T12:00:00.001Z');
      await vault.put({ kind: 'seed', id: `${prefix}-3` }, secret());
      const ids = async (createdBefore?: string): Promise<readonly string[]> =>
        (await listed(vault, prefix, createdBefore)).map(({ id }) => id.slice(prefix.length));
      expect(await ids(NOON)).toEqual(['-1']);
      expect(await ids('2026-01-01T12:00:00.001Z')).toEqual(['-1', '-2']);
      expect(await ids('2026-01-01T13:00:00.000Z')).toEqual(['-1', '-2', '-3']);
      expect(await ids()).toEqual(['-1', '-2', '-3']);
    },
  },
  {
    sentence: 'A destroyed secret is not listed.',
    async verify({ vault }) {
      const { prefix, refs } = await series(vault, 2);
      for (const ref of refs) await vault.destroy(ref);
      expect(await listed(vault, prefix)).toEqual([]);
    },
  },
];
