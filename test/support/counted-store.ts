import type { EventStore } from '../../src/eventstore/event-store.js';

/** Whose appends are counted: those of commands, or those of what the service does by itself. */
export type Counted = 'COMMANDS' | 'SYSTEM';

/** A store that calls before every counted append, with its number from 1. */
export function countAppends(store: EventStore, counted: Counted, before: (append: number) => void): EventStore {
  let count = 0;
  const append: EventStore['append'] = (stream, expected, events) => {
    const bySystem = events[0]?.metadata.actor.kind === 'SYSTEM';
    if (bySystem === (counted === 'SYSTEM')) before((count += 1));
    return store.append(stream, expected, events);
  };
  return {
    append,
    readStream: (...args) => store.readStream(...args),
    readAll: (...args) => store.readAll(...args),
    subscribe: (...args) => store.subscribe(...args),
    head: () => store.head(),
    close: () => store.close(),
  };
}
