import { describe, expect, it } from '@jest/globals';
import { categoryOf, STREAM_CATEGORIES, streamName } from '../../src/domain/stream.js';

describe('A stream', () => {
  it.each(STREAM_CATEGORIES)('of the category %s is known by its name', (category) => {
    expect(streamName(category, 'a-b-c')).toBe(`${category}-a-b-c`);
    expect(categoryOf(streamName(category, 'a-b-c'))).toBe(category);
  });

  it.each(['$ce-user', 'Mfa-sam', '-user', 'users-sam', ''])('called "%s" is none of ours', (stream) => {
    expect(categoryOf(stream)).toBeUndefined();
  });

  it('without an id is none of ours', () => {
    expect(categoryOf('users')).toBeUndefined();
  });
});
