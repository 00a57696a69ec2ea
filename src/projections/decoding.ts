import { UnreadableEventError, type LoggedEvent } from '../eventstore/event-codec.js';
import type { EventLog } from '../eventstore/event-log.js';
import type { Batch, StoredEvent } from '../eventstore/event-store.js';
import { mayPass } from './keep-trying.js';

/** A batch as far as it could be read. */
export interface Decoded {
  readonly events: readonly LoggedEvent[];
  /** How far that is in the log. */
  readonly position: bigint;
  /** Why the rest of the batch could not be read, if it could not. */
  readonly fault: Error | null;
}

/**
 * Reads a batch that begins after a position: what stands before an unreadable event still counts.
 * @throws what may pass, and then tells nothing about the events
 */
export async function decodeBatch(log: EventLog, batch: Batch, after: bigint): Promise<Decoded> {
  try {
    return { events: await log.decode(batch.events), position: batch.position, fault: null };
  } catch {
    return decodeOneByOne(log, batch, after);
  }
}

async function decodeOneByOne(log: EventLog, batch: Batch, after: bigint): Promise<Decoded> {
  const events: LoggedEvent[] = [];
  let position = after;
  for (const event of batch.events) {
    try {
      events.push(...(await log.decode([event])));
    } catch (error) {
      if (mayPass(error)) throw error;
      return { events, position, fault: unreadable(event, error) };
    }
    position = event.position;
  }
  return { events, position: batch.position, fault: null };
}

function unreadable(event: StoredEvent, error: unknown): Error {
  if (error instanceof UnreadableEventError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`event ${event.id} (${event.type}) cannot be read: ${reason}`, { cause: error });
}
