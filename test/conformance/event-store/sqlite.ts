import type { EventStore } from '../../../src/eventstore/event-store.js';
import { openLogDatabase } from '../../../src/eventstore/sqlite/log-database.js';
import { openSqliteEventStore } from '../../../src/eventstore/sqlite/sqlite-event-store.js';
import { workplace } from '../sqlite-node.js';
import type { GivenStore } from './given.js';

/** A given store, and how to be rid of it. */
export interface StoreFixture extends GivenStore {
  dispose(): Promise<void>;
}

export interface FixtureOptions {
  readonly deadline: number;
  /** Stands between the store and the sentence: a mutant, say. */
  readonly wrap?: (store: EventStore) => EventStore;
}

const now = (): string => '2026-02-03T04:05:06.789Z';

/** A log in a file, which several nodes may open. */
export async function fileStore({ deadline, wrap = (store) => store }: FixtureOptions): Promise<StoreFixture> {
  const place = workplace();
  const stores: EventStore[] = [];
  const another = async (): Promise<EventStore> => {
    const store = openSqliteEventStore({ database: place.open(), now, pollMilliseconds: 10 });
    stores.push(store);
    return wrap(store);
  };
  return {
    store: await another(),
    another,
    deadline,
    dispose: async () => {
      for (const store of stores) await store.close();
      await place.dispose();
    },
  };
}

/** A log in memory, which lives in one handle. */
export async function memoryStore({ deadline }: FixtureOptions): Promise<StoreFixture> {
  const database = openLogDatabase({ path: ':memory:' });
  const store = openSqliteEventStore({ database, now });
  const dispose = async (): Promise<void> => {
    await store.close();
    await database.close();
  };
  return { store, deadline, dispose };
}
