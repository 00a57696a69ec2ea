import { describe, expect, it } from '@jest/globals';
import { openLimitSettings } from '../../src/application/open-limits.js';
import { createOpenPlaces, type OpenPlaces, type Place } from '../../src/http/open-places.js';

const limitedTo = (most: number | null): OpenPlaces => createOpenPlaces(openLimitSettings(() => most));

const ofAccount = (key = 'acme'): Place => ({ limit: 'SUBSCRIPTIONS_OF_ACCOUNT', key });
const ofMember = (): Place => ({ ...ofAccount(), of: 'ALL_BUT_RESERVE' });

/** How many places can be taken, one after the other. */
function countTaken(places: OpenPlaces, place: Place): number {
  for (let count = 0; count < 1_000; count += 1) if (!('release' in places.take([place]))) return count;
  return Infinity;
}

describe('The places of a limit', () => {
  it('are so many for each key, and free again when they are given back, once', () => {
    const places = limitedTo(2);
    const first = places.take([ofAccount()]);
    expect(countTaken(places, ofAccount())).toBe(1);
    expect(places.take([ofAccount()])).toStrictEqual({ full: 'SUBSCRIPTIONS_OF_ACCOUNT', most: 2 });
    expect(countTaken(places, ofAccount('other'))).toBe(2);
    for (let time = 0; time < 3; time += 1) if ('release' in first) first.release();
    expect(countTaken(places, ofAccount())).toBe(1);
  });

  it('are without number where the limit is off', () => {
    expect(countTaken(limitedTo(null), ofAccount())).toBe(Infinity);
  });

  it('are all taken, or none', () => {
    const places = limitedTo(1);
    places.take([{ limit: 'SUBSCRIPTIONS_OF_ADDRESS', key: 'here' }]);
    const both: Place[] = [ofAccount(), { limit: 'SUBSCRIPTIONS_OF_ADDRESS', key: 'here' }];
    expect(places.take(both)).toStrictEqual({ full: 'SUBSCRIPTIONS_OF_ADDRESS', most: 1 });
    expect(countTaken(places, ofAccount())).toBe(1);
  });

  it('have a quarter that others than the primary cannot use up', () => {
    const places = limitedTo(8);
    expect(countTaken(places, ofMember())).toBe(6);
    expect(countTaken(places, ofAccount())).toBe(2);
  });

  it.each([
    [1, 1],
    [3, 3],
    [7, 6],
    [10, 8],
  ])('have no reserve below 4, and round it down: of %d others can take %d', (most, others) => {
    expect(countTaken(limitedTo(most), ofMember())).toBe(others);
  });

  it('leave the others what the primary does not use', () => {
    const places = limitedTo(10);
    for (let count = 0; count < 5; count += 1) places.take([ofAccount()]);
    expect(countTaken(places, ofMember())).toBe(5);
  });
});
