import { parseConnection } from '../../../src/eventstore/eventstoredb/connection-string.js';
import { openEventStoreDbEventStore } from '../../../src/eventstore/eventstoredb/eventstoredb-event-store.js';
import { DbStreams } from '../../../src/eventstore/eventstoredb/streams.js';
import type { Batch, EventStore, StoredEvent } from '../../../src/eventstore/event-store.js';

/** A node's view of an EventStoreDB. */
export interface Node {
  readonly store: EventStore;
  /** Why its subscriptions were dropped. */
  readonly drops: readonly string[];
  close(): Promise<void>;
}

/** Connects a node. */
export function openNode(url: string, more: Partial<Parameters<typeof parseConnection>[0]> = {}): Node {
  const streams = new DbStreams(parseConnection({ url, credentials: null, caFile: null, ...more }));
  const drops: string[] = [];
  const store = openEventStoreDbEventStore({ streams, onDrop: (reason) => drops.push(reason) });
  return {
    ...{ store, drops },
    async close() {
      await store.close();
      await streams.close();
    },
  };
}

/** Somebody who follows the log in the background. */
export interface Listener {
  readonly events: readonly StoredEvent[];
  readonly batches: readonly Batch[];
  stop(): Promise<void>;
}

/** Follows a store; each batch is handed to `onBatch` before the next is asked for. */
export function listen(
  store: EventStore,
  after = 0n,
  onBatch: (batch: Batch) => Promise<void> = async () => undefined,
): Listener {
  const abort = new AbortController();
  const events: StoredEvent[] = [];
  const batches: Batch[] = [];
  const following = (async () => {
    for await (const batch of store.subscribe({ after, signal: abort.signal })) {
      await onBatch(batch);
      batches.push(batch);
      events.push(...batch.events);
    }
  })();
  return {
    ...{ events, batches },
    async stop() {
      abort.abort();
      await following;
    },
  };
}
