import type { Envelope } from '../../src/eventstore/event-log.js';
import type { Application } from '../../src/application/application.js';
import type { Instant } from '../../src/domain/instant.js';

/** Whose events are written past the command handlers. */
export interface Author {
  readonly userId: string;
  readonly personId: string;
  readonly ip: string;
}

export interface Occasion {
  readonly occurredAt: Instant;
  readonly sessionId: string | null;
  readonly events: number;
  /** Whether nobody is signed in. */
  readonly stranger?: boolean;
}

/** What the service writes around events that a user made happen. */
export function envelopeOf(app: Application, author: Author, occasion: Occasion): Envelope {
  const { occurredAt, sessionId, events, stranger = false } = occasion;
  const requestId = app.newId();
  return {
    metadata: {
      ...{ occurredAt, sessionId, requestId, correlationId: requestId, causationId: null },
      actor: stranger ? { kind: 'ANONYMOUS', id: null } : { kind: 'USER', id: author.userId },
    },
    eventIds: Array.from({ length: events }, app.newId),
    subjectPersonId: author.personId,
    request: { personId: author.personId, values: { ip: author.ip, userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' } },
  };
}
