import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '../../src/eventstore/event-store.js';
import { openSqliteEventStore } from '../../src/eventstore/sqlite/sqlite-event-store.js';
import { events, freshStream, idsOf } from '../conformance/event-store/given.js';
import { workplace, type Workplace } from '../conformance/sqlite-node.js';

let place: Workplace;
let store: EventStore;
let other: EventStore;

function openStore(): EventStore {
  return openSqliteEventStore({ database: place.open(), now: () => '2026-01-01T00:00:00.000Z' });
}

beforeEach(() => {
  place = workplace();
  store = openStore();
  other = openStore();
});

afterEach(async () => {
  await store.close();
  await other.close();
  await place.dispose();
});

describe('What SQLite is known to hold no more of', () => {
  it('is looked up again as soon as another process has written', async () => {
    const stream = freshStream();
    for (let version = 0; version < 10; version += 1) {
      expect(await store.readStream(stream, { after: version })).toEqual([]);
      const [here, there] = version % 2 === 0 ? [store, other] : [other, store];
      await here.append(stream, version, events(1));
      expect(await there.readStream(stream, { after: version })).toHaveLength(1);
      expect(await here.readStream(stream, { after: version })).toHaveLength(1);
    }
  });

  it('is not what an append said that was made before', async () => {
    const stream = freshStream();
    const [first, second] = [events(2), events(3)];
    await store.append(stream, 0, first);
    await store.append(stream, 2, second);
    expect(await store.append(stream, 0, first)).toMatchObject({ version: 2 });
    expect(idsOf(await store.readStream(stream, { after: 2 }))).toEqual(idsOf(second));
  });

  it('is not what an append would have written that lost its race', async () => {
    const stream = freshStream();
    const [won, lost] = [events(1), events(3)];
    await Promise.allSettled([store.append(stream, 0, won), store.append(stream, 0, lost)]);
    expect(idsOf(await store.readStream(stream))).toEqual(idsOf(won));
    expect(await store.readStream(stream, { after: 1 })).toEqual([]);
    await other.append(stream, 1, lost);
    expect(idsOf(await store.readStream(stream, { after: 1 }))).toEqual(idsOf(lost));
  });

  it('is not what a reader left over who wanted only so much', async () => {
    const stream = freshStream();
    await store.append(stream, 0, events(5));
    expect(await other.readStream(stream, { limit: 2 })).toHaveLength(2);
    expect(await other.readStream(stream, { after: 2 })).toHaveLength(3);
  });
});
