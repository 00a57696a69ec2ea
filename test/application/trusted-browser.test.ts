import { describe, expect, it } from '@jest/globals';
import { trustedBrowserWith, trustKeptFor } from '../../src/application/trusted-browser.js';

const secret = 'S'.repeat(43);

function trustOf(userId: string, n = 1) {
  return { trustId: `${userId}.trust-${n}`, secret };
}

function keptAfter(...userIds: readonly string[]): string {
  return userIds.reduce<string | null>((value, userId) => trustedBrowserWith(value, trustOf(userId)), null) ?? '';
}

describe('What a browser keeps of trust', () => {
  it('is found by the user whose it is, and by no other', () => {
    const kept = keptAfter('ada', 'sam');
    expect(trustKeptFor(kept, 'ada')).toStrictEqual(trustOf('ada'));
    expect(trustKeptFor(kept, 'sam')).toStrictEqual(trustOf('sam'));
    expect(trustKeptFor(kept, 'eve')).toBeNull();
  });

  it('is one for each user, the newest', () => {
    const kept = trustedBrowserWith(keptAfter('ada', 'sam'), trustOf('ada', 2));
    expect(trustKeptFor(kept, 'ada')).toStrictEqual(trustOf('ada', 2));
    expect(kept.split('~')).toHaveLength(2);
  });

  it('is of five users at most, without the one longest ago', () => {
    const kept = keptAfter('one', 'two', 'three', 'four', 'five', 'six');
    expect(trustKeptFor(kept, 'one')).toBeNull();
    expect(['two', 'three', 'four', 'five', 'six'].map((id) => trustKeptFor(kept, id)?.secret)).toEqual(
      Array(5).fill(secret),
    );
  });

  it.each([null, '', '~', 'ada', 'ada.trust', `ada.trust.${'S'.repeat(42)}`, `ada.trust.${secret}!`, `.x.${secret}`])(
    'is nothing where it has not the form of it: %s',
    (value) => {
      expect(trustKeptFor(value, 'ada')).toBeNull();
      expect(trustedBrowserWith(value, trustOf('sam'))).toBe(`sam.trust-1.${secret}`);
    },
  );
});
