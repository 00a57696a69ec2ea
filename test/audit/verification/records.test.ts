import { describe, expect, it } from '@jest/globals';
import {
  exportOf,
  replaced,
  signedAt,
  trailOf,
  verify,
  withRecord,
  trail,
  other,
  lines,
  kept,
  lineOf,
  sound,
  tampered,
  gap,
  hashMismatch,
  rootMismatch,
  truncated,
} from './given.js';

describe('A record that was changed', () => {
  it.each([0, 1, 9, 10, 19, 39])('is named by its place: %i', async (seq) => {
    const changed = lines.with(lineOf(seq), replaced(lines[lineOf(seq)], '"SIGN_IN"', '"OPERATION"'));
    expect(await verify(changed, kept)).toMatchObject(tampered(hashMismatch(seq)));
  });

  it.each([
    ['its time', '09:12:31.004Z', '09:12:31.005Z'],
    ['its actor', '"id":"sam"', '"id":"eve"'],
    ['its type', 'MfaCodeAccepted', 'MfaCodeRejected'],
    ['its version', '"version":13', '"version":14'],
    ['a commitment', '"personal":[]', '"personal":["made-up"]'],
    ['a field more', '"type"', '"stuff":true,"type"'],
  ])('is noticed by %s', async (_, what, by) => {
    const changed = lines.with(lineOf(12), replaced(lines[lineOf(12)], what, by));
    expect(await verify(changed, kept)).toMatchObject({ verdict: 'tampered', findings: [hashMismatch(12)] });
  });

  it('is narrowed down to two checkpoints where its hash was changed with it', async () => {
    const changed = exportOf(withRecord(trail, 14, (record) => ({ ...record, id: 'another' })));
    expect(await verify(changed, kept)).toMatchObject(tampered(rootMismatch(10, 20)));
  });

  it.each([
    [9, 0, 10],
    [10, 10, 20],
    [19, 10, 20],
    [20, 20, 30],
  ])('at place %i is between the checkpoints %i and %i', async (seq, from, to) => {
    const changed = exportOf(withRecord(trail, seq, (record) => ({ ...record, id: 'another' })));
    expect(await verify(changed, kept)).toMatchObject(tampered(rootMismatch(from, to)));
  });

  it('is noticed where only its hash was changed', async () => {
    const hash = exportOf(other)[lineOf(14)]?.slice(0, 60) ?? '';
    const changed = lines.with(lineOf(14), replaced(lines[lineOf(14)], lines[lineOf(14)]?.slice(0, 60) ?? '', hash));
    expect(await verify(changed, kept)).toMatchObject(tampered(hashMismatch(14), rootMismatch(10, 20)));
  });

  it('is noticed without any checkpoint, as far as its hash is still there', async () => {
    const changed = lines.with(lineOf(14), replaced(lines[lineOf(14)], '"SIGN_IN"', '"OPERATION"'));
    expect(await verify(changed, [])).toMatchObject({ verdict: 'tampered', findings: [hashMismatch(14)] });
  });

  it('is not noticed where no checkpoint was kept, and everything was hashed and signed anew', async () => {
    const anew = withRecord(trail, 14, (record) => ({ ...record, id: 'another' }));
    // This is why checkpoints have to leave the house.
    expect(await verify(exportOf(anew, 0, [signedAt(anew, 40)]), [])).toMatchObject({
      verdict: 'sound',
      proven: { kept: null, exported: 40 },
    });
    expect(await verify(exportOf(anew, 0, [signedAt(anew, 40)]), kept)).toMatchObject(tampered(rootMismatch(10, 20)));
  });
});

describe('A record that is missing', () => {
  it('is named where it was the first', async () => {
    expect(await verify(lines.toSpliced(lineOf(0), 1), kept)).toMatchObject(tampered(gap(0, 1)));
  });

  it('is named where it was in the middle', async () => {
    expect(await verify(lines.toSpliced(lineOf(17), 3), kept)).toMatchObject(tampered(gap(17, 20)));
  });

  it('is named where it was the last', async () => {
    expect(await verify(lines.slice(0, -1), kept)).toMatchObject(tampered(truncated(39, 40)));
  });

  it('is named where all are', async () => {
    expect(await verify(lines.slice(0, 1), kept)).toMatchObject(tampered(truncated(0, 40)));
  });

  it('is not noticed at the end without a checkpoint that counted it', async () => {
    expect(await verify(lines.slice(0, -5), kept.slice(0, 3))).toMatchObject(sound(30));
  });

  it('is noticed where those after it were numbered anew', async () => {
    const records = trail.records.toSpliced(17, 1).map((record, seq) => ({ ...record, seq }));
    const openings = trail.openings.toSpliced(17, 1);
    const outcome = await verify(exportOf({ ...trail, records, openings }), kept);
    expect(outcome).toMatchObject(tampered(rootMismatch(10, 20), truncated(39, 40)));
  });

  it('does not keep others from being looked at', async () => {
    const changed = lines.with(lineOf(25), replaced(lines[lineOf(25)], '"SIGN_IN"', '"OPERATION"'));
    expect(await verify(changed.toSpliced(lineOf(17), 1), kept)).toMatchObject(tampered(gap(17, 18), hashMismatch(25)));
  });
});

