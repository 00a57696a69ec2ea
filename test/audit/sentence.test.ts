import { describe, expect, it } from '@jest/globals';
import { TRAIL_EVENT_TYPES } from '../../src/audit/description.js';
import { sentenceOf, SUMMARY_LANGUAGES } from '../../src/audit/sentence.js';

const NAMES = { subject: 'Sam', device: 'Phone', by: { kind: 'USER', name: 'Ada' } } as const;
const ERASED = { subject: null, device: null, by: { kind: 'USER', name: null } } as const;

/** What a sentence looks like in a language: its letters, and no full stop. */
const LOOKS = { EN: /^(?:[A-Z]|Sam )[A-Za-z ]*[a-z]$/, ZH: /^[\p{Script=Han}A-Za-z “”，]+$/u };

describe.each(SUMMARY_LANGUAGES)('A sentence in %s', (language) => {
  it.each(TRAIL_EVENT_TYPES)('says what %s was, with names and without', (type) => {
    for (const names of [NAMES, ERASED, { subject: null, device: null }]) {
      const sentence = sentenceOf(type, names, language);
      expect(sentence).toMatch(LOOKS[language]);
      expect(sentence).not.toMatch(/ {2}|null|undefined/);
      expect(sentence).not.toContain(type);
    }
  });

  it('has the names of subject and device, and of who did it', () => {
    const told = TRAIL_EVENT_TYPES.map((type) => sentenceOf(type, NAMES, language));
    for (const name of ['Sam', 'Phone', 'Ada'])
      expect(told.filter((one) => one.includes(name)).length).toBeGreaterThan(9);
    for (const one of TRAIL_EVENT_TYPES.map((type) => sentenceOf(type, ERASED, language))) {
      expect(one).not.toMatch(/Sam|Phone|Ada|“”/);
    }
  });

  it('tells every two types apart', () => {
    expect(new Set(TRAIL_EVENT_TYPES.map((type) => sentenceOf(type, NAMES, language))).size).toBe(
      TRAIL_EVENT_TYPES.length,
    );
  });
});

it.each([
  ['EN', NAMES, 'Virtual MFA device Phone of Sam was disabled by Ada'],
  ['EN', ERASED, 'A virtual MFA device of a user was disabled by a user'],
  ['EN', { ...NAMES, by: null }, 'Virtual MFA device Phone of Sam was disabled'],
  ['EN', { ...NAMES, by: { kind: 'SYSTEM', name: null } as const }, 'Virtual MFA device Phone of Sam was disabled'],
  [
    'EN',
    { ...NAMES, by: { kind: 'AUDIT_TOKEN', name: 'SIEM' } as const },
    'Virtual MFA device Phone of Sam was disabled by token SIEM',
  ],
  ['ZH', NAMES, '用户“Sam”的虚拟 MFA 设备“Phone”已由用户“Ada”停用'],
  ['ZH', ERASED, '某用户的虚拟 MFA 设备已由某用户停用'],
  ['ZH', { ...NAMES, by: null }, '用户“Sam”的虚拟 MFA 设备“Phone”已停用'],
] as const)('in %s it reads with %j: %s', (language, names, sentence) => {
  expect(sentenceOf('MfaDisabled', names, language)).toBe(sentence);
});

it('a name keeps its own case at the beginning of a sentence', () => {
  expect(sentenceOf('UserDeleted', { subject: 'sam', device: null })).toBe('sam was deleted');
  expect(sentenceOf('UserDeleted', { subject: null, device: null })).toBe('A user was deleted');
});
