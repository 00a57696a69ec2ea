import { checkAppend, checkPosition, checkReadAll, checkReadStream } from '../arguments.js';
import {
  ConcurrencyError,
  EventStoreError,
  type Appended,
  type Batch,
  type EventStore,
  type EventToAppend,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscribeOptions,
} from '../event-store.js';
import { outcomeUnknown } from './faults.js';
import { follow } from './following.js';
import { fromDbEvent, isOfLog, toDbEvents } from './records.js';
import type { DbAppended, DbEvent, DbReadOptions, DbStreams, RecordedDbEvent } from './streams.js';

export interface EventStoreDbEventStoreOptions {
  /** Stay open when the store is closed: they may be shared with the vault. */
  readonly streams: DbStreams;
  /** Told why a subscription was dropped; it is taken up again by itself. */
  readonly onDrop?: (reason: string) => void;
}

/** The event store in an EventStoreDB of version 22.6 or newer, single node or cluster; any number of processes may share it. */
export function openEventStoreDbEventStore(options: EventStoreDbEventStoreOptions): EventStore {
  return new EventStoreDbEventStore(options);
}

class EventStoreDbEventStore implements EventStore {
  readonly #streams: DbStreams;
  readonly #onDrop: (reason: string) => void;
  readonly #closing = new AbortController();
  readonly #writing = new Set<Promise<unknown>>();

  constructor({ streams, onDrop = () => undefined }: EventStoreDbEventStoreOptions) {
    this.#streams = streams;
    this.#onDrop = onDrop;
  }

  async append(stream: string, expected: number, events: readonly EventToAppend[]): Promise<Appended> {
    this.#refuseIfClosed();
    checkAppend(stream, expected, events);
    const writing = this.#append(stream, expected, toDbEvents(events));
    this.#writing.add(writing);
    return writing.finally(() => this.#writing.delete(writing));
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    this.#refuseIfClosed();
    checkReadStream(stream, options);
    const range = options.direction === 'backwards' ? await this.#backwards(stream, options) : forwards(options);
    if (range === null) return [];
    const events = await this.#streams.read(stream, range);
    return eventsOf(stream, events).map(fromDbEvent);
  }

  async readAll(options: ReadAllOptions): Promise<Batch> {
    this.#refuseIfClosed();
    checkReadAll(options);
    const { after, limit } = options;
    // EventStoreDB reads from a position on, that one included.
    const found = await this.#streams.readAll(after, limit + 1);
    const events = found.filter(({ position }) => position > after).slice(0, limit);
    return { events: events.filter(isOfLog).map(fromDbEvent), position: events.at(-1)?.position ?? after };
  }

  async *subscribe({ after, signal }: SubscribeOptions): AsyncGenerator<Batch, void, undefined> {
    if (signal.aborted) return;
    this.#refuseIfClosed();
    checkPosition(after);
    const end = AbortSignal.any([signal, this.#closing.signal]);
    yield* follow({ streams: this.#streams, after, signal: end, onDrop: this.#onDrop });
  }

  async head(): Promise<bigint> {
    this.#refuseIfClosed();
    return this.#streams.head();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#writing);
  }

  async #append(stream: string, expected: number, events: readonly DbEvent[]): Promise<Appended> {
    const appended = await this.#streams.append(stream, BigInt(expected) - 1n, events);
    if (appended.outcome !== 'APPENDED') throw refusalOf(stream, expected, appended);
    const version = expected + events.length;
    // A server need not remember where it put what is appended once more.
    return { version, position: appended.position ?? (await this.#positionOf(stream, version)) };
  }

  /** What to read backwards; null where there is nothing. A version far beyond the end is not asked for. */
  async #backwards(stream: string, { after, limit }: ReadStreamOptions): Promise<DbReadOptions | null> {
    const rest = { direction: 'backwards', ...(limit !== undefined && { limit }) } as const;
    if (after === undefined) return rest;
    if (after <= 1) return null;
    const [last] = eventsOf(stream, await this.#streams.read(stream, { direction: 'backwards', limit: 1 }));
    if (last === undefined) return null;
    const from = BigInt(after) - 2n;
    return { ...rest, from: from < last.revision ? from : last.revision };
  }

  /** Where an event stands that was just stored. @throws {EventStoreError} `OUTCOME_UNKNOWN`: stored it is, whatever goes wrong here */
  async #positionOf(stream: string, version: number): Promise<bigint> {
    try {
      const found = await this.#streams.read(stream, { from: BigInt(version) - 1n, limit: 1 });
      const [event] = eventsOf(stream, found);
      if (event !== undefined) return event.position;
    } catch (error) {
      throw outcomeUnknown(error);
    }
    throw outcomeUnknown(new Error(`${stream} has no version ${version}`));
  }

  #refuseIfClosed(): void {
    if (this.#closing.signal.aborted) throw new EventStoreError('CLOSED', 'the event store is closed');
  }
}

function forwards({ after = 0, limit }: ReadStreamOptions): DbReadOptions {
  return { from: BigInt(after), ...(limit !== undefined && { limit }) };
}

function eventsOf(stream: string, events: readonly RecordedDbEvent[] | null): readonly RecordedDbEvent[] {
  if (events === null) throw new EventStoreError('UNAVAILABLE', `${stream} was deleted from outside this service`);
  return events;
}

function refusalOf(stream: string, expected: number, appended: Exclude<DbAppended, { outcome: 'APPENDED' }>): Error {
  if (appended.outcome === 'WRONG_VERSION') {
    return new ConcurrencyError(stream, expected, Number(appended.actual) + 1);
  }
  if (appended.outcome === 'DELETED') {
    return new EventStoreError('UNAVAILABLE', `${stream} was deleted from outside this service`);
  }
  return new EventStoreError('INVALID', 'an append weighs more than this EventStoreDB takes: raise its MaxAppendSize');
}
