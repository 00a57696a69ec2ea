import { parseConnection } from '../../../src/eventstore/eventstoredb/connection-string.js';
import { openEventStoreDbEventStore } from '../../../src/eventstore/eventstoredb/eventstoredb-event-store.js';
import { DbStreams } from '../../../src/eventstore/eventstoredb/streams.js';
import type { EventStore } from '../../../src/eventstore/event-store.js';
import type { FixtureOptions, StoreFixture } from './sqlite.js';

/** The log of an EventStoreDB, each node with a connection of its own. */
export async function eventStoreDbStore(
  url: string,
  { deadline, wrap = (store) => store }: FixtureOptions,
): Promise<StoreFixture> {
  const closing: (() => Promise<void>)[] = [];
  const another = async (): Promise<EventStore> => {
    const streams = new DbStreams(parseConnection({ url, credentials: null, caFile: null }));
    const store = openEventStoreDbEventStore({ streams });
    closing.push(
      () => store.close(),
      () => streams.close(),
    );
    return wrap(store);
  };
  return {
    store: await another(),
    another,
    deadline,
    dispose: async () => {
      for (const close of closing) await close();
    },
  };
}
