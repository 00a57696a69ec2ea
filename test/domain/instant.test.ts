import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { after, DAY, instantOf, isReached, millisecondsOf } from '../../src/domain/instant.js';
import { later } from '../support/builders.js';
import { NOW } from '../support/given.js';

describe('An instant', () => {
  it('has milliseconds, and is in UTC', () => {
    expect(instantOf(0)).toBe('1970-01-01T00:00:00.000Z');
    expect(millisecondsOf('1970-01-01T00:00:01.234Z')).toBe(1_234);
  });

  it('lies after another by milliseconds, before it if they are negative', () => {
    expect(after(NOW, DAY)).toBe('2026-01-02T00:00:00.000Z');
    expect(after(NOW, -1)).toBe('2025-12-31T23:59:59.999Z');
  });

  it('is reached at its own moment, not a millisecond before', () => {
    expect(isReached(NOW, later(-1))).toBe(false);
    expect(isReached(NOW, NOW)).toBe(true);
    expect(isReached(NOW, later(1))).toBe(true);
  });

  it('compares as text as it does as time', () => {
    const moment = fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') });
    fc.assert(
      fc.property(moment, moment, (one, other) => isReached(instantOf(one), instantOf(other)) === one <= other),
    );
  });
});
