import { randomUUID } from 'node:crypto';
import type { EventStore, EventToAppend, StoredEvent } from '../../../src/eventstore/event-store.js';
import type { Sentence } from '../sentence.js';

/** What a sentence of the contract is verified on. The store may hold events of others, and get more meanwhile. */
export interface GivenStore {
  readonly store: EventStore;
  /** Another handle on the same log, as another node has one; absent where a log lives in one handle. */
  readonly another?: () => Promise<EventStore>;
  /** After this time something is held never to happen. */
  readonly deadline: number;
}

export type StoreSentence = Sentence<GivenStore>;

/** The name of a stream that nobody else has. */
export function freshStream(): string {
  return `session-${randomUUID()}`;
}

/** An event with a fresh id; what it does not say is filled in. */
export function event(given: Partial<EventToAppend> = {}): EventToAppend {
  return {
    id: randomUUID(),
    type: 'SomethingHappened',
    revision: 1,
    data: { accountId: randomUUID() },
    metadata: {
      occurredAt: '2026-01-01T00:00:00.000Z',
      actor: { kind: 'USER', id: randomUUID() },
      sessionId: randomUUID(),
      requestId: randomUUID(),
      correlationId: randomUUID(),
      causationId: null,
    },
    ...given,
  };
}

/** Events that differ by id and by a number. */
export function events(count: number): readonly EventToAppend[] {
  return Array.from({ length: count }, (_, number) => event({ data: { number } }));
}

export function idsOf(given: readonly { readonly id: string }[]): readonly string[] {
  return given.map(({ id }) => id);
}

/** Appends some events to a fresh stream; answers its name and them. */
export async function streamOf(
  store: EventStore,
  count: number,
): Promise<{ readonly stream: string; readonly appended: readonly EventToAppend[] }> {
  const stream = freshStream();
  const appended = events(count);
  await store.append(stream, 0, appended);
  return { stream, appended };
}

/** Reads the log page by page from a position up to the present head; answers the events of some streams. */
export async function readOn(
  store: EventStore,
  after: bigint,
  streams: readonly string[],
  limit = 100,
): Promise<readonly StoredEvent[]> {
  const found: StoredEvent[] = [];
  const head = await store.head();
  let position = after;
  while (position < head) {
    const page = await store.readAll({ after: position, limit });
    found.push(...page.events.filter(({ stream }) => streams.includes(stream)));
    // A page that leads nowhere would be read for ever.
    if (page.position <= position) break;
    position = page.position;
  }
  return found;
}

/** The second node; only for sentences that say `needsAnotherNode`. */
export async function anotherNode(given: GivenStore): Promise<EventStore> {
  if (given.another === undefined) throw new Error('this sentence needs another node');
  return given.another();
}
