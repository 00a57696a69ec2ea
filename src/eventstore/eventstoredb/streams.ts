import { setTimeout as sleep } from 'node:timers/promises';
import type {
  AllStreamResolvedEvent,
  AllStreamSubscription,
  EventStoreDBClient,
  JSONEventData,
  Position,
  ResolvedEvent,
  StreamingRead,
} from '@eventstore/db-client';
import { EventStoreError, type JsonObject } from '../event-store.js';
import { ClientHolder, PATIENCE } from './client.js';
import type { Connection } from './connection-string.js';
import { kindOf, outcomeUnknown, unavailable } from './faults.js';
import { Patience, within } from './patience.js';

/** An event as EventStoreDB keeps it. */
export interface DbEvent {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: JsonObject;
}

/** An event as EventStoreDB gives it back. */
export interface RecordedDbEvent extends DbEvent {
  readonly stream: string;
  /** From 0. */
  readonly revision: bigint;
  /** Its commit position. */
  readonly position: bigint;
  readonly created: Date;
}

/** What an append came to. */
export type DbAppended =
  | { readonly outcome: 'APPENDED'; readonly position: bigint | null }
  /** `actual` is the last event's revision, -1 for a stream that does not exist. */
  | { readonly outcome: 'WRONG_VERSION'; readonly actual: bigint }
  | { readonly outcome: 'TOO_LARGE' | 'DELETED' };

export interface DbReadOptions {
  /** Inclusive; left out, the end in reading direction. */
  readonly from?: bigint;
  readonly limit?: number;
  readonly direction?: 'forwards' | 'backwards';
}

/** How many events a stream of the client holds ready, so that they can be taken in together. */
const HELD_READY = 512;
/** A connection that failed is made anew with the next call, which is given a moment. */
const PAUSE_BEFORE_RETRY = 50;

const START_OF_ALL = 'start';
const END_OF_ALL = 'end';

/** The streams of one EventStoreDB: single calls, each with timers of its own, none of which leaves anything open. */
export class DbStreams {
  readonly #holder: ClientHolder;
  #closed = false;

  constructor(connection: Connection) {
    this.#holder = new ClientHolder(connection);
  }

  get place(): string {
    return this.#holder.place;
  }

  /**
   * Appends after the event with a revision, -1n for a stream that does not exist, null for wherever the stream ends.
   * Where the outcome is not known it is tried once more, with the same ids: the server answers as it did then and writes nothing.
   * @throws {EventStoreError} `UNAVAILABLE` or `OUTCOME_UNKNOWN`
   */
  async append(stream: string, after: bigint | null, events: readonly DbEvent[]): Promise<DbAppended> {
    return this.#write(async (client) => {
      const expectedRevision = after === null ? 'any' : after < 0n ? 'no_stream' : after;
      // `JSON.stringify` inside the client rejects to nobody, so what it is given is known to be plain JSON.
      const data = events.map((event): JSONEventData => ({ ...event, contentType: 'application/json' }));
      const appended = await client.appendToStream(stream, data, { ...this.#holder.callOptions, expectedRevision });
      return { outcome: 'APPENDED', position: positionOf(appended.position) };
    });
  }

  /** Makes a stream unreadable for ever; one that does not exist, too. @throws {EventStoreError} */
  async tombstone(stream: string): Promise<void> {
    await this.#write(async (client) => {
      await client.tombstoneStream(stream, { ...this.#holder.callOptions, expectedRevision: 'any' });
      return { outcome: 'APPENDED', position: null };
    });
  }

  /** Hides the events of a stream before a revision, until a scavenge takes them off the disk. @throws {EventStoreError} */
  async truncateBefore(stream: string, revision: bigint): Promise<void> {
    await this.#write(async (client) => {
      const truncation = { truncateBefore: Number(revision) };
      await client.setStreamMetadata(stream, truncation, { ...this.#holder.callOptions, expectedRevision: 'any' });
      return { outcome: 'APPENDED', position: null };
    });
  }

