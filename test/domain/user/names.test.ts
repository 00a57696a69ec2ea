import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  checkAlias,
  checkDeviceName,
  checkDisplayName,
  checkEmail,
  checkReason,
  checkUsername,
  comparable,
} from '../../../src/domain/user/names.js';

type Check = (name: string) => { readonly code: string } | null;

interface Row {
  readonly what: string;
  readonly check: Check;
  readonly code: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const email = (length: number) => `a@${'b'.repeat(length - 6)}.com`;

const rows: readonly Row[] = [
  {
    what: 'An account alias',
    check: checkAlias,
    code: 'INVALID_ALIAS',
    good: ['abc', '123', 'a-b', 'acme-europe-2', 'a'.repeat(63)],
    bad: ['', 'ab', 'a'.repeat(64), 'Acme', '-acme', 'acme-', 'ac--me', 'ac me', 'ac.me', 'acmé', 'acme\n'],
  },
  {
    what: 'A user name',
    check: checkUsername,
    code: 'INVALID_USERNAME',
    good: ['a', 'Sam', 'sam+work=1,2.3@acme_eu-west', '0', 'a'.repeat(64)],
    bad: ['', 'a'.repeat(65), 'sam smith', 'sam/1', 'säm', 'sam\n'],
  },
  {
    what: 'An e-mail address',
    check: checkEmail,
    code: 'INVALID_EMAIL',
    good: ['a@b.co', 'sam.o+x@mail.example.com', 'säm@bücher.example', `${'a'.repeat(64)}@b.co`, email(254)],
    bad: [
      '',
      'sam',
      '@b.co',
      'a@',
      'a@b',
      'a@.co',
      'a@b.',
      'a@b..co',
      'a@@b.co',
      'a b@c.co',
      ' a@b.co',
      'a@b.co\n',
    ].concat([`${'a'.repeat(65)}@b.co`, email(255), 'a\u200b@b.co', 'a\u0000@b.co', 'a@b\u202e.co']),
  },
  {
    what: 'A display name',
    check: checkDisplayName,
    code: 'INVALID_DISPLAY_NAME',
    good: ['S', ' Sam ', 'Sam Smith', '林美玲', 'x'.repeat(128), '😀'.repeat(128), ` ${'x'.repeat(128)} `],
    bad: [
      '',
      '   ',
      'x'.repeat(129),
      '😀'.repeat(129),
      'a\nb',
      'a\u0000',
      'a\u202eb',
      'a\u200bb',
      'a\u2028b',
      '\ud800',
    ],
  },
  {
    what: 'A device name',
    check: checkDeviceName,
    code: 'INVALID_DEVICE_NAME',
    good: ['P', "Sam's phone", 'x'.repeat(64), '📱'.repeat(64)],
    bad: ['', ' ', 'x'.repeat(65), '📱'.repeat(65), 'a\tb', 'a\u2066b', 'a\u2029b'],
  },
  {
    what: 'A reason',
    check: checkReason,
    code: 'INVALID_REASON',
    good: ['x', 'Phone lost; a new one comes on Monday.', '😀'.repeat(256)],
    bad: ['', ' ', 'x'.repeat(257), 'a\nb', 'a\u202eb'],
  },
];

describe.each(rows)('$what', ({ check, code, good, bad }) => {
  it.each(good.map((name) => [name]))('may be %j', (name) => {
    expect(check(name)).toBeNull();
  });

  it.each(bad.map((name) => [name]))(`is refused with ${code} where it is %j`, (name) => {
    expect(check(name)).toEqual({ code });
  });
});

describe('Names', () => {
  it.each([
    ['Alice', 'alice'],
    [' alice ', 'alice'],
    ['Ａlice', 'alice'],
    ['ﬁn', 'fin'],
    ['SAM@EXAMPLE.COM', 'sam@example.com'],
    ['é', 'e\u0301'],
  ])('%j and %j are one name', (one, other) => {
    expect(comparable(one)).toBe(comparable(other));
  });

  it.each([
    ['alice', 'alíce'],
    ['alice', 'a.lice'],
  ])('%j and %j are two', (one, other) => {
    expect(comparable(one)).not.toBe(comparable(other));
  });

  it('of users compare the same however they are capitalised', () => {
    const username = fc.stringMatching(/^[A-Za-z0-9+=,.@_-]{1,64}$/);
    fc.assert(
      fc.property(username, (name) => {
        expect(comparable(name.toUpperCase())).toBe(comparable(name));
        expect(comparable(comparable(name))).toBe(comparable(name));
      }),
    );
  });
});
