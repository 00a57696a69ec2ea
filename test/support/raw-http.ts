import { connect } from 'node:net';
import type { Loose } from './client.js';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON if it is some. */
  readonly body: Loose;
}

function answerOf(head: string, body: string): RawAnswer {
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map((header) => /^([^:]+): (.*)$/.exec(header)).map((m) => [m?.[1]?.toLowerCase(), m?.[2]]);
  let parsed: unknown = body;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Not every answer is JSON.
  }
  return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(headers), body: parsed };
}

/** Cuts what was heard into answers, by their Content-Length. */
function answersOf(heard: string): RawAnswer[] {
  const end = heard.indexOf('\r\n\r\n');
  if (end < 0) return [];
  const head = heard.slice(0, end);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  return [answerOf(head, heard.slice(end + 4, end + 4 + length)), ...answersOf(heard.slice(end + 4 + length))];
}

/**
 * Sends bytes as they are, and waits until the service closes the connection; answers with what it said.
 * @param until `STAY`: the client never closes and goes on sending; a status: it closes once it has heard that
 */
export async function talk(url: string, text: string | Buffer, until: number | 'STAY' | 'CLOSE' = 'CLOSE') {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: until === 'STAY' });
  let heard = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    heard += part;
    if (typeof until === 'number' && heard.startsWith(`HTTP/1.1 ${until} `) && heard.includes('\r\n\r\n')) {
      socket.destroy();
    }
  });
  // The service may reset the connection of a client that goes on: `close` follows.
  socket.on('error', () => undefined);
  socket.write(text);
  const more = setInterval(() => {
    if (until === 'STAY') socket.write('more');
  }, 20);
  socket.once('close', () => clearInterval(more));
  await new Promise((resolve) => socket.once('close', resolve));
  return answersOf(heard);
}
