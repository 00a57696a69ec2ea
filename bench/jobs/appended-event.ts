import { randomUUID } from 'node:crypto';
import type { EventToAppend } from '../../src/eventstore/event-store.js';

const SEALED = 'q'.repeat(190);

/** An event of usual weight. */
export function usualEvent(): EventToAppend {
  const id = randomUUID();
  return {
    ...{ id, type: 'MfaCodeAccepted', revision: 1 },
    data: {
      ...{
        accountId: id,
        userId: id,
        deviceId: `${id}.${id}`,
        purpose: 'SIGN_IN',
        challengeId: id,
        timeStep: 59_000_000,
      },
    },
    metadata: {
      ...{ occurredAt: '2026-06-01T00:00:00.000Z', actor: { kind: 'USER', id }, sessionId: id },
      ...{ requestId: id, correlationId: id, causationId: null },
    },
    personal: { request: { personId: id, sealed: SEALED, commitment: 'c'.repeat(43) } },
  };
}

/** How many appends are under way at a time. */
export const IN_FLIGHT = 64;
