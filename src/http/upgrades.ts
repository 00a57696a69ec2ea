import { IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import type { DueAnswers } from './due-answers.js';
import type { HttpFault } from './errors.js';
import { BAD_HOST, hasRightHost } from './host-header.js';
import { OTHER_SITE, type ComesFromOtherSite } from './own-origins.js';
import type { SocketOwner } from './socket-owner.js';

export interface UpgradeOptions {
  readonly owner: SocketOwner;
  readonly answers: DueAnswers;
  readonly isFromOtherSite: ComesFromOtherSite;
  /** Told of each refusal: under which request id, at which path, with which status. */
  readonly onRefusal: (requestId: string, path: string, status: number) => void;
}

const PATH = '/graphql';

const NOTHING_HERE: HttpFault = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is no WebSocket at this address. Open subscriptions at /graphql.',
};

const STOPPING: HttpFault = {
  status: 503,
  code: 'UNAVAILABLE',
  message: 'The service is stopping. Open the WebSocket again in a second.',
  headers: { 'retry-after': '1' },
};

const NO_HANDSHAKE: HttpFault = {
  status: 400,
  code: 'BAD_REQUEST',
  message:
    'The WebSocket handshake is not valid. Send GET with "Upgrade: websocket", a Sec-WebSocket-Key and Sec-WebSocket-Version 13, or leave the Upgrade header out.',
  // RFC 6455 section 4.2.2: a server says which versions it takes.
  headers: { 'sec-websocket-version': '13, 8' },
};

function asksForWebSocket({ headers }: IncomingMessage): boolean {
  const protocols = (headers.upgrade ?? '').toLowerCase().split(',');
  return protocols.some((protocol) => protocol.trim().split('/', 1)[0] === 'websocket');
}

const asking = new WeakSet<IncomingMessage>();

/**
 * A request whose `Upgrade` header counts only where it asks for WebSocket. RFC 9110 section 7.8: a server may ignore the
 * header and answer in HTTP/1.1. Clients that try HTTP/2 (`Upgrade: h2c`) with their first request rely on it.
 */
export class UpgradableRequest extends IncomingMessage {
  get upgrade(): boolean {
    return asking.has(this) && asksForWebSocket(this);
  }

  // Node sets it once it has read the head. A private field would not be there yet in the constructor of Node's class.
  set upgrade(asked: boolean | null) {
    if (asked === true) asking.add(this);
  }
}

/** Takes upgrades to WebSocket at `/graphql`, and answers and closes every other. */
export function offerUpgrades(
  server: Server,
  sockets: WebSocketServer,
  { owner, answers, isFromOtherSite, onRefusal }: UpgradeOptions,
): { stop(): void } {
  let stopping = false;
  const pathOf = ({ url = '' }: IncomingMessage) => url.split('?', 1)[0] ?? '';

  function refuse(request: IncomingMessage, socket: Duplex, fault: HttpFault): void {
    // A path that is not ours is what a client made up: it stays out of the log.
    const path = pathOf(request) === PATH ? PATH : '(unknown)';
    onRefusal(owner.refuse(socket, fault), path, fault.status);
  }

  function faultOf(request: IncomingMessage): HttpFault | null {
    if (stopping) return STOPPING;
    if (!hasRightHost(request)) return BAD_HOST;
    if (pathOf(request) !== PATH) return NOTHING_HERE;
    return isFromOtherSite(request.headers) ? OTHER_SITE : null;
  }

  // Node's HTTP server has taken its own listener off the socket just now: it is ours before anything else is done.
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    owner.own(socket);
    // Whatever is sent now would pass for the answer to an earlier request.
    if (answers.isDue(socket)) {
      socket.destroy();
      return;
    }
    const fault = faultOf(request);
    if (fault !== null) refuse(request, socket, fault);
    else sockets.handleUpgrade(request, socket, head, (connection) => sockets.emit('connection', connection, request));
  });
  sockets.on('wsClientError', (_error: Error, socket: Duplex, request: IncomingMessage) =>
    refuse(request, socket, NO_HANDSHAKE),
  );
  return {
    stop() {
      stopping = true;
    },
  };
}
