import { recordOf, type AuditRecord } from '../../audit/record.js';
import type { EventStore, StoredEvent } from '../../eventstore/event-store.js';
import type { AuditTrees } from './audit-trees.js';
import type { RecordPlace } from './places.js';

/** A record with the event that it is of, whose personal values are sealed. */
export interface ReadRecord {
  readonly record: AuditRecord;
  readonly stored: StoredEvent;
}

/** The log does not have a record where the trees have it: it is another log, or was changed. */
export class RecordMissingError extends Error {
  readonly code = 'RECORD_MISSING';

  constructor(accountId: string, { seq, position }: RecordPlace) {
    super(
      `the log has no record at position ${position}, where record ${seq} of account ${accountId} stood: the log was ` +
        'changed since; check it with `virtual-mfa audit verify --store`, then delete the read-model files',
    );
  }
}

/** Reads records from the log, by the places that the trees have of them. */
export interface TrailReader {
  /** One record; null where the trail does not have so many. @throws {EventStoreError} @throws {RecordMissingError} */
  recordAt(accountId: string, seq: number): Promise<ReadRecord | null>;
  /**
   * The records from one `seq` to before another, or to the end of the trail as it is when that is reached. Reads the log when
   * more is asked for, and holds at most 500 events at once. @throws {EventStoreError} @throws {RecordMissingError}
   */
  recordsOf(accountId: string, from: number, to: number): AsyncIterable<ReadRecord>;
}

const MOST_AT_ONCE = 500;
/** Reading a few strangers costs less than asking once more. */
const STRANGERS_FOR_EACH = 4;

/** How many of these places follow one another in the log without another event between. */
function runLength(places: readonly RecordPlace[]): number {
  const end = places.findIndex((place, index) => index > 0 && place.before !== places[index - 1]?.position);
  return end === -1 ? places.length : end;
}

/** The records at places of one account. What else stands between them in the log, a store may leave out of what it gives. */
async function* readAt(
  store: EventStore,
  accountId: string,
  places: readonly RecordPlace[],
): AsyncGenerator<ReadRecord> {
  let left = places;
  let found = 0;
  let after = 0n;
  for (let [next] = left; next !== undefined; [next] = left) {
    after = after > next.before ? after : next.before;
    const limit = Math.min(MOST_AT_ONCE, Math.max(runLength(left), found * STRANGERS_FOR_EACH));
    const batch = await store.readAll({ after, limit });
    if (batch.position === after) throw new RecordMissingError(accountId, next);
    const byPosition = new Map(batch.events.map((event) => [event.position, event]));
    const passed = left.filter(({ position }) => position <= batch.position);
    for (const place of passed) {
      const stored = byPosition.get(place.position);
      if (stored === undefined) throw new RecordMissingError(accountId, place);
      yield { record: recordOf(stored, place.seq), stored };
    }
    found = passed.length;
    left = left.slice(found);
    after = batch.position;
  }
}

/** Puts a reader on a log and the trees over it. */
export function createTrailReader(store: EventStore, trees: AuditTrees): TrailReader {
  async function* recordsOf(accountId: string, from: number, to: number): AsyncGenerator<ReadRecord> {
    for (let seq = from; seq < to;) {
      const places = trees.places(accountId, seq, Math.min(MOST_AT_ONCE, to - seq));
      if (places.length === 0) return;
      yield* readAt(store, accountId, places);
      seq += places.length;
    }
  }

  return {
    recordsOf,
    async recordAt(accountId, seq) {
      for await (const read of recordsOf(accountId, seq, seq + 1)) return read;
      return null;
    },
  };
}
