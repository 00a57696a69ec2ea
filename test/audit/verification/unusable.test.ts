import { describe, expect, it } from '@jest/globals';
import { exportOf, replaced, verify, trail, lines, kept, lineOf, hashMismatch } from './given.js';

describe('A file that is no export', () => {
  const unusable = (problem: object) => ({ verdict: 'unusable', findings: [], problem });

  it('is unusable where it is empty', async () => {
    expect(await verify([], kept)).toMatchObject({ ...unusable({ code: 'EMPTY' }), records: 0 });
  });

  it.each([
    ['text', 'virtual-mfa-audit'],
    ['an empty line', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['another format', '{"format":"other","version":1}'],
    ['a record', lines[1] ?? ''],
    ['spaces', (lines[0] ?? '').replace(':', ': ')],
    ['a field less', replaced(lines[0], '"origin":"mfa.example/audit/acme",', '')],
    ['a field more', replaced(lines[0], '"origin"', '"note":"","origin"')],
    ['a field twice', replaced(lines[0], '"origin"', '"origin":"","origin"')],
    ['a place that is none', replaced(lines[0], '"from":0', '"from":-1')],
    ['an account that is none', replaced(lines[0], '"acme"', '7')],
    ['a checkpoint that is none', replaced(lines[0], '"checkpoints":[]', '"checkpoints":[7]')],
    ['a beginning without what was before', replaced(lines[0], '"from":0', '"from":1')],
    ['a beginning with too much before', replaced(exportOf(trail, 1)[0], '"from":1', '"from":0')],
    ['a beginning after what is no hash', replaced(exportOf(trail, 1)[0], '"frontier":["', '"frontier":["AAAA')],
  ])('is unusable where it begins with %s', async (_, first) => {
    expect(await verify(lines.with(0, first), kept)).toMatchObject(unusable({ code: 'MALFORMED_HEADER' }));
  });

  it('is unusable where it is of a form to come', async () => {
    const newer = replaced(lines[0], '"version":1', '"version":2');
    expect(await verify(lines.with(0, newer), kept)).toMatchObject(unusable({ code: 'UNKNOWN_VERSION' }));
  });

  it.each([
    ['text', 'text'],
    ['an empty line', ''],
    ['a line that was cut', (lines[lineOf(5)] ?? '').slice(0, -10)],
    ['a list', `[${lines[lineOf(5)]}]`],
    ['a line with spaces', ` ${lines[lineOf(5)]}`],
    ['a field twice', replaced(lines[lineOf(5)], '"purpose":"SIGN_IN"', '"purpose":"OPERATION","purpose":"SIGN_IN"')],
    ['a field beside the record', replaced(lines[lineOf(5)], '{"hash"', '{"comment":"","hash"')],
    ['numbers without end', replaced(lines[lineOf(5)], '59000005', '1e999')],
    ['numbers written otherwise', replaced(lines[lineOf(5)], '59000005', '5.9000005e7')],
    ['no hash', (lines[lineOf(5)] ?? '').replace(/"hash":"[^"]*",/, '')],
    ['a short hash', (lines[lineOf(5)] ?? '').replace(/"hash":"..../, '"hash":"')],
    ['openings that are no list', (lines[lineOf(3)] ?? '').replace(',"record"', ',"openings":{},"record"')],
    ['openings that are null', (lines[lineOf(3)] ?? '').replace(',"record"', ',"openings":null,"record"')],
    ['a record of another form', replaced(lines[lineOf(5)], '"v":1', '"v":2')],
    ['a place that is none', replaced(lines[lineOf(5)], '"seq":5', '"seq":5.5')],
    ['commitments that are none', replaced(lines[lineOf(3)], '"personal":[]', '"personal":[7]')],
    ['data that are none', (lines[lineOf(5)] ?? '').replace(/"data":\{[^}]*\}/, '"data":null')],
    [
      'nesting without end',
      replaced(lines[lineOf(5)], '"data":', `"data":${'['.repeat(100_000)}${']'.repeat(100_000)},"date":`),
    ],
  ])('is unusable where there is %s', async (_, line) => {
    const outcome = await verify(lines.with(lineOf(5), line), kept);
    expect(outcome).toMatchObject({ ...unusable({ code: 'MALFORMED_LINE', line: 7 }), records: 5 });
  });

  it('is tampered with where that was found before', async () => {
    const changed = lines.with(lineOf(2), replaced(lines[lineOf(2)], '"SIGN_IN"', '"OPERATION"')).with(lineOf(5), '');
    expect(await verify(changed, kept)).toMatchObject({
      verdict: 'tampered',
      findings: [hashMismatch(2)],
      problem: { code: 'MALFORMED_LINE', line: 7 },
    });
  });

  it('is let go of as soon as that is clear', async () => {
    for (const first of ['no header', lines[0] ?? '']) {
      let isClosed = false;
      function* endless() {
        try {
          yield first;
          for (;;) yield 'no line';
        } finally {
          isClosed = true;
        }
      }
      expect((await verify(endless(), kept)).verdict).toBe('unusable');
      expect(isClosed).toBe(true);
    }
  });
});
