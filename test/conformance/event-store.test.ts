import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_STORE_CONTRACT } from './event-store.contract.js';
import { startDouble, type Double } from '../support/eventstoredb/double.js';
import { eventStoreDbStore } from './event-store/eventstoredb.js';
import { fileStore, memoryStore } from './event-store/sqlite.js';

const deadline = 30_000;

describe('The contract of the event store', () => {
  it('says nothing twice', () => {
    const sentences = EVENT_STORE_CONTRACT.map(({ sentence }) => sentence);
    expect(new Set(sentences).size).toBe(sentences.length);
  });
});

describe('The event store in an SQLite file', () => {
  it.each(EVENT_STORE_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await fileStore({ deadline });
    await verify(given).finally(() => given.dispose());
  });
});

describe('The event store in memory', () => {
  const inOneHandle = EVENT_STORE_CONTRACT.filter(({ needsAnotherNode }) => needsAnotherNode !== true);

  it.each(inOneHandle)('$sentence', async ({ verify }) => {
    const given = await memoryStore({ deadline });
    await verify(given).finally(() => given.dispose());
  });
});

describe('The event store in an EventStoreDB, by the real client and a double of the server', () => {
  let double: Double;
  beforeAll(async () => {
    double = await startDouble();
  });
  afterAll(() => double.stop());

  it.each(EVENT_STORE_CONTRACT)('$sentence', async ({ verify }) => {
    const given = await eventStoreDbStore(double.url, { deadline });
    await verify(given).finally(() => given.dispose());
  });
});
