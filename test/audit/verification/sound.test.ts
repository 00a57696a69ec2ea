import { describe, expect, it } from '@jest/globals';
import { verifyTrail } from '../../../src/audit/verification/verify-trail.js';
import {
  exportOf,
  KEY,
  signedAt,
  trailOf,
  verify,
  withRecord,
  trail,
  lines,
  kept,
  lineOf,
  sound,
  tampered,
  gap,
  rootMismatch,
} from './given.js';

describe('A sound trail', () => {
  it('is what it was at every checkpoint', async () => {
    expect(await verify(lines, kept)).toMatchObject({ ...sound(40), records: 40 });
  });

  it.each([1, 2, 3, 7, 8, 9, 31, 32, 33, 40])('is so with one checkpoint, of size %i', async (size) => {
    expect(await verify(lines, [signedAt(trail, size)])).toMatchObject(sound(size));
  });

  it('is proven as far as its last checkpoint, and no further', async () => {
    expect(await verify(lines, kept.slice(0, 2))).toMatchObject({ ...sound(20), records: 40 });
  });

  it('may be empty', async () => {
    const empty = trailOf(0);
    expect(await verify(exportOf(empty), [signedAt(empty, 0)])).toMatchObject({ ...sound(0), records: 0 });
  });

  it('may be read from anywhere, and takes its checkpoints in any order', async () => {
    async function* stream() {
      for (const line of lines) yield Promise.resolve(line);
    }
    expect(await verify(stream(), kept.toReversed())).toMatchObject(sound(40));
  });

  it('stays sound where a person was erased', async () => {
    const erased = { ...trail, openings: trail.openings.map((openings) => openings.map(() => null)) };
    const exported = exportOf(erased);
    expect(exported.join()).not.toContain('openings');
    expect(await verify(exported, kept)).toMatchObject(sound(40));
  });

  it('stays sound where one of two persons was erased', async () => {
    const openings = trail.openings.map(([subject, request]) => (request ? [null, request] : subject ? [subject] : []));
    const exported = exportOf({ ...trail, openings });
    expect(exported[lineOf(5)]).toContain('"openings":[null,{');
    expect(await verify(exported, kept)).toMatchObject(sound(40));
  });

  it('may have checkpoints of its own', async () => {
    const exported = exportOf(trail, 0, [signedAt(trail, 30), signedAt(trail, 40)]);
    expect(await verify(exported, kept.slice(0, 2))).toMatchObject({
      ...sound(20),
      proven: { kept: 20, exported: 40 },
    });
    expect(await verify(exported, [])).toMatchObject({ ...sound(40), proven: { kept: null, exported: 40 } });
  });

  it('is told of while it is read', async () => {
    const long = trailOf(2_500);
    const told: number[] = [];
    const evidence = { lines: exportOf(long), checkpoints: [signedAt(long, 2_500)], keys: [KEY.verifier] };
    await verifyTrail(evidence, {
      onFinding: (finding) => expect(finding).toBeNull(),
      onProgress: (n) => told.push(n),
    });
    expect(told).toEqual([1_000, 2_000, 2_500]);
  });
});

describe('An export of a part', () => {
  it.each([1, 2, 3, 8, 15, 16, 39, 40])('is verified from %i on, by what the tree was before', async (from) => {
    expect(await verify(exportOf(trail, from), kept)).toMatchObject({ ...sound(40), records: 40 - from });
  });

  it('is verified against the checkpoint at its very beginning', async () => {
    expect(await verify(exportOf(trail, 20), [signedAt(trail, 20)])).toMatchObject(sound(20));
  });

  it('proves nothing by checkpoints of before', async () => {
    const outcome = await verify(exportOf(trail, 20), [signedAt(trail, 19)]);
    expect(outcome).toMatchObject({ verdict: 'unusable', findings: [], problem: { code: 'NO_CHECKPOINT' } });
  });

  it('is not sound with a made-up beginning', async () => {
    const forged = withRecord(trail, 3, (record) => ({ ...record, id: 'another' }));
    const exported = [exportOf(forged, 15)[0] ?? '', ...exportOf(trail, 15).slice(1)];
    expect(await verify(exported, kept)).toMatchObject(tampered(rootMismatch(0, 20)));
  });

  it('is not sound when it begins elsewhere than it says', async () => {
    const exported = [exportOf(trail, 15)[0] ?? '', ...exportOf(trail, 16).slice(1)];
    expect(await verify(exported, kept)).toMatchObject(tampered(gap(15, 16)));
  });
});
