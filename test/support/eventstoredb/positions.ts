import type { LoggedEvent, ProposedEvent } from './event.js';

type Unplaced = ProposedEvent & { readonly stream: string; readonly revision: bigint };

/** Where the first record lies: a real log does not start at 0. */
const FIRST = 733n;
/** What a record takes beside its name and contents. */
const OVERHEAD = 94n;

const sizeOf = (event: Unplaced): bigint =>
  OVERHEAD + BigInt(event.stream.length + event.type.length + event.data.length + event.metadata.length);

/** Gives events positions that grow by the size of each record, as bytes in a file do. */
export function createPositions(last: LoggedEvent | undefined): (event: Unplaced) => LoggedEvent {
  let next = last === undefined ? FIRST : last.position + sizeOf(last);
  return (event) => {
    const position = next;
    next += sizeOf(event);
    return { ...event, position, created: (BigInt(Date.now()) * 10_000n).toString() };
  };
}

/** The index of the first event after a position, in events ordered by position. */
export function indexAfter(events: readonly { readonly position: bigint }[], position: bigint): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const event = events[middle];
    if (event !== undefined && event.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
