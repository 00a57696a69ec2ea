import type {
  Appended,
  Batch,
  EventStore,
  EventToAppend,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from '../../../src/eventstore/event-store.js';
import { ConcurrencyError } from '../../../src/eventstore/event-store.js';
import type { Mutant } from '../sentence.js';

/** Puts a fault before a sound store. */
export type MutateStore = (store: EventStore) => EventStore;

export type StoreMutant = Mutant<MutateStore>;

/** A store that does some things differently. */
export function changed(store: EventStore, changes: Partial<EventStore>): EventStore {
  return {
    append: (stream, expected, events) => store.append(stream, expected, events),
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribe: (options) => store.subscribe(options),
    head: () => store.head(),
    close: () => store.close(),
    ...changes,
  };
}

type Appending = (
  store: EventStore,
  stream: string,
  expected: number,
  events: readonly EventToAppend[],
) => Promise<Appended>;

/** Changes how events are appended. */
export function onAppend(append: Appending): MutateStore {
  return (store) => changed(store, { append: (...append_) => append(store, ...append_) });
}

/** Changes what is appended. */
export function onAppended(change: (events: readonly EventToAppend[]) => readonly EventToAppend[]): MutateStore {
  return onAppend((store, stream, expected, events) => store.append(stream, expected, change(events)));
}

/** Changes how a stream is read. */
export function onReadStream(
  read: (store: EventStore, stream: string, options: ReadStreamOptions) => Promise<readonly StoredEvent[]>,
): MutateStore {
  return (store) => changed(store, { readStream: (stream, options = {}) => read(store, stream, options) });
}

/** Changes the pages of the log. */
export function onPage(change: (page: Batch, after: bigint) => Batch): MutateStore {
  return (store) => changed(store, { readAll: async (options) => change(await store.readAll(options), options.after) });
}

/** Changes each event that is read, in a stream or in the log. */
export function onEvent(change: (event: StoredEvent) => StoredEvent): MutateStore {
  return (store) =>
    changed(store, {
      readStream: async (stream, options) => (await store.readStream(stream, options)).map(change),
      readAll: async (options) => {
        const page = await store.readAll(options);
        return { ...page, events: page.events.map(change) };
      },
    });
}

/** Changes how a subscription goes. */
export function onSubscribe(
  subscribe: (store: EventStore, options: SubscribeOptions) => AsyncIterable<Batch>,
): MutateStore {
  return (store) => changed(store, { subscribe: (options) => subscribe(store, options) });
}

/** Changes each batch of a subscription. */
export function onBatch(change: (batch: Batch, after: bigint) => Batch): MutateStore {
  return onSubscribe(async function* (store, options) {
    for await (const batch of store.subscribe(options)) yield change(batch, options.after);
  });
}

/** Appends at whatever version the stream has, where `forgives` says so of a lost race. */
export function forgiving(forgives: (race: ConcurrencyError) => boolean): MutateStore {
  return onAppend(async function append(store, stream, expected, events): Promise<Appended> {
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (error instanceof ConcurrencyError && forgives(error)) return append(store, stream, error.actual, events);
      throw error;
    }
  });
}

/** The ids that a stream holds, in their order. */
export async function idsIn(store: EventStore, stream: string): Promise<readonly string[]> {
  return (await store.readStream(stream)).map(({ id }) => id);
}

/** All that the log holds after a position. */
export async function* pages(store: EventStore, after: bigint): AsyncGenerator<Batch, bigint, undefined> {
  let position = after;
  for (;;) {
    const page = await store.readAll({ after: position, limit: 100 });
    if (page.events.length === 0) return position;
    yield page;
    position = page.position;
  }
}
