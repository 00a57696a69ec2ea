import { describe, expect, it } from '@jest/globals';
import { openStreamVersions } from '../../../src/audit/verification/stream-versions.js';

describe('The versions of streams', () => {
  it('are kept for each of many', () => {
    const versions = openStreamVersions();
    const streams = Array.from({ length: 5_000 }, (_, index) => `session-${index}`);
    expect(versions.of('session-0')).toBe(0);
    for (const [index, stream] of streams.entries()) versions.set(stream, index + 1);
    for (const stream of streams.slice(0, 10)) versions.set(stream, 9_999);
    expect(streams.map((stream) => versions.of(stream))).toEqual(
      streams.map((_, index) => (index < 10 ? 9_999 : index + 1)),
    );
    expect(versions.of('session-5000')).toBe(0);
  });
});
