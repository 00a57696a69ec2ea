import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { DueAnswers } from './due-answers.js';
import { sendFault, type HttpFault } from './errors.js';

/** Milliseconds that a request has to arrive in full once the service stops. */
const LONGEST_ARRIVAL = 2_000;
/** Milliseconds that an answer may take once the service stops. The process ends soon after, see `runtime/ending.ts`. */
const LONGEST_ANSWER = 7_000;

const STOPPING: HttpFault = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'The service is stopping; nothing was done. Send this again, on another connection.',
};

/** Refuses what comes after the service began to stop, and closes each connection with its answer. */
function refuseNewRequests(http: FastifyInstance): void {
  let closing = false;
  http.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  http.addHook('onRequest', (request, reply, next) => {
    if (closing) sendFault(request, reply.header('retry-after', '1'), STOPPING);
    else next();
  });
  http.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.header('connection', 'close');
    done(null, payload);
  });
}

/**
 * Ends connections that would keep the service from stopping. Node no longer limits the time of a request once its server
 * closes, so a client could hold it open with half a request or with an answer that it never reads.
 */
function endWhatHoldsOn(http: FastifyInstance, answers: DueAnswers): void {
  const open = new Set<Socket>();
  http.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const endAll = (isOver: (socket: Socket) => boolean) => {
    for (const socket of open) if (isOver(socket)) socket.destroy();
  };
  http.addHook('preClose', (done) => {
    const timers = [
      setTimeout(() => endAll((socket) => !answers.isDue(socket)), LONGEST_ARRIVAL).unref(),
      setTimeout(() => endAll(() => true), LONGEST_ANSWER).unref(),
    ];
    http.server.once('close', () => {
      for (const timer of timers) clearTimeout(timer);
    });
    done();
  });
}

/** Lets the service stop: answers in flight are sent, and nobody can hold it open. */
export function drain(http: FastifyInstance, answers: DueAnswers): void {
  refuseNewRequests(http);
  endWhatHoldsOn(http, answers);
}
