import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  formatRecoveryCode,
  newRecoveryCodes,
  normaliseRecoveryCode,
  recoveryProofOf,
  sealableSet,
} from '../../src/application/recovery-code.js';
import { openWorld } from '../support/world.js';

const CODE = 'AB12CD34EF56GH78JK90MN10';

describe('Recovery codes', () => {
  it('are ten, of 24 letters and digits each: 120 bits', () => {
    const codes = newRecoveryCodes(randomBytes);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{24}$/);
  });

  it('hold every bit of the 15 random bytes that they are made of', () => {
    const made = (bytes: number[]) => newRecoveryCodes(() => Uint8Array.from(bytes))[0];
    expect(made(Array<number>(15).fill(0))).toBe('0'.repeat(24));
    expect(made(Array<number>(15).fill(255))).toBe('Z'.repeat(24));
    const each = Array.from({ length: 120 }, (_, bit) =>
      made(Array.from({ length: 15 }, (__, byte) => (byte === bit >> 3 ? 128 >> (bit & 7) : 0))),
    );
    expect(new Set(each).size).toBe(120);
  });

  it('are shown in six groups of four', () => {
    expect(formatRecoveryCode(CODE)).toBe('AB12-CD34-EF56-GH78-JK90-MN10');
  });

  it.each([
    ['as they are shown', 'AB12-CD34-EF56-GH78-JK90-MN10'],
    ['in lower case', 'ab12-cd34-ef56-gh78-jk90-mn10'],
    ['with spaces, or nothing between', ' AB12 CD34EF56  GH78 JK90\tMN10\n'],
    ['with other dashes and invisible characters', 'AB12–CD34—EF56‑GH78\u200b-JK90\ufeff-MN10'],
    ['in full-width characters', 'ＡＢ１２-ＣＤ３４-EF56-GH78-JK90-MN10'],
    ['with O for 0, and I or L for 1', 'ABI2-CD34-EF56-GH78-JK9O-MNLo'],
  ])('are read %s', (_, input) => {
    expect(normaliseRecoveryCode(input)).toBe(CODE);
  });

  it.each(['', '123456', `${CODE}0`, CODE.slice(1), CODE.replace('A', 'U'), CODE.replace('A', '*'), 'Ä'.repeat(24)])(
    'are nothing that is written like %s',
    (input) => {
      expect(normaliseRecoveryCode(input)).toBeNull();
    },
  );
});

describe('What the vault keeps of recovery codes', () => {
  it('tells which of the set a code is, and of no other set', async () => {
    const world = await openWorld();
    const { app } = world;
    const codes = newRecoveryCodes(app.randomBytes);
    for (const id of ['set', 'other']) {
      const kept = id === 'set' ? codes : newRecoveryCodes(app.randomBytes);
      await app.vault.put({ kind: 'recovery', id }, sealableSet(app, id, kept));
    }
    const places = await Promise.all(codes.map(async (code) => (await recoveryProofOf(app, 'set', code)).place));
    expect(places).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const first = codes[0] ?? '';
    expect(await recoveryProofOf(app, 'other', first)).toStrictEqual({ codeSetId: 'other', place: null });
    expect(await recoveryProofOf(app, 'gone', first)).toStrictEqual({ codeSetId: 'gone', place: null });
    await world.close();
  });

  it('is salted, bound to the set, and holds no code', async () => {
    const world = await openWorld();
    const { app } = world;
    const codes = newRecoveryCodes(app.randomBytes);
    const kept = ['set', 'set', 'other'].map((id) => Buffer.from(sealableSet(app, id, codes)).toString());
    const digests = kept.flatMap((text) => (JSON.parse(text) as { digests: string[] }).digests);
    expect(new Set(digests).size).toBe(30);
    const same = { ...app, randomBytes: (length: number) => new Uint8Array(length) };
    expect(sealableSet(same, 'set', codes)).not.toEqual(sealableSet(same, 'other', codes));
    for (const code of codes) expect(kept.join('')).not.toContain(code);
    await world.close();
  });
});
