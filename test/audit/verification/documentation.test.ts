import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parseVerifierKey, signingKeyOf } from '../../../src/audit/notes/keys.js';
import { FINDING_CODES } from '../../../src/audit/verification/finding.js';
import { verifyTrail } from '../../../src/audit/verification/verify-trail.js';
import { verify as verifyAgain } from '../../support/second-verifier.mjs';

const page = readFileSync(new URL('../../../docs/audit-format.md', import.meta.url), 'utf8');
const [key = '', note = '', exported = ''] = [...page.matchAll(/```text\n(.*?)```\n/gs)].map(([, block]) => block);

describe('The example in docs/audit-format.md', () => {
  it('has the key that it says', () => {
    expect(signingKeyOf('mfa.example/audit', Buffer.alloc(32, 1)).verifier.text).toBe(key.trim());
  });

  it('is sound', async () => {
    const lines = exported.split('\n').slice(0, -1);
    const evidence = { lines, checkpoints: [note], keys: [parseVerifierKey(key.trim())] };
    expect(await verifyTrail(evidence, { onFinding: () => undefined })).toEqual({
      verdict: 'sound',
      findings: 0,
      problem: null,
      records: 2,
      unopened: { count: 0, of: 1 },
      proven: { kept: 2, exported: null },
    });
  });

  it('is sound to the second verifier too', () => {
    expect(verifyAgain(exported, key.trim(), [note])).toEqual({ verdict: 'sound', findings: [] });
  });
});

describe('docs/audit-format.md', () => {
  it.each(FINDING_CODES)('says what %s means', (code) => {
    expect(page).toContain(`| \`${code}\``);
  });
});
