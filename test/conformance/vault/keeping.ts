import { expect } from '@jest/globals';
import { SECRET_KINDS } from '../../../src/vault/vault.js';
import { expectRefusal } from '../sentence.js';
import type { VaultSentence } from './given.js';
import { FIRST, freshRef, secret } from './given.js';

export const KEEPING: readonly VaultSentence[] = [
  {
    sentence: 'A secret is given back to the byte, of whatever kind and length.',
    async verify({ vault }) {
      const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      for (const kind of SECRET_KINDS) {
        for (const kept of [everyByte, new Uint8Array(0), new Uint8Array(1), secret(20), secret(100_000)]) {
          const ref = freshRef(kind);
          await vault.put(ref, kept);
          expect(await vault.get(ref)).toEqual(kept);
        }
      }
    },
  },
  {
    sentence: 'A secret that was never stored is null.',
    async verify({ vault }) {
      expect(await vault.get(freshRef())).toBeNull();
    },
  },
  {
    sentence: 'A secret is stored as it was when it was handed over.',
    async verify({ vault }) {
      const [ref, kept] = [freshRef(), secret()];
      const before = Uint8Array.from(kept);
      const putting = vault.put(ref, kept);
      kept.fill(0);
      await putting;
      expect(await vault.get(ref)).toEqual(before);
    },
  },
  {
    sentence: 'Whoever changes the bytes that were given to him changes no secret.',
    async verify({ vault }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, Uint8Array.from(kept));
      (await vault.get(ref))?.fill(0);
      (await vault.getMany(ref.kind, [ref.id])).get(ref.id)?.fill(0);
      expect(await vault.get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'A secret is never overwritten: storing again under its id is refused as EXISTS.',
    async verify({ vault }) {
      const [ref, kept] = [freshRef(), secret()];
      await vault.put(ref, kept);
      await expectRefusal(() => vault.put(ref, secret()), { code: 'EXISTS' });
      await expectRefusal(() => vault.put(ref, kept), { code: 'EXISTS' });
      expect(await vault.get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'Of many who store under one id, exactly one succeeds.',
    async verify({ vault, open }) {
      const ref = freshRef();
      const vaults = [vault, await open(FIRST)];
      const secrets = Array.from({ length: 10 }, () => secret());
      const outcomes = await Promise.allSettled(
        secrets.map((kept, index) => (vaults[index % 2] ?? vault).put(ref, kept)),
      );
      const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await vault.get(ref)).toEqual(secrets[winner]);
    },
  },
  {
    sentence: 'An id counts within its kind.',
    async verify({ vault }) {
      const ref = freshRef('seed');
      const other = { ...ref, kind: 'password' } as const;
      const [kept, another] = [secret(), secret()];
      await vault.put(ref, kept);
      expect(await vault.get(other)).toBeNull();
      await vault.put(other, another);
      await vault.destroy(ref);
      expect(await vault.get(other)).toEqual(another);
      expect(await vault.getMany('seed', [ref.id])).toEqual(new Map());
    },
  },
  {
    sentence: 'Of many secrets those are given that exist, by id.',
    async verify({ vault }) {
      const refs = Array.from({ length: 5 }, () => freshRef());
      const [first, second, , destroyed] = refs;
      if (first === undefined || second === undefined || destroyed === undefined) throw new Error('five refs');
      const secrets = new Map([first, second].map(({ id }) => [id, secret()]));
      for (const [id, kept] of secrets) await vault.put({ kind: 'seed', id }, kept);
      await vault.put(destroyed, secret());
      await vault.destroy(destroyed);
      const ids = refs.map(({ id }) => id);
      expect(await vault.getMany('seed', [...ids, ...ids])).toEqual(secrets);
      expect(await vault.getMany('seed', [])).toEqual(new Map());
    },
  },
  {
    sentence: 'What is stored in one handle is found in another.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), secret()];
      const other = await open(FIRST);
      expect(await other.get(ref)).toBeNull();
      await vault.put(ref, kept);
      expect(await other.get(ref)).toEqual(kept);
      await vault.close();
      expect(await (await open(FIRST)).get(ref)).toEqual(kept);
    },
  },
  {
    sentence: 'No error quotes a secret.',
    async verify({ vault, open }) {
      const [ref, kept] = [freshRef(), Buffer.from('JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')];
      await vault.put(ref, kept);
      const other = await open({ ...FIRST, activeKeyId: 'key-9' });
      const attempts = [() => vault.put(ref, kept), () => other.put(freshRef(), kept)];
      await vault.close();
      attempts.push(() => vault.put(ref, kept));
      const again = await open(FIRST);
      attempts.push(() => again.put(ref, kept));
      for (const attempt of attempts) {
        const error = await attempt().catch((reason: unknown) => reason);
        expect(error).toBeInstanceOf(Error);
        const said = `${String(error)} ${JSON.stringify(error)} ${String((error as Error).stack)}`;
        for (const form of ['utf8', 'hex', 'base64'] as const) expect(said).not.toContain(kept.toString(form));
      }
    },
  },
];

export const CLOSING: readonly VaultSentence[] = [
  {
    sentence: 'A closed vault refuses every call as CLOSED.',
    async verify({ vault }) {
      const ref = freshRef();
      await vault.put(ref, secret());
      await vault.close();
      const closed = { code: 'CLOSED' };
      await expectRefusal(() => vault.put(freshRef(), secret()), closed);
      await expectRefusal(() => vault.get(ref), closed);
      await expectRefusal(() => vault.getMany(ref.kind, [ref.id]), closed);
      await expectRefusal(() => vault.reseal(ref, FIRST.activeKeyId), closed);
      await expectRefusal(() => vault.destroy(ref), closed);
      await expectRefusal(() => vault.list({ kind: ref.kind, limit: 1 }), closed);
    },
  },
  {
    sentence: 'Closing twice is no error.',
    async verify({ vault }) {
      await vault.close();
      await vault.close();
    },
  },
];
