import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { signCheckpoint } from '../../../src/audit/notes/checkpoint.js';
import type { Finding } from '../../../src/audit/verification/finding.js';
import { verify as verifyAgain } from '../../support/second-verifier.mjs';
import { keyOf } from '../notes/given.js';
import {
  checkpointAt,
  exportOf,
  KEY,
  kept,
  lineOf,
  lines,
  other,
  replaced,
  signedAt,
  trail,
  trailOf,
  verify,
  withRecord,
  renamed,
  naming,
} from './given.js';

function wordsOf(finding: Finding): string {
  switch (finding.code) {
    case 'SEQ_GAP':
      return `SEQ_GAP ${finding.seq} ${finding.found.seq}`;
    case 'ROOT_MISMATCH':
    case 'TRUNCATED':
      return `${finding.code} ${finding.from} ${finding.to}`;
    case 'BAD_SIGNATURE':
    case 'ORIGIN_MISMATCH':
      return `${finding.code} ${finding.size}`;
    default:
      return `${finding.code} ${finding.seq}`;
  }
}

/** What both verifiers say of one export. */
async function both(exported: readonly string[], notes: readonly string[]) {
  const ours = await verify(exported, notes);
  const theirs = verifyAgain(exported.map((line) => `${line}\n`).join(''), KEY.verifier.text, [...notes]);
  return {
    ours: { verdict: ours.verdict, findings: ours.findings.map(wordsOf).sort() },
    theirs: { verdict: theirs.verdict, findings: theirs.findings.toSorted() },
  };
}

const anew = exportOf(withRecord(trail, 14, (record) => ({ ...record, id: 'another' })));
const split = signCheckpoint({ ...checkpointAt(other, 20), origin: trail.origin }, [KEY]);
const changed = (seq: number, what: string, by: string) =>
  lines.with(lineOf(seq), replaced(lines[lineOf(seq)], what, by));

