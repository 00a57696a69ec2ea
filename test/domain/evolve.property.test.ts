import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountDecider } from '../../src/domain/account/decider.js';
import type { RecordedEvent } from '../../src/domain/catalogue.js';
import type { Decider } from '../../src/domain/decider.js';
import { mfaDecider } from '../../src/domain/mfa/decider.js';
import { nameDecider } from '../../src/domain/name/decider.js';
import { passwordDecider } from '../../src/domain/password/decider.js';
import { reactionDecider } from '../../src/domain/reaction/decider.js';
import { sessionDecider } from '../../src/domain/session/decider.js';
import { catalogue } from '../../src/domain/catalogue.js';
import { userDecider } from '../../src/domain/user/decider.js';
import { decodeFixture, fixtures } from '../support/fixtures.js';

type AnyDecider = Decider<unknown, never, RecordedEvent>;

const deciders = [
  accountDecider,
  userDecider,
  mfaDecider,
  passwordDecider,
  sessionDecider,
  nameDecider,
  reactionDecider,
];
// Which events belong to which decider is what the test itself sees to.
const rows = deciders.map((decider) => [decider.category, decider as unknown as AnyDecider] as const);
const events: readonly RecordedEvent[] = fixtures.map(decodeFixture);

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}

describe.each(rows)('Folding the events of %s', (category, { initial, evolve }) => {
  const own = events.filter(({ type }) => catalogue[type].streams.includes(category)).map(deepFreeze);
  // Each as often as one likes, in any order, most of them an order that never happens.
  const anyOrder = fc
    .array(fc.constantFrom(...own), { maxLength: 30 })
    .map((all) => all.map((event, index) => deepFreeze({ ...event, version: index + 1 })));
  const fold = (all: readonly RecordedEvent[]) =>
    all.reduce((state, event) => deepFreeze(evolve(state, event)), deepFreeze(initial));

  it('never throws, whatever their order, and changes neither event nor state', () => {
    fc.assert(
      fc.property(anyOrder, (all) => {
        fold(all);
      }),
    );
  });

  it('comes to the same state every time, and to nothing that JSON could not hold', () => {
    fc.assert(
      fc.property(anyOrder, (all) => {
        const state = fold(all);
        expect(fold(all)).toEqual(state);
        expect(JSON.parse(JSON.stringify(state))).toStrictEqual(state);
      }),
    );
  });

  it('keeps no personal values but the names of a user', () => {
    const erase = (all: readonly RecordedEvent[]) => all.map((event) => ({ ...event, personal: null }));
    fc.assert(
      fc.property(anyOrder, (all) => {
        if (category !== 'user') expect(fold(erase(all) as RecordedEvent[])).toStrictEqual(fold(all));
      }),
    );
  });

  it('may go on from any state on the way', () => {
    fc.assert(
      fc.property(anyOrder, fc.nat({ max: 30 }), (all, at) => {
        const halfway = all.slice(0, at).reduce(evolve, initial);
        expect(all.slice(at).reduce(evolve, halfway)).toEqual(fold(all));
      }),
    );
  });
});
