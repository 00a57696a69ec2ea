import { describe, expect, it } from '@jest/globals';
import type { AuditRecord } from '../../../src/audit/record.js';
import {
  exportOf,
  kept,
  lines,
  other,
  rootMismatch,
  signedAt,
  sound,
  tampered,
  trail,
  trailOf,
  verify,
} from './given.js';
import { naming, renamed, withRecord, type Trail } from './given.js';

/** A trail from which one record was dropped; those behind it moved up. */
function withoutRecord(original: Trail, dropped: number): Trail {
  const isKept = (_: unknown, seq: number) => seq !== dropped;
  const records = original.records.filter(isKept).map((record, seq): AuditRecord => ({ ...record, seq }));
  return { ...original, records, openings: original.openings.filter(isKept) };
}

const unused = (index: number, size: number, reason: string, origin = other.origin, from = 'KEPT') => ({
  checkpoint: { from, index },
  origin,
  size,
  reason,
});

describe('A trail whose origin was renamed', () => {
  it('is held against the checkpoints from before, so that nothing can be dropped by a rename', async () => {
    const rewritten = renamed(withoutRecord(trail, 14));
    const fresh = signedAt(rewritten, 39);
    const outcome = await verify(exportOf(rewritten, 0, [fresh]), [...kept.slice(0, 3), fresh]);
    expect(outcome).toMatchObject({ ...tampered(rootMismatch(10, 20)), unused: [] });
  });

  it('is sound where it is the same trail, by checkpoints of either origin', async () => {
    const fresh = signedAt(renamed(trail), 40);
    const signed = exportOf(renamed(trail), 0, [fresh]);
    expect(await verify(signed, kept)).toMatchObject({ ...sound(40), proven: { kept: 40, exported: 40 }, unused: [] });
    const mixed = [...kept.slice(0, 2), fresh];
    expect(await verify(exportOf(renamed(trail)), mixed)).toMatchObject({ ...sound(40), unused: [] });
    expect(await verify(exportOf(renamed(trail), 20), mixed)).toMatchObject(sound(40));
  });

  it('has an origin that nobody vouches for where no checkpoint is signed under it', async () => {
    const origin = renamed(trail).origin;
    const unknown = { verdict: 'unusable', findings: [], problem: { code: 'UNKNOWN_ORIGIN', origin } };
    expect(await verify(exportOf(renamed(trail)), kept)).toMatchObject({ ...unknown, proven: { kept: 40 } });
    expect(await verify(exportOf(renamed(trail), 20), kept)).toMatchObject(unknown);
    // A checkpoint that is not used vouches for nothing.
    const early = signedAt(renamed(trail), 10);
    expect(await verify(exportOf(renamed(trail), 20), [...kept, early])).toMatchObject(unknown);
    const elsewhere = renamed(trail, 'other.example/audit/other');
    expect(await verify(exportOf(elsewhere, 0, [signedAt(elsewhere, 40)]), kept)).toMatchObject({
      problem: { code: 'UNKNOWN_ORIGIN', origin: elsewhere.origin },
    });
  });
});

