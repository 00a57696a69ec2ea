import { describe, expect, it } from '@jest/globals';
import { createReaderPace, LEAST_RATE, type ReaderPace } from '../../src/http/audit-export/reader-pace.js';

const SECOND = 1_000;

/** Measures a reader once a second. @param isWaiting whether the service waits for it in that second */
function measured(
  seconds: number,
  bytesASecond: number,
  isWaiting: (second: number) => boolean = () => true,
): ReaderPace {
  const pace = createReaderPace(0);
  for (let second = 1; second <= seconds; second += 1) {
    pace.measure(second * SECOND, { taken: second * bytesASecond, isWaiting: isWaiting(second) });
  }
  return pace;
}

describe('The pace of a reader', () => {
  it('is too slow after 30 seconds of waiting for less than the least rate, not before', () => {
    expect(measured(29, LEAST_RATE - 1).isTooSlow()).toBe(false);
    expect(measured(30, LEAST_RATE - 1).isTooSlow()).toBe(true);
    expect(measured(3_000, LEAST_RATE).isTooSlow()).toBe(false);
  });

  it('does not count the time in which the reader waits for the service', () => {
    expect(measured(3_000, 0, () => false).isTooSlow()).toBe(false);
    expect(measured(59, 0, (second) => second % 2 === 0).isTooSlow()).toBe(false);
    expect(measured(60, 0, (second) => second % 2 === 0).isTooSlow()).toBe(true);
  });

  it('does not let a fast beginning make up for what comes later', () => {
    const pace = createReaderPace(0);
    pace.measure(30 * SECOND, { taken: 1e9, isWaiting: true });
    pace.measure(60 * SECOND, { taken: 1e9, isWaiting: true });
    expect(pace.isTooSlow()).toBe(true);
  });

  it('is known after a second of waiting', () => {
    expect(createReaderPace(0).rate()).toBeNull();
    expect(measured(1, 500).rate()).toBe(500);
    expect(measured(30, 500).rate()).toBe(500);
  });
});
