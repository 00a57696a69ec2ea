import type { FastifyInstance } from 'fastify';

/** Offers `/audit/keys`: what verifies signed checkpoints, one verifier key a line, for everybody. */
export function offerAuditKeys(http: FastifyInstance, verifierKeys: readonly string[]): void {
  const text = verifierKeys.map((key) => `${key}\n`).join('');
  http.get('/audit/keys', (_request, reply) => reply.type('text/plain; charset=utf-8').send(text));
}