describe('A trail that names its origins', () => {
  const mismatch = (index: number, size: number, origin: string) => ({
    ...{ code: 'ORIGIN_MISMATCH', checkpoint: { from: 'KEPT', index } },
    ...{ origin, size },
  });
  const after = renamed(naming);

  it('joins the checkpoints from before a rename and after it, in whatever order nodes sign', async () => {
    const notes = [signedAt(naming, 9), signedAt(after, 12), signedAt(naming, 20), signedAt(after, 40)];
    expect(await verify(exportOf(naming), notes)).toMatchObject(sound(40));
    expect(await verify(exportOf(after), notes)).toMatchObject(sound(40));
    // A record names it: no checkpoint need say the same.
    expect(await verify(exportOf(after), notes.slice(0, 1))).toMatchObject(sound(9));
  });

  it('was signed under no other before that was named', async () => {
    const notes = [signedAt(naming, 9), signedAt(after, 10), signedAt(after, 11), signedAt(naming, 40)];
    expect(await verify(exportOf(naming), notes)).toMatchObject(tampered(mismatch(1, 10, after.origin)));
    const third = renamed(naming, 'third.example/acme');
    expect(await verify(exportOf(naming), [signedAt(third, 40)])).toMatchObject(
      tampered(mismatch(0, 40, third.origin)),
    );
  });

  it('says nothing of checkpoints from before any was named, nor where its beginning is not there', async () => {
    expect(await verify(exportOf(naming), [signedAt(after, 3), signedAt(naming, 40)])).toMatchObject(sound(40));
    const third = renamed(naming, 'third.example/acme');
    expect(await verify(exportOf(third, 4), [signedAt(third, 40)])).toMatchObject(sound(40));
  });

  it('names them in records of the two types that do, and nowhere else', async () => {
    const [auditOrigin, type] = ['other.example/audit/acme', 'MfaCodeAccepted'];
    const forged = withRecord(naming, 10, (record) => ({ ...record, type, data: { ...record.data, auditOrigin } }));
    const notes = [signedAt(renamed(forged), 40)];
    expect(await verify(exportOf(forged), notes)).toMatchObject(tampered(mismatch(0, 40, auditOrigin)));
  });
});

describe('A kept checkpoint that was not used', () => {
  it('is reported where it is of another account', async () => {
    const strangers = [signedAt(other, 10), signedAt(other, 20)];
    expect(await verify(lines, [...kept, ...strangers])).toMatchObject({
      ...sound(40),
      unused: [unused(4, 10, 'OTHER_ACCOUNT'), unused(5, 20, 'OTHER_ACCOUNT')],
    });
    expect(await verify(exportOf(trail, 0, strangers.slice(0, 1)), kept)).toMatchObject({
      unused: [unused(0, 10, 'OTHER_ACCOUNT', other.origin, 'EXPORT')],
    });
    // An origin may also have no account.
    const bare = signedAt(renamed(trail, 'acme'), 10);
    expect(await verify(lines, [...kept, bare])).toMatchObject({ unused: [unused(4, 10, 'OTHER_ACCOUNT', 'acme')] });
  });

  it('is reported where the export begins behind it', async () => {
    expect(await verify(exportOf(trail, 20), kept)).toMatchObject({
      ...sound(40),
      unused: [unused(0, 10, 'BEFORE_START', trail.origin)],
    });
  });

  it('is reported where records before it are missing', async () => {
    expect(await verify(lines.toSpliced(16, 1), kept)).toMatchObject({
      verdict: 'tampered',
      unused: [20, 30, 40].map((size, index) => unused(index + 1, size, 'AFTER_GAP', trail.origin)),
    });
  });

  it('is reported where the trail ends before it, or cannot be read to its end', async () => {
    const reached = (size: number, index: number) => unused(index + 2, size, 'NOT_REACHED', trail.origin);
    expect(await verify(lines.slice(0, 26), kept)).toMatchObject({
      verdict: 'tampered',
      unused: [30, 40].map(reached),
    });
    expect(await verify(lines.with(26, 'text'), kept)).toMatchObject({
      verdict: 'unusable',
      unused: [30, 40].map(reached),
    });
  });

  it('is reported where it is none', async () => {
    expect(await verify(lines, [...kept, 'no note\n', 'none either\n'])).toMatchObject({
      verdict: 'unusable',
      problem: { code: 'MALFORMED_CHECKPOINT', checkpoint: { from: 'KEPT', index: 4 } },
      unused: [4, 5].map((index) => ({
        checkpoint: { from: 'KEPT', index },
        ...{ origin: null, size: null, reason: 'MALFORMED' },
      })),
    });
  });

  it('is none of the others, which are of the trail from its first record on', async () => {
    expect(await verify(exportOf(trailOf(40)), kept)).toMatchObject({ ...sound(40), unused: [] });
  });
});
