import { expect } from '@jest/globals';
import { expectRefusal } from '../sentence.js';
import type { VaultSentence } from './given.js';
import { FIRST, FORGED, freshRef, keyIdOf, listed, NOON, RENEWED, ROTATED, secret, series } from './given.js';

export const ROTATING: readonly VaultSentence[] = [
  {
    sentence: 'A secret is opened by any key of the ring.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, kept);
      const rotated = await open(ROTATED);
      expect(await rotated.get(ref)).toEqual(kept);
      expect(await rotated.getMany(ref.kind, [ref.id])).toEqual(new Map([[ref.id, kept]]));
    },
  },
  {
    sentence: 'A new secret is sealed under the active key.',
    async verify({ vault, open }) {
      const [old, fresh] = [freshRef(), freshRef()];
      await vault.put(old, secret());
      const rotated = await open(ROTATED);
      await rotated.put(fresh, secret());
      expect(await keyIdOf(rotated, old)).toBe('key-1');
      expect(await keyIdOf(rotated, fresh)).toBe('the-second-key-2');
    },
  },
  {
    sentence: 'A secret that no key of the ring opens is refused as SEALED, and never taken for one that is not there.',
    async verify({ vault, open }) {
      const ref = freshRef();
      await vault.put(ref, secret());
      for (const ring of [RENEWED, FORGED]) {
        const other = await open(ring);
        await expectRefusal(() => other.get(ref), { code: 'SEALED' });
        await expectRefusal(() => other.getMany(ref.kind, [ref.id]), { code: 'SEALED' });
      }
    },
  },
  {
    sentence: 'Resealing moves a secret to the active key: the old key may go, and the secret is the same.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, kept);
      const rotated = await open(ROTATED);
      expect(await rotated.reseal(ref, 'key-1')).toBe(true);
      expect(await keyIdOf(rotated, ref)).toBe('the-second-key-2');
      expect(await rotated.get(ref)).toEqual(kept);
      expect(await (await open(RENEWED)).get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'A secret that is sealed under another key than expected is not resealed.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, kept);
      const rotated = await open(ROTATED);
      for (const expected of ['the-second-key-2', 'key-9', '']) expect(await rotated.reseal(ref, expected)).toBe(false);
      expect(await keyIdOf(rotated, ref)).toBe('key-1');
      expect(await vault.get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'Of many who reseal one secret, exactly one does.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, kept);
      const vaults = [await open(ROTATED), await open(ROTATED)];
      const attempts = [...vaults, ...vaults, ...vaults].map((rotated) => rotated.reseal(ref, 'key-1'));
      expect((await Promise.all(attempts)).filter((resealed) => resealed)).toHaveLength(1);
      expect(await (await open(RENEWED)).get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'Resealing does not bring about a secret that is not there, or no longer.',
    async verify({ vault, open }) {
      const [missing, destroyed] = [freshRef(), freshRef()];
      await vault.put(destroyed, secret());
      await vault.destroy(destroyed);
      const rotated = await open(ROTATED);
      for (const ref of [missing, destroyed]) {
        expect(await rotated.reseal(ref, 'key-1')).toBe(false);
        expect(await rotated.get(ref)).toBeNull();
      }
    },
  },
  {
    sentence: 'A secret that no key of the ring opens is not resealed, but refused as SEALED.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, kept);
      for (const ring of [RENEWED, FORGED]) {
        const other = await open(ring);
        await expectRefusal(() => other.reseal(ref, 'key-1'), { code: 'SEALED' });
      }
      expect(await vault.get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'Resealing does not make a secret younger.',
    async verify({ vault, open, setNow }) {
      setNow(NOON);
      const { prefix, refs } = await series(vault, 1);
      setNow('2026-01-02T12:00:00.000Z');
      const rotated = await open(ROTATED);
      for (const ref of refs) await rotated.reseal(ref, FIRST.activeKeyId);
      expect((await listed(rotated, prefix)).map(({ createdAt }) => createdAt)).toEqual([NOON]);
    },
  },
];
