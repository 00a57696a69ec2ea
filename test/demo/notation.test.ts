import { describe, expect, it } from '@jest/globals';
import { ANSWERED, notationOf, SENT } from '../../src/demo/notation.js';

const room = { width: 60, taken: 0 };

describe('the notation of requests and answers', () => {
  it('leaves out what is empty', () => {
    const answer = { __typename: 'SignedIn', token: null, amr: ['pwd'], userErrors: [] };
    expect(notationOf(answer, { ...room, masks: ANSWERED })).toBe('SignedIn { amr: [pwd] }');
  });

  it('shows empty lists where there is nothing else', () => {
    expect(notationOf({ userErrors: [] }, { ...room, masks: ANSWERED })).toBe('{ userErrors: [] }');
  });

  it('breaks what is wider than its room', () => {
    const answer = { users: [{ name: 'ada', says: 'one two three' }, { name: 'bob' }], more: 'x'.repeat(40) };
    expect(notationOf(answer, { ...room, masks: ANSWERED, width: 64 })).toBe(
      ['{', '  users: [{ name: ada, says: "one two three" }, { name: bob }]', `  more: ${'x'.repeat(40)}`, '}'].join(
        '\n',
      ),
    );
    expect(notationOf(answer, { ...room, masks: ANSWERED, width: 50 })).toContain(
      ['  users: [', '    { name: ada, says: "one two three" }', '    { name: bob }', '  ]'].join('\n'),
    );
  });

  it('masks passwords and codes that are sent, and the seed in all its forms', () => {
    expect(notationOf({ password: 'correct horse', code: '123456' }, { ...room, masks: SENT })).toBe(
      '{ password: ••••••••, code: 123 ••• }',
    );
    const answer = {
      secret: 'ABC',
      token: 'a.b',
      otpauthUri: 'otpauth://totp/A?secret=ABC&digits=6',
      qrCode: '<svg/>',
    };
    const shown = notationOf(answer, { ...room, masks: ANSWERED });
    expect(shown).not.toContain('ABC');
    expect(shown).toContain('otpauthUri: otpauth://totp/A?secret=••••••••&digits=6');
    expect(shown).toContain('qrCode: an SVG image of 6 bytes');
    expect(shown).not.toContain('a.b');
  });
});
