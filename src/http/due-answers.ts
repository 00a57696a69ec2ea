import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Knows on which sockets an answer is due. */
export interface DueAnswers {
  /** Tells whether the service still owes an answer to a request that has arrived, or has begun to send one. */
  readonly isDue: (socket: Duplex) => boolean;
}

/** Notes the answers that are due on each socket. */
export function watchDueAnswers(http: FastifyInstance): DueAnswers {
  const due = new WeakMap<Duplex, Set<FastifyReply>>();
  http.addHook('onRequest', (request, reply, next) => {
    const socket: Socket = request.raw.socket;
    const replies = due.get(socket) ?? new Set();
    due.set(socket, replies.add(reply));
    reply.raw.once('close', () => replies.delete(reply));
    next();
  });
  return {
    isDue: (socket) => [...(due.get(socket) ?? [])].some(({ raw, request }) => raw.headersSent || request.raw.complete),
  };
}
