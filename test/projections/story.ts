import { TRAIL_EVENT_TYPES, type TrailEventType } from '../../src/audit/description.js';
import { catalogue } from '../../src/domain/catalogue.js';
import type { LoggedEvent } from '../../src/eventstore/event-codec.js';
import { event } from '../support/builders.js';

const PEOPLE = 100;

/** What happens to some people, in streams of their own: thousands of events. */
export const STORY: readonly LoggedEvent[] = Array.from({ length: PEOPLE }, (_, person) =>
  TRAIL_EVENT_TYPES.map((type) => ({ type, person })),
)
  .flat()
  .map(({ type, person }, index) => {
    const { data, ...rest } = event(type);
    const token = 'tokenId' in data && { tokenId: `account-${person}.token` };
    const credential = type.startsWith('ServiceCredential') && { credentialId: `account-${person}.credential` };
    const named = { ...data, userId: `user-${person}`, accountId: `account-${person}`, ...token, ...credential };
    const place = {
      id: `event-${index}`,
      stream: streamOf(type, person),
      version: index + 1,
      position: BigInt(index + 1),
    };
    const metadata = {
      ...{ occurredAt: '2026-01-01T00:00:00.000Z', actor: { kind: 'USER', id: named.userId }, sessionId: null },
      ...{ requestId: 'request', correlationId: 'request', causationId: null },
    };
    const stored = { ...place, type, revision: 1, data: named, metadata, recordedAt: metadata.occurredAt };
    // The data are those of that type: only whose they are was changed.
    return { ...rest, ...place, data: named, metadata, request: null, stored } as unknown as LoggedEvent;
  });

function streamOf(type: TrailEventType, person: number): string {
  switch (catalogue[type].streams[0]) {
    case 'session':
      return `session-s${person}`;
    case 'mfa':
      return `mfa-user-${person}`;
    case 'grant':
      return `grant-g${person}`;
    default:
      return `user-user-${person}`;
  }
}

/** Events in so many batches of one size. */
export function batchesOf(events: readonly LoggedEvent[], count: number): readonly (readonly LoggedEvent[])[] {
  const size = Math.ceil(events.length / count);
  return Array.from({ length: count }, (_, index) => events.slice(index * size, (index + 1) * size));
}
