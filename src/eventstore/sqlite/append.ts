import { sqliteCodeOf } from '../../sqlite/result-code.js';
import type { Appended } from '../event-store.js';
import { ConcurrencyError } from '../event-store.js';
import type { EncodedEvent } from './event-rows.js';
import type { EventsTable } from './events-table.js';

export interface Append {
  readonly stream: string;
  readonly expected: number;
  readonly events: readonly EncodedEvent[];
}

/** Appends inside a transaction that holds the file's write lock. @throws {ConcurrencyError} before it writes anything */
export function appendTo(table: EventsTable, append: Append, recordedAt: string): Appended {
  const { stream, expected, events } = append;
  let version = expected;
  let position = 0n;
  try {
    for (const event of events) {
      version += 1;
      position = table.insert(stream, version, event, recordedAt);
    }
  } catch (error) {
    // The table itself sees to it that a version follows the one before: asking first would be asking twice.
    if (version === expected + 1 && sqliteCodeOf(error) === 'SQLITE_CONSTRAINT') return answerOr(error, table, append);
    throw error;
  }
  return { version, position };
}

/** What becomes of an append whose first event was refused: the answer given before where it is a repetition. @throws why it was refused */
function answerOr(error: unknown, table: EventsTable, append: Append): Appended {
  const { stream, expected } = append;
  const actual = table.versionOf(stream);
  if (actual === expected) throw error;
  const first = actual > expected ? firstAnswer(table, append) : null;
  if (first !== null) return first;
  throw new ConcurrencyError(stream, expected, actual);
}

/** What was answered when the same events were appended at the same version before; null where they were not. */
function firstAnswer(table: EventsTable, { stream, expected, events }: Append): Appended | null {
  const stored = table.idsAfter(stream, expected, events.length);
  const last = stored.at(-1);
  const same = stored.length === events.length && stored.every(({ id }, index) => id === events[index]?.id);
  return same && last !== undefined ? { version: expected + events.length, position: last.position } : null;
}
