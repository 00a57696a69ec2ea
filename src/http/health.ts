import type { FastifyInstance } from 'fastify';

/** Whether the service can take requests, and why not. */
export interface Readiness {
  readonly ready: boolean;
  /** Sentences for the operator; empty if ready. */
  readonly reasons: readonly string[];
  /** How far the read models have come in the log. */
  readonly position: bigint;
}

/** Offers `/health/live` (the process runs) and `/health/ready` (it can take requests: 200, else 503 with reasons). */
export function offerHealth(http: FastifyInstance, readiness: () => Readiness): void {
  http.get('/health/live', () => ({ status: 'live' }));
  http.get('/health/ready', (_request, reply) => {
    const { ready, reasons, position } = readiness();
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', reasons, position: String(position) });
  });
}