  /** The events of a stream; null where it was tombstoned. @throws {EventStoreError} `UNAVAILABLE` */
  async read(stream: string, options: DbReadOptions = {}): Promise<readonly RecordedDbEvent[] | null> {
    const { direction = 'forwards', limit, from } = options;
    try {
      return await this.#read((client) =>
        client.readStream(stream, {
          ...this.#holder.callOptions,
          ...{ direction, fromRevision: from ?? (direction === 'forwards' ? 'start' : 'end') },
          ...(limit !== undefined && { maxCount: limit }),
        }),
      );
    } catch (error) {
      const kind = kindOf(error);
      if (kind === 'NO_STREAM') return [];
      if (kind === 'DELETED') return null;
      throwUnavailable(error);
    }
  }

  /** Events of the whole log, from a position on, that of an event itself included; 0n is the beginning. @throws {EventStoreError} */
  readAll(from: bigint, limit: number): Promise<readonly RecordedDbEvent[]> {
    const fromPosition = from === 0n ? START_OF_ALL : { commit: from, prepare: from };
    const options = { ...this.#holder.callOptions, fromPosition, maxCount: limit } as const;
    return this.#read((client) => client.readAll({ ...options, direction: 'forwards' })).catch(throwUnavailable);
  }

  /** The position of the last event of all, of the system's too; 0n where there is none. @throws {EventStoreError} */
  async head(): Promise<bigint> {
    const options = { ...this.#holder.callOptions, fromPosition: END_OF_ALL, maxCount: 1 } as const;
    const [last] = await this.#read((client) => client.readAll({ ...options, direction: 'backwards' })).catch(
      throwUnavailable,
    );
    return last?.position ?? 0n;
  }

  /** Subscribes to the whole log after a position. What it gives must be unsubscribed from, and may end in silence. */
  async subscribe(after: bigint): Promise<AllStreamSubscription> {
    this.#refuseIfClosed();
    const client = await within(PATIENCE, this.#holder.client());
    const fromPosition = after === 0n ? START_OF_ALL : { commit: after, prepare: after };
    return client.subscribeToAll({ ...this.#holder.callOptions, fromPosition }, { highWaterMark: HELD_READY });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#holder.close();
  }

  async #write(attempt: (client: EventStoreDBClient) => Promise<DbAppended>): Promise<DbAppended> {
    this.#refuseIfClosed();
    const first = await this.#attempt(attempt);
    if (!('error' in first)) return first;
    await sleep(PAUSE_BEFORE_RETRY);
    const second = await this.#attempt(attempt);
    if (!('error' in second)) return second;
    const faults = [first, second].map(({ error }) => error);
    throw faults.some((fault) => kindOf(fault) === 'UNSURE') ? outcomeUnknown(second.error) : unavailable(second.error);
  }

  /** Answers what was settled, or the error of what may be tried again. */
  async #attempt(
    attempt: (client: EventStoreDBClient) => Promise<DbAppended>,
  ): Promise<DbAppended | { readonly error: unknown }> {
    try {
      return await within(PATIENCE, this.#holder.client().then(attempt));
    } catch (error) {
      if (error instanceof EventStoreError) throw error;
      const kind = kindOf(error);
      if (kind === 'WRONG_VERSION') return { outcome: 'WRONG_VERSION', actual: actualOf(error) };
      if (kind === 'TOO_LARGE' || kind === 'DELETED') return { outcome: kind };
      return { error };
    }
  }

  /** Reads all that a read of the client gives; one that was let down by its connection once more. */
  async #read(
    read: (client: EventStoreDBClient) => StreamingRead<ResolvedEvent> | StreamingRead<AllStreamResolvedEvent>,
  ): Promise<readonly RecordedDbEvent[]> {
    this.#refuseIfClosed();
    try {
      return await this.#readOnce(read);
    } catch (error) {
      if (!['UNSURE', 'UNREACHABLE', 'NOT_LEADER'].includes(kindOf(error))) throw error;
    }
    await sleep(PAUSE_BEFORE_RETRY);
    return this.#readOnce(read);
  }

  async #readOnce(
    read: (client: EventStoreDBClient) => StreamingRead<ResolvedEvent> | StreamingRead<AllStreamResolvedEvent>,
  ): Promise<readonly RecordedDbEvent[]> {
    const patience = new Patience(PATIENCE);
    let reading: ReturnType<typeof read> | undefined;
    try {
      reading = read(await patience.for(this.#holder.client()));
      return await patience.for(collect(reading, () => patience.renew()));
    } finally {
      patience.stop();
      letGo(reading);
    }
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new EventStoreError('CLOSED', 'the event store is closed');
  }
}

async function collect(
  reading: AsyncIterable<ResolvedEvent | AllStreamResolvedEvent>,
  onEvent: () => void,
): Promise<RecordedDbEvent[]> {
  const events: RecordedDbEvent[] = [];
  for await (const { event } of reading) {
    onEvent();
    if (event !== undefined) events.push(recordedOf(event));
  }
  return events;
}

/** The call behind a read stays open until it is cancelled, whether or not its stream has ended or failed. */
function letGo(reading: StreamingRead<unknown> | undefined): void {
  if (reading === undefined) return;
  // What it still has to say concerns nobody.
  reading.on('error', () => undefined);
  reading.cancel().catch(() => undefined);
}

/** The largest position that the server, which counts in signed 64 bits, can mean; -1 comes as a larger one. */
const LARGEST_POSITION = 2n ** 63n - 1n;

/** The commit position, or null where the server does not tell one. */
function positionOf(position: Position | undefined): bigint | null {
  if (position === undefined || position.commit === 0n || position.commit > LARGEST_POSITION) return null;
  return position.commit;
}

function throwUnavailable(error: unknown): never {
  throw error instanceof EventStoreError ? error : unavailable(error);
}

/** The client says `no_stream`, or the last revision. */
function actualOf(error: unknown): bigint {
  const actual = error instanceof Error && 'actualVersion' in error ? error.actualVersion : null;
  return typeof actual === 'bigint' ? actual : -1n;
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) ? (value as JsonObject) : {};
}

/** An event of the client, its data and metadata empty where they are no JSON objects, as with other people's events. */
export function recordedOf(event: NonNullable<ResolvedEvent['event']>): RecordedDbEvent {
  const { id, type, streamId: stream, revision, created, position } = event;
  if (position === undefined) {
    throw new EventStoreError(
      'UNAVAILABLE',
      'EventStoreDB does not say where in the log an event stands: run version 22.6 or newer',
    );
  }
  const [data, metadata] = [objectOf(event.data), objectOf(event.metadata)];
  return { id, type, stream, revision, created, data, metadata, position: position.commit };
}