describe('Two verifiers that share nothing but the format', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ['as it is', 'sound', lines, kept],
    [
      'renamed, with checkpoints of both origins',
      'sound',
      exportOf(renamed(trail)),
      [...kept, signedAt(renamed(trail), 40)],
    ],
    ['that names its rename', 'sound', exportOf(naming), [signedAt(naming, 9), signedAt(renamed(naming), 40)]],
    ['that names another origin than a checkpoint', 'tampered', exportOf(naming), [signedAt(renamed(naming), 9)]],
    ['renamed, with no checkpoint of the new origin', 'unusable', exportOf(renamed(trail)), kept],
    [
      'renamed and hashed anew, with a checkpoint of each origin',
      'tampered',
      exportOf(withRecord(renamed(trail), 14, (record) => ({ ...record, id: 'another' }))),
      [
        ...kept.slice(0, 3),
        signedAt(
          withRecord(renamed(trail), 14, (record) => ({ ...record, id: 'another' })),
          40,
        ),
      ],
    ],
    ['with checkpoints of its own', 'sound', exportOf(trail, 0, kept), []],
    ['with checkpoints of other logs too', 'sound', lines, [...kept, signedAt(other, 40)]],
    ['from a place on', 'sound', exportOf(trail, 13), kept],
    ['from its end on', 'sound', exportOf(trail, 40), kept],
    ['without openings', 'sound', exportOf({ ...trail, openings: [] }), kept],
    ['without a record', 'sound', exportOf(trailOf(0)), [signedAt(trailOf(0), 0)]],
    ['with a record changed', 'tampered', changed(14, '"SIGN_IN"', '"OPERATION"'), kept],
    ['with a record hashed anew', 'tampered', anew, kept],
    ['from a place on, with a made-up beginning', 'tampered', [anew[0] ?? '', ...anew.slice(16)], kept],
    ['without its first record', 'tampered', lines.toSpliced(1, 1), kept],
    ['without a record in the middle', 'tampered', lines.toSpliced(lineOf(17), 1), kept],
    ['without its last record', 'tampered', lines.slice(0, -1), kept],
    ['without any record', 'tampered', lines.slice(0, 1), kept],
    ['with a record twice', 'tampered', lines.toSpliced(lineOf(12), 0, lines[lineOf(11)] ?? ''), kept],
    ['with a record of another account', 'tampered', lines.with(lineOf(12), exportOf(other)[lineOf(12)] ?? ''), kept],
    ['as that of another account', 'tampered', exportOf({ ...other, account: 'acme', origin: trail.origin }), kept],
    ['of an earlier time', 'tampered', exportOf(trailOf(25)), kept],
    ['with a personal value changed', 'tampered', changed(5, 'sam 5', 'eve 5'), kept],
    ['with a salt changed', 'tampered', changed(5, '"salt":"', '"salt":"AAAA'), kept],
    [
      'with a checkpoint of another key',
      'unusable',
      lines,
      [...kept, signedAt(trail, 5, keyOf('mfa.example/audit', 2))],
    ],
    ['with two checkpoints of one size', 'tampered', lines, [...kept, split]],
    ['with a checkpoint changed', 'tampered', lines, kept.with(1, replaced(kept[1], '\n20\n', '\n19\n'))],
    ['without a checkpoint', 'unusable', lines, []],
    ['with a checkpoint of before', 'unusable', exportOf(trail, 20), kept.slice(0, 1)],
    ['of another account, with its own checkpoint', 'unusable', exportOf(other, 0, [signedAt(other, 40)]), kept],
    ['with a line that is no JSON', 'unusable', lines.with(5, 'text'), kept],
    ['with a line that is not canonical', 'unusable', changed(5, '"v":1', '"v": 1'), kept],
    ['with another header', 'unusable', lines.with(0, '{"format":"other","version":1}'), kept],
    ['of a form to come', 'unusable', lines.with(0, replaced(lines[0], '"version":1', '"version":2')), kept],
    ['without a line', 'unusable', [], kept],
  ])('say the same of a trail %s: %s', async (_, verdict, exported, notes) => {
    const { ours, theirs } = await both(exported, notes);
    expect(theirs).toEqual(ours);
    expect(ours.verdict).toBe(verdict);
  });

  it('say the same of trails of any size, from any place, with any of these things done to them', async () => {
    const edit = fc.oneof(
      fc.constant(null),
      fc.record({ drop: fc.nat() }),
      fc.record({ repeat: fc.nat() }),
      fc.record({ change: fc.nat() }),
    );
    const sizes = fc.uniqueArray(fc.nat({ max: 40 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 40 }), sizes, edit, async (from, checkpoints, how) => {
        const exported = exportOf(trail, from);
        const at = (place: number) => 1 + (place % Math.max(1, exported.length - 1));
        if (how && exported.length > 1) {
          if ('drop' in how) exported.splice(at(how.drop), 1);
          else if ('repeat' in how) exported.splice(at(how.repeat), 0, exported[at(how.repeat)] ?? '');
          else exported[at(how.change)] = replaced(exported[at(how.change)], 'SIGN_IN', 'OPERATION');
        }
        const { ours, theirs } = await both(
          exported,
          checkpoints.map((size) => signedAt(trail, size)),
        );
        expect(theirs).toEqual(ours);
      }),
      { numRuns: 60 },
    );
  });
});

describe('The second verifier', () => {
  it.each<[number, string, readonly string[]]>([
    [0, 'sound', lines],
    [1, 'HASH_MISMATCH 14\ntampered', changed(14, '"SIGN_IN"', '"OPERATION"')],
    [2, 'unusable', ['no export']],
  ])('exits with %i and says %j', (status, words, exported) => {
    const folder = mkdtempSync(join(tmpdir(), 'second-verifier-'));
    try {
      const files = [exported.map((line) => `${line}\n`).join(''), ...kept].map((text, index) => {
        writeFileSync(join(folder, String(index)), text);
        return join(folder, String(index));
      });
      const [first = '', ...rest] = files;
      const script = fileURLToPath(new URL('../../support/second-verifier.mjs', import.meta.url));
      const run = spawnSync(process.execPath, [script, first, KEY.verifier.text, ...rest], { encoding: 'utf8' });
      expect(run).toMatchObject({ status, stdout: `${words}\n`, stderr: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
