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
