import { setTimeout as sleep } from 'node:timers/promises';
import { EventStoreError, type Batch, type EventStore } from '../../src/eventstore/event-store.js';

/** What a log is troubled by: it refuses every call, answers none, or tells subscribers nothing new. */
export type Trouble = 'FAILS' | 'HANGS' | 'LAGS' | 'OUTCOME_UNKNOWN';

/** A log that can be troubled, and mended. */
export interface TroubledStore {
  readonly wrap: (store: EventStore) => EventStore;
  trouble(by: Trouble): void;
  mend(): void;
}

/** Adapters give up a call after this long. */
const ADAPTERS_PATIENCE = 2_000;

/** Stands between a service and its log, and troubles it when told to; it does so from the start if that is said. */
export function troubledStore(atFirst: Trouble | null = null): TroubledStore {
  let trouble: Trouble | null = atFirst;
  let isMended = new Promise<void>(() => undefined);
  let tellMended = (): void => undefined;

  function set(to: Trouble | null): void {
    if (to === null) tellMended();
    else isMended = new Promise((resolve) => (tellMended = resolve));
    trouble = to;
  }
  if (atFirst !== null) set(atFirst);

  async function call<T>(work: () => Promise<T>): Promise<T> {
    if (trouble === 'HANGS') await sleep(ADAPTERS_PATIENCE);
    if (trouble === 'FAILS' || trouble === 'HANGS') throw new EventStoreError('UNAVAILABLE', 'the log is troubled');
    return work();
  }

  async function append(work: () => ReturnType<EventStore['append']>): ReturnType<EventStore['append']> {
    const appended = await call(work);
    if (trouble !== 'OUTCOME_UNKNOWN') return appended;
    throw new EventStoreError('OUTCOME_UNKNOWN', 'the log is troubled');
  }

  /** A subscription that is told nothing while there is trouble, and goes on by itself. */
  async function* subscribe(batches: AsyncIterable<Batch>, signal: AbortSignal): AsyncGenerator<Batch, void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    for await (const batch of batches) {
      while (trouble !== null && trouble !== 'OUTCOME_UNKNOWN' && !signal.aborted)
        await Promise.race([isMended, aborted]);
      if (signal.aborted) return;
      yield batch;
    }
  }

  return {
    wrap: (store) => ({
      append: (...args) => append(() => store.append(...args)),
      readStream: (...args) => call(() => store.readStream(...args)),
      readAll: (...args) => call(() => store.readAll(...args)),
      subscribe: (options) => subscribe(store.subscribe(options), options.signal),
      head: () => call(() => store.head()),
      close: () => store.close(),
    }),
    trouble: set,
    mend: () => set(null),
  };
}
