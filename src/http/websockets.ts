import type { IncomingMessage } from 'node:http';
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import type { ClientFaults } from './client-faults.js';
import { oneOperationAnId } from './operation-ids.js';

/** A connection as the handlers of graphql-ws see it. */
export interface Extra {
  readonly socket: WebSocket;
  /** The request that opened it. */
  readonly request: IncomingMessage;
}

export interface WebSocketsOptions<E extends Extra> {
  readonly faults: ClientFaults;
  /** Told of what goes wrong in the service while it works for a connection. */
  readonly report: (error: unknown, extra: E) => void;
  /** Milliseconds between two pings; a connection that has not answered one by the next is ended. */
  readonly pingEvery?: number;
}

const PING_EVERY = 12_000;
/** Milliseconds for which a client may answer that the connection is closed. */
const LONGEST_GOODBYE = 2_000;

function keepAlive(socket: WebSocket, pingEvery: number): void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, pingEvery);
  socket.on('pong', () => (isAlive = true));
  socket.once('close', () => clearInterval(timer));
}

/** Sends a message. What cannot be sent any more is dropped: the connection is over, and its `close` event says so. */
function send(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.OPEN) socket.send(message, () => resolve());
    else resolve();
  });
}

/**
 * Speaks `graphql-transport-ws` on every connection of a server. It stands in for graphql-ws's own `useServer`, which prints
 * errors of clients to the console.
 */
export function serveWebSockets<P extends Readonly<Record<string, unknown>> | undefined, E extends Extra>(
  handlers: ServerOptions<P, E>,
  sockets: WebSocketServer,
  { faults, report, pingEvery = PING_EVERY }: WebSocketsOptions<E>,
): { stop(): Promise<void> } {
  const server = makeServer<P, E>(handlers);
  sockets.options.handleProtocols = handleProtocols;

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // The first listener, for as long as there is the socket: ws closes it by itself after an error.
    socket.on('error', (error) => faults.note('INVALID_FRAME', error));
    const extra = { socket, request } as E;
    const fail = (error: unknown): void => {
      report(error, extra);
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    };
    keepAlive(socket, pingEvery);
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (message) => send(socket, message),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (take) => {
          const takeChecked = oneOperationAnId(socket, take);
          socket.on('message', (data: Buffer) => void takeChecked(data.toString()).catch(fail));
        },
      },
      extra,
    );
    socket.once('close', (code, reason) => void closed(code, reason.toString()).catch(fail));
  });

  return {
    async stop() {
      const timer = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
      }, LONGEST_GOODBYE);
      for (const client of sockets.clients) client.close(1001, 'Going away');
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(timer);
    },
  };
}
