import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { networkOf } from '../application/request-limits.js';
import type { ClientAddresses } from './client-address.js';
import type { ClientFaults } from './client-faults.js';
import { retryAfter } from './errors.js';
import type { OpenPlaces } from './open-places.js';
import type { SocketOwner } from './socket-owner.js';

export interface ConnectionOptions {
  readonly places: OpenPlaces;
  readonly addresses: ClientAddresses;
  readonly owner: SocketOwner;
  readonly faults: ClientFaults;
}

const TOO_MANY = 'Too many connections are open from this address. Close one, then try again.';

const FAULT = retryAfter(10, { status: 503, code: 'RATE_LIMITED', message: TOO_MANY });

/** Refused connections that are told why at the same time; more are closed without a word. */
const MOST_FAREWELLS = 100;

/** Refuses connections, with an explanation for the first 100. */
function createRefusals(owner: SocketOwner) {
  let open = 0;
  return function refuse(socket: Socket): void {
    if (open >= MOST_FAREWELLS) {
      owner.own(socket);
      socket.destroy();
      return;
    }
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
    owner.refuse(socket, FAULT);
  };
}

/** A connection was refused, since its address has too many. */
class TooManyConnectionsError extends Error {
  readonly code = 'RATE_LIMITED';
}

/** Takes the place of a connection until it closes; false where its address has too many, which the log tells. */
function hasPlace(
  { places, faults }: Pick<ConnectionOptions, 'places' | 'faults'>,
  address: string | null,
  connection: Socket | WebSocket,
): boolean {
  const taken = places.take([{ limit: 'CONNECTIONS_OF_ADDRESS', key: networkOf(address) }]);
  if (!('release' in taken)) {
    faults.note('TOO_MANY_CONNECTIONS', new TooManyConnectionsError());
    return false;
  }
  connection.once('close', taken.release);
  return true;
}

/**
 * Limits the open connections of each address, whatever they are for: requests, kept alive or not, and WebSockets. A proxy of ours is
 * no client: its connections are not limited, and behind it each WebSocket counts for the address that the proxy tells.
 */
export function limitConnections(server: Server, options: ConnectionOptions): void {
  const { addresses } = options;
  const refuse = createRefusals(options.owner);
  const listeners = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? null;
    const isLimited = address === null || !addresses.isProxy(address);
    if (isLimited && !hasPlace(options, address, socket)) refuse(socket);
    else for (const listener of listeners) listener.call(server, socket);
  });
}

/** RFC 6455, registry of close codes: the service is overloaded or restarting, and the client may try again later. */
export const TRY_AGAIN_LATER = 1013;

/** Takes the place of a WebSocket that comes through a proxy of ours; closes it where its client has too many. */
export function limitWebSocket(
  options: Omit<ConnectionOptions, 'owner'>,
  socket: WebSocket,
  request: IncomingMessage,
): void {
  const peer = request.socket.remoteAddress;
  const { addresses } = options;
  if (peer === undefined || !addresses.isProxy(peer)) return;
  if (!hasPlace(options, addresses.of(request), socket)) socket.close(TRY_AGAIN_LATER, TOO_MANY);
}
