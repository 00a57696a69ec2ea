import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

// What an attacker is busy with at no cost for anybody else: every request is refused at once, every WebSocket let in and ignored.
const REFUSED = JSON.stringify({ data: null, errors: [{ message: 'refused', extensions: { code: 'RATE_LIMITED' } }] });
const ACKNOWLEDGED = JSON.stringify({ type: 'connection_ack' });

const http = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.setHeader('content-type', 'application/json').end(REFUSED));
});
const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'graphql-transport-ws' });
sockets.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.once('message', () => socket.send(ACKNOWLEDGED));
});
http.on('clientError', (_, socket) => socket.destroy());
http.on('upgrade', (request, socket, head) => {
  socket.on('error', () => undefined);
  const { url = '', headers } = request;
  if (url.startsWith('/graphql') && headers.origin === undefined) {
    sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
  } else socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
});
http.listen(0, '127.0.0.1', () => {
  console.log(`listens on http://127.0.0.1:${(http.address() as AddressInfo).port}/graphql`);
});
process.on('SIGTERM', () => process.exit(0));