describe('A record that does not belong', () => {
  it('is named where it was copied', async () => {
    const twice = lines.toSpliced(lineOf(12), 0, lines[lineOf(11)] ?? '');
    expect(await verify(twice, kept)).toMatchObject({ ...tampered(gap(12, 11)), proven: { kept: 40 } });
  });

  it('is named where it was inserted under a number that is taken', async () => {
    const forged = exportOf(withRecord(trail, 12, (record) => ({ ...record, id: 'forged' })))[lineOf(12)] ?? '';
    const after = lines.toSpliced(lineOf(13), 0, forged);
    expect(await verify(after, kept)).toMatchObject(tampered(gap(13, 12)));
    const before = lines.toSpliced(lineOf(12), 0, forged);
    expect(await verify(before, kept)).toMatchObject(tampered(gap(13, 12), rootMismatch(10, 20)));
  });

  it('is noticed where those after it were numbered anew', async () => {
    const forged = { ...trailOf(41).records[40], id: 'forged' } as (typeof trail.records)[number];
    const records = trail.records.toSpliced(17, 0, forged).map((record, seq) => ({ ...record, seq, personal: [] }));
    const insertion = { ...trail, records, openings: [] };
    const honest = { ...trail, records: trail.records.map((record) => ({ ...record, personal: [] })), openings: [] };
    const checkpoints = [10, 20, 30, 40].map((size) => signedAt(honest, size));
    expect(await verify(exportOf(insertion), checkpoints)).toMatchObject(tampered(rootMismatch(10, 20)));
  });

  it('is named where two changed places', async () => {
    const swapped = lines.with(lineOf(12), lines[lineOf(13)] ?? '').with(lineOf(13), lines[lineOf(12)] ?? '');
    expect(await verify(swapped, kept)).toMatchObject(tampered(gap(12, 13), gap(14, 12)));
  });

  it('is named where it is of another account', async () => {
    const swapped = lines.with(lineOf(12), exportOf(other)[lineOf(12)] ?? '');
    expect(await verify(swapped, kept)).toMatchObject(tampered(gap(12, 12, 'other'), rootMismatch(10, 20)));
  });
});

describe('A trail of another account', () => {
  it('does not pass for this one', async () => {
    const presented = exportOf({ ...other, account: trail.account, origin: trail.origin });
    const outcome = await verify(presented, kept);
    expect(outcome.findings).toHaveLength(41);
    expect(outcome).toMatchObject({ verdict: 'tampered' });
    expect(outcome.findings.slice(0, 2)).toEqual([gap(0, 0, 'other'), gap(1, 1, 'other')]);
    expect(outcome.findings).toContainEqual(rootMismatch(0, 10));
  });

  it('proves nothing by the checkpoints of this one, though it has its own', async () => {
    const outcome = await verify(exportOf(other, 0, [signedAt(other, 40)]), kept);
    expect(outcome).toMatchObject({ verdict: 'unusable', findings: [], problem: { code: 'NO_CHECKPOINT' } });
  });

  it('may have its checkpoints in the same file', async () => {
    const both = [...kept, ...[10, 40].map((size) => signedAt(other, size))];
    expect(await verify(lines, both)).toMatchObject(sound(40));
    expect(await verify(exportOf(other), both)).toMatchObject(sound(40));
  });
});

describe('An older trail', () => {
  it('is too short for a newer checkpoint', async () => {
    const older = trailOf(25);
    expect(await verify(exportOf(older), kept)).toMatchObject(tampered(truncated(25, 40)));
  });

  it('is still too short where it comes with the checkpoint of its time', async () => {
    const older = trailOf(25);
    expect(await verify(exportOf(older, 0, [signedAt(older, 25)]), kept)).toMatchObject(tampered(truncated(25, 40)));
  });

  it('that went on otherwise is found out', async () => {
    const rolledBack = withRecord(trail, 25, (record) => ({ ...record, id: 'another' }));
    expect(await verify(exportOf(rolledBack), kept)).toMatchObject(tampered(rootMismatch(20, 30)));
  });
});

describe('One character', () => {
  it('that was changed anywhere is enough for a trail not to be sound', async () => {
    const short = trailOf(6);
    const exported = exportOf(short);
    const checkpoints = [signedAt(short, 6)];
    const verdicts = new Set<string>();
    for (const [at, line] of exported.entries()) {
      for (let place = 0; place < line.length; place += 7) {
        const changed = `${line.slice(0, place)}${line[place] === 'x' ? 'y' : 'x'}${line.slice(place + 1)}`;
        verdicts.add((await verify(exported.with(at, changed), checkpoints)).verdict);
      }
    }
    expect(verdicts.has('sound')).toBe(false);
  });
});
