import type { EventStore } from './event-store.js';

/** Other events may stand before it: those of EventStoreDB itself, say. */
const PAGE = 1_000;

/** The id of the log's first event, which tells one log from another; null where the log is empty. */
export async function firstEventId(store: Pick<EventStore, 'readAll'>): Promise<string | null> {
  let after = 0n;
  for (;;) {
    const { events, position } = await store.readAll({ after, limit: PAGE });
    const [first] = events;
    if (first !== undefined) return first.id;
    // A store may have passed over events that are not ours, and have nothing else to tell yet.
    if (position <= after) return null;
    after = position;
  }
}
