import type { FastifyInstance } from 'fastify';

/** How far the read models are behind the log: in time, since a stranger who saw positions could tell which sign-ins write events. */
export interface Lag {
  /** Whether the log answers, and since when not. */
  readonly log: 'ANSWERS' | 'AWAY' | 'UNKNOWN';
  readonly awaySince: string | null;
  /** For how many seconds something may have happened that the read models do not know; null before they have caught up. */
  readonly staleForSeconds: number | null;
}

/** Whether the service can take requests, and why not. */
export interface Readiness {
  readonly ready: boolean;
  /** Sentences for the operator; empty if ready. */
  readonly reasons: readonly string[];
  readonly lag: Lag;
}

/** Offers `/health/live` (the process runs) and `/health/ready` (it can take requests: 200, else 503 with reasons). */
export function offerHealth(http: FastifyInstance, readiness: () => Readiness): void {
  http.get('/health/live', () => ({ status: 'live' }));
  http.get('/health/ready', (_request, reply) => {
    const { ready, reasons, lag } = readiness();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready', reasons, lag });
  });
}
