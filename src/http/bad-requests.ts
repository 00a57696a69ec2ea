import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ClientFaults } from './client-faults.js';
import type { DueAnswers } from './due-answers.js';
import { sendFault, type HttpFault } from './errors.js';
import { BAD_HOST, hasRightHost } from './host-header.js';
import { securityHeaders } from './security-headers.js';
import type { SocketOwner } from './socket-owner.js';
import { UpgradableRequest } from './upgrades.js';

interface ClientErrorsOptions extends DueAnswers {
  readonly owner: SocketOwner;
  readonly faults: ClientFaults;
}

const badRequest = (status: number, message: string): HttpFault => ({ status, code: 'BAD_REQUEST', message });

const BAD_URL = badRequest(400, 'The address of the request is not a valid URL. Encode it as RFC 3986 says.');
const BAD_EXPECTATION = badRequest(417, 'The service knows only "Expect: 100-continue". Leave the header out.');
const NOT_HTTP = badRequest(400, 'The request is not valid HTTP/1.1. Correct it, and send it on a new connection.');

/** What Node's HTTP server finds wrong before there is a request, by the code of its error. */
const PARSER_FAULTS: Readonly<Record<string, HttpFault>> = {
  HPE_HEADER_OVERFLOW: badRequest(431, 'The address and the headers are longer than 16 kB. Send less.'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: badRequest(413, 'The chunk extensions are too long. Leave them out.'),
  ERR_HTTP_REQUEST_TIMEOUT: badRequest(408, 'The request did not arrive in time. Send it again, all at once.'),
};

/** What `createServer` is told: the service checks these by itself, since Node answers without the headers of the service. */
export const HTTP_OPTIONS = { IncomingMessage: UpgradableRequest, requireHostHeader: false };

/** Answers URLs that no router understands. Hooks do not run for them. */
export function createFrameworkErrors(tls: boolean) {
  return (_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    sendFault(request, reply.headers(securityHeaders(tls, request.id)), BAD_URL);
  };
}

/** Answers what is not HTTP. Where an answer to a request before it is due, its socket is closed: a refusal would pass for that answer. */
export function createClientErrors({ owner, faults, isDue }: ClientErrorsOptions) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    owner.own(socket);
    const isLost = socket.destroyed || error.code === 'ECONNRESET';
    faults.note(isLost ? 'CONNECTION_LOST' : 'INVALID_HTTP', error);
    if (isLost || isDue(socket)) socket.destroy();
    else owner.refuse(socket, PARSER_FAULTS[error.code ?? ''] ?? NOT_HTTP);
  };
}

/** Refuses requests that Node's HTTP server would refuse without the headers and the body of the service's other errors. */
export function refuseBadRequests(http: FastifyInstance): void {
  const unexpected = new WeakSet<IncomingMessage>();
  http.server.on('checkExpectation', (request, response) => {
    unexpected.add(request);
    http.routing(request, response);
  });
  http.addHook('onRequest', (request, reply, next) => {
    // Node's parser loses what comes after a request with this header on the same connection.
    if (request.headers.upgrade !== undefined) reply.header('connection', 'close');
    if (!hasRightHost(request.raw)) sendFault(request, reply.header('connection', 'close'), BAD_HOST);
    else if (unexpected.has(request.raw)) sendFault(request, reply, BAD_EXPECTATION);
    else next();
  });
}
