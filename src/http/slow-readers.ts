import type { WebSocket } from 'ws';

/** Bytes that wait for a client to read them. */
const MOST_BUFFERED = 1024 * 1024;

/** Ends a connection whose client does not read what it causes: answers, pongs and refusals would fill the memory. */
export function endIfTooSlow(socket: WebSocket): void {
  // A close frame would wait behind all the rest.
  if (socket.bufferedAmount > MOST_BUFFERED) socket.terminate();
}

/** Looks at what waits for a client whenever it sends something. */
export function boundBuffer(socket: WebSocket): void {
  const look = (): void => endIfTooSlow(socket);
  socket.on('message', look);
  socket.on('ping', look);
}
