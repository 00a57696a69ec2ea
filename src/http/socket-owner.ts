import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClientFaults } from './client-faults.js';
import { bodyOf, type HttpFault } from './errors.js';
import { securityHeaders } from './security-headers.js';

/** What takes care of the sockets that Node's HTTP server hands over. */
export interface SocketOwner {
  /** Handles the errors of a socket from now until it is closed. */
  own(socket: Duplex): void;
  /** Answers a request that Node's HTTP server does not answer, and closes its socket. Answers the id of the request. */
  refuse(socket: Duplex, fault: HttpFault): string;
}

export interface SocketOwnerOptions {
  readonly newId: () => string;
  readonly tls: boolean;
  readonly faults: ClientFaults;
}

/** Milliseconds for which a client may take in a refusal. */
const LONGEST_CLOSE = 2_000;

function textOf(fault: HttpFault, requestId: string, tls: boolean): string {
  const body = JSON.stringify(bodyOf(fault, requestId));
  const headers = {
    ...securityHeaders(tls, requestId),
    ...fault.headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${fault.status} ${STATUS_CODES[fault.status] ?? 'Error'}`, ...lines, '', body].join('\r\n');
}

/** Ends a socket after a last text. What the client still sends is read and dropped, so that its end is seen. */
function endWith(socket: Duplex, text: string): void {
  const timer = setTimeout(() => void socket.destroy(), LONGEST_CLOSE).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end(text);
  socket.resume();
}

export function createSocketOwner({ newId, tls, faults }: SocketOwnerOptions): SocketOwner {
  const owned = new WeakSet<Duplex>();

  function own(socket: Duplex): void {
    if (owned.has(socket)) return;
    owned.add(socket);
    socket.on('error', (error) => faults.note('CONNECTION_LOST', error));
  }

  return {
    own,
    refuse(socket, fault) {
      own(socket);
      const requestId = newId();
      if (socket.writable) endWith(socket, textOf(fault, requestId, tls));
      else socket.destroy();
      return requestId;
    },
  };
}
