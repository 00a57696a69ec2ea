import { expect, it } from '@jest/globals';
import { openReport } from '../../src/cli/audit/report.js';

const HOSTILE = 'acme\u001b[2J\u009b1m\u202e\u200b';

it.each([false, true])(
  'a report shows nothing that a terminal would obey, or that turns text around (JSON: %s)',
  (asJson) => {
    const written: string[] = [];
    const report = openReport({ write: (text: string) => written.push(text) }, asJson);
    report.finding('SEQ_GAP', `here stands a record of account ${HOSTILE}`, { account: HOSTILE });
    report.conclude({ verdict: 'tampered', problem: HOSTILE, proven: HOSTILE, details: { account: HOSTILE } });
    const text = written.join('');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain('acme\\u001b[2J\\u009b1m\\u202e\\u200b');
  },
);

it('a report tells of checkpoints that were not used, by origin and reason, before the verdict', () => {
  const written: string[] = [];
  const report = openReport({ write: (text: string) => written.push(text) }, false);
  const origin = 'mfa.example/audit/other';
  for (let index = 0; index < 7; index += 1)
    report.unused({ checkpoint: { from: 'KEPT', index }, origin, size: 10, reason: 'OTHER_ACCOUNT' });
  report.unused({ checkpoint: { from: 'KEPT', index: 7 }, origin: null, size: null, reason: 'MALFORMED' });
  report.conclude({ verdict: 'sound', problem: null, proven: 'all of it', details: {} });
  expect(written.join('')).toBe(
    `kept checkpoint no. 1, 2, 3, 4, 5 and 2 more of ${origin} not used: its origin names no account that is verified\n` +
      'kept checkpoint no. 8 not used: it is no checkpoint\n' +
      'SOUND: all of it\n',
  );
});

it('a report tells of no more than 20 groups of them, and for programs of each', () => {
  const [sentences, lines]: [string[], string[]] = [[], []];
  for (const [written, asJson] of [
    [sentences, false],
    [lines, true],
  ] as const) {
    const report = openReport({ write: (text: string) => written.push(text) }, asJson);
    for (let index = 0; index < 25; index += 1)
      report.unused({ checkpoint: { from: 'KEPT', index }, origin: `a/${index}`, size: 1, reason: 'OTHER_ACCOUNT' });
    report.conclude({ verdict: 'sound', problem: null, proven: 'all of it', details: {} });
  }
  expect([sentences.length, sentences[20]]).toEqual([22, '… and 5 more; --json tells each\n']);
  expect(JSON.parse(lines[24] ?? '')).toMatchObject({ unused: { origin: 'a/24', size: 1, reason: 'OTHER_ACCOUNT' } });
});
