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
  const actual = table.versionOf(stream);
  if (actual !== expected) {
    const first = actual > expected ? firstAnswer(table, append) : null;
    if (first !== null) return first;
    throw new ConcurrencyError(stream, expected, actual);
  }
  let version = expected;
  let position = 0n;
  for (const event of events) {
    version += 1;
    position = table.insert(stream, version, event, recordedAt);
  }
  return { version, position };
}

/** What was answered when the same events were appended at the same version before; null where they were not. */
function firstAnswer(table: EventsTable, { stream, expected, events }: Append): Appended | null {
  const stored = table.idsAfter(stream, expected, events.length);
  const last = stored.at(-1);
  const same = stored.length === events.length && stored.every(({ id }, index) => id === events[index]?.id);
  return same && last !== undefined ? { version: expected + events.length, position: last.position } : null;
}
