import { describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '../../../src/audit/notes/checkpoint.js';
import type { SigningKey } from '../../../src/audit/notes/keys.js';
import { commitmentTo, type Opening } from '../../../src/canonical/commitment.js';
import { keyOf } from '../notes/given.js';
import {
  checkpointAt,
  exportOf,
  KEY,
  replaced,
  signedAt,
  verify,
  withRecord,
  trail,
  other,
  lines,
  kept,
  lineOf,
  sound,
  tampered,
  rootMismatch,
} from './given.js';

describe('Personal values that are not given', () => {
  const commitments = trail.records.flatMap(({ personal }) => personal).length;

  it('are counted: they were erased, or somebody left them out', async () => {
    expect(await verify(lines, kept)).toMatchObject({ ...sound(40), unopened: { count: 0, of: commitments } });
    const stripped = { ...trail, openings: trail.openings.map(() => []) };
    expect(await verify(exportOf(stripped), kept)).toMatchObject({
      ...sound(40),
      unopened: { count: commitments, of: commitments },
    });
    const erased = { ...trail, openings: trail.openings.with(5, [null, trail.openings[5]?.[1] ?? null]) };
    expect(await verify(exportOf(erased), kept)).toMatchObject({ unopened: { count: 1, of: commitments } });
  });
});

describe('A record that was changed', () => {
  it('is vouched for by no checkpoint behind it', async () => {
    const changed = lines.with(lineOf(14), replaced(lines[lineOf(14)], 'SIGN_IN', 'OPERATION'));
    expect(await verify(changed, kept)).toMatchObject({
      ...tampered({ code: 'HASH_MISMATCH', seq: 14 }),
      proven: { kept: 10 },
    });
  });
});

describe('A personal value', () => {
  const fourth = lines[lineOf(5)];

  it.each([
    ['was changed', 'sam 5', 'eve 5'],
    ['has another salt', '"salt":"', '"salt":"A'],
    ['was added', '"username"', '"role":"ADMIN","username"'],
    ['is something else', '"deviceName":null', '"deviceName":7'],
    ['has a third part', ',"values":{"deviceName"', ',"to":1,"values":{"deviceName"'],
  ])('that %s does not fit its commitment', async (_, what, by) => {
    const changed = lines.with(lineOf(5), replaced(fourth, what, by));
    expect(await verify(changed, kept)).toMatchObject(tampered({ code: 'COMMITMENT_MISMATCH', seq: 5 }));
  });

  it('is another’s where two were exchanged', async () => {
    const openings = trail.openings.with(5, trail.openings[5]?.toReversed() ?? []);
    expect(await verify(exportOf({ ...trail, openings }), kept)).toMatchObject(
      tampered({ code: 'COMMITMENT_MISMATCH', seq: 5 }),
    );
  });

  it('is made up where there are more or fewer than commitments, though each fits', async () => {
    const own = (seq: number) => trail.openings[seq] ?? [];
    const miscounted = [
      [3, own(4)],
      [4, [...own(4), null]],
      [5, own(5).slice(0, 1)],
    ] as const;
    for (const [seq, openings] of miscounted) {
      const exported = exportOf({ ...trail, openings: trail.openings.with(seq, openings) });
      expect(await verify(exported, kept)).toMatchObject(tampered({ code: 'COMMITMENT_MISMATCH', seq }));
    }
  });

  it.each(['7', '"text"', '[]', '{}', '{"salt":7,"values":{}}', '{"salt":"c2hvcnQ","values":{}}'])(
    'is not opened by %s',
    async (opening) => {
      const line = lines[lineOf(4)] ?? '';
      const start = line.indexOf('"openings":');
      const changed = `${line.slice(0, start)}"openings":[${opening}]${line.slice(line.indexOf(',"record"'))}`;
      expect(await verify(lines.with(lineOf(4), changed), kept)).toMatchObject(
        tampered({ code: 'COMMITMENT_MISMATCH', seq: 4 }),
      );
    },
  );

  it.each([31, 33])(
    'has a salt of 32 bytes: one of %i opens nothing, also where the commitment was made with it',
    async (length) => {
      const opening = { salt: Buffer.alloc(length, 7).toString('base64url'), values: { ip: '192.0.2.7' } };
      const salted = withRecord(trail, 4, (record) => ({ ...record, personal: [commitmentTo(opening)] }));
      const exported = exportOf({ ...salted, openings: salted.openings.with(4, [opening]) });
      const outcome = await verify(exported, [signedAt(salted, 40)]);
      expect(outcome).toMatchObject(tampered({ code: 'COMMITMENT_MISMATCH', seq: 4 }));
    },
  );

  it('is text, or null: nothing else opens, also where the commitment was made to it', async () => {
    const values = { ip: { record: '192.0.2.7' } } as unknown as Opening['values'];
    const opening = { salt: Buffer.alloc(32, 7).toString('base64url'), values };
    const nested = withRecord(trail, 4, (record) => ({ ...record, personal: [commitmentTo(opening)] }));
    const exported = exportOf({ ...nested, openings: nested.openings.with(4, [opening]) });
    const outcome = await verify(exported, [signedAt(nested, 40)]);
    expect(outcome).toMatchObject(tampered({ code: 'COMMITMENT_MISMATCH', seq: 4 }));
  });

  it('has one salt only: another text for the same bytes is none', async () => {
    const salt = trail.openings[4]?.[0]?.salt ?? '';
    // The last of 43 characters holds two bits that nothing reads.
    const same = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      .map((last) => salt.slice(0, -1) + last)
      .filter((text) => text !== salt && Buffer.from(text, 'base64url').equals(Buffer.from(salt, 'base64url')));
    expect(same).toHaveLength(3);
    for (const text of same) {
      const outcome = await verify(lines.with(lineOf(4), replaced(lines[lineOf(4)], salt, text)), kept);
      expect(outcome).toMatchObject(tampered({ code: 'COMMITMENT_MISMATCH', seq: 4 }));
    }
  });
});

const keyNameOf = ({ name, id }: SigningKey): string => `${name}+${id}`;

describe('A checkpoint', () => {
  const badSignature = (index: number, size: number, refusal: string, from = 'KEPT') => ({
    code: 'BAD_SIGNATURE',
    checkpoint: { from, index },
    size,
    refusal,
  });

  it('of a key that was not given says nothing: the key may be missing, or somebody else has made it', async () => {
    const another = keyOf('mfa.example/audit', 2);
    const foreign = kept.with(1, signedAt(trail, 20, another));
    const problem = { code: 'UNKNOWN_KEY', checkpoint: { from: 'KEPT', index: 1 }, key: keyNameOf(another) };
    expect(await verify(lines, foreign)).toMatchObject({
      ...{ verdict: 'unusable', findings: [], problem, proven: { kept: 40 } },
      unused: [{ checkpoint: { from: 'KEPT', index: 1 }, size: 20, reason: 'UNKNOWN_KEY' }],
    });
    expect(await verify(lines, kept, [])).toMatchObject({
      ...{ verdict: 'unusable', findings: [], proven: { kept: null } },
      problem: { code: 'UNKNOWN_KEY', checkpoint: { from: 'KEPT', index: 0 }, key: keyNameOf(KEY) },
    });
    // What is wrong is told all the same.
    expect(await verify(lines.slice(0, -1), foreign)).toMatchObject({ verdict: 'tampered', problem });
  });

  it.each([
    ['size', '\n20\n', '\n19\n', 19],
    ['root', '\n20\n', '\n20\nAAAA', 20],
  ])('with another %s is forged', async (what, before, after, size) => {
    const root = Buffer.from(checkpointAt(trail, 20).root).toString('base64');
    const note = kept[1] ?? '';
    const forged = what === 'size' ? replaced(note, before, after) : replaced(note, root, `AAAA${root.slice(4)}`);
    expect(await verify(lines, kept.with(1, forged))).toMatchObject(tampered(badSignature(1, size, 'WRONG_SIGNATURE')));
  });

  it('that the export has is held to the same', async () => {
    const exported = exportOf(trail, 0, [signedAt(trail, 40, keyOf('another'))]);
    expect(await verify(exported, kept)).toMatchObject({
      ...{ verdict: 'unusable', findings: [] },
      problem: { code: 'UNKNOWN_KEY', checkpoint: { from: 'EXPORT', index: 0 }, key: keyNameOf(keyOf('another')) },
    });
    const changed = replaced(signedAt(trail, 40), '\n40\n', '\n39\n');
    expect(await verify(exportOf(trail, 0, [changed]), kept)).toMatchObject(
      tampered(badSignature(0, 39, 'WRONG_SIGNATURE', 'EXPORT')),
    );
  });

  it('of a wrong size or root is wrong though it is signed', async () => {
    const forged = signCheckpoint({ ...checkpointAt(trail, 20), size: 21 }, [KEY]);
    expect(await verify(lines, [...kept, forged])).toMatchObject({
      ...tampered(rootMismatch(20, 21)),
      proven: { kept: 40 },
    });
    const split = signCheckpoint({ ...checkpointAt(other, 20), origin: trail.origin }, [KEY]);
    for (const checkpoints of [
      [split, ...kept],
      [...kept, split],
      [...kept, ...kept, split],
    ]) {
      expect(await verify(lines, checkpoints)).toMatchObject({
        ...tampered(rootMismatch(10, 20)),
        proven: { kept: 40 },
      });
    }
  });

  it('of an old key is good while that key is known', async () => {
    const [old, fresh] = [keyOf('mfa.example/audit', 0), KEY];
    const mixed = [signedAt(trail, 10, old), signedAt(trail, 40, fresh)];
    expect(await verify(lines, mixed, [fresh, old])).toMatchObject(sound(40));
    expect(await verify(lines, mixed, [fresh])).toMatchObject({
      ...{ verdict: 'unusable', findings: [], problem: { code: 'UNKNOWN_KEY' }, proven: { kept: 40 } },
    });
  });

  it('is needed', async () => {
    const outcome = { verdict: 'unusable', findings: [], problem: { code: 'NO_CHECKPOINT' } };
    expect(await verify(lines, [])).toMatchObject(outcome);
  });

  it.each([
    ['KEPT', 1],
    ['EXPORT', 0],
  ] as const)('that is none makes nothing provable (%s)', async (from, index) => {
    const notes = from === 'KEPT' ? kept.with(1, 'no note\n') : kept;
    const outcome = await verify(exportOf(trail, 0, from === 'EXPORT' ? ['no note\n'] : []), notes);
    const problem = { code: 'MALFORMED_CHECKPOINT', checkpoint: { from, index } };
    expect(outcome).toMatchObject({ verdict: 'unusable', findings: [], problem });
  });
});
