import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer as it came. */
export interface Reply {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/** One kept-alive HTTP/1.1 connection: as little work as can be, so that the server is what is measured. */
export interface Connection {
  /** Sends a request made by `post` or `get`; one at a time. */
  send(request: Buffer): Promise<Reply>;
  close(): void;
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const END_OF_HEAD = '\r\n\r\n';
const END_OF_CHUNKS = Buffer.from('0\r\n\r\n');

/** The length of a body that comes in chunks: up to the last; null while there is more to come. */
function dechunked(bytes: Buffer): string | null {
  if (!bytes.subarray(-END_OF_CHUNKS.length).equals(END_OF_CHUNKS)) return null;
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = bytes.indexOf('\r\n', at);
    const size = parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) return Buffer.concat(parts).toString();
    if (!(size > 0) || line + 2 + size > bytes.length) return null;
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}

function bodyOf(head: string, rest: Buffer): string | null {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) return dechunked(rest);
  return rest.length < Number(length) ? null : rest.toString('utf8', 0, Number(length));
}

function replyIn(bytes: Buffer): Reply | null {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const body = bodyOf(head, bytes.subarray(end + END_OF_HEAD.length));
  return body === null ? null : { status: Number(head.slice(9, 12)), head, body };
}

class KeptAlive implements Connection {
  #socket: Socket | null = null;
  #received: Buffer = Buffer.alloc(0);
  #waiting: Waiting | null = null;

  constructor(
    readonly url: URL,
    readonly from: string | undefined,
  ) {}

  async send(request: Buffer): Promise<Reply> {
    const socket = this.#socket ?? (await this.#open());
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      socket.write(request);
    });
  }

  close(): void {
    this.#socket?.destroy();
  }

  async #open(): Promise<Socket> {
    const socket = connect({
      ...{ host: this.url.hostname, port: Number(this.url.port), noDelay: true },
      ...(this.from !== undefined && { localAddress: this.from }),
    });
    await once(socket, 'connect');
    this.#received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => {
      this.#socket = null;
      this.#fail(new Error('the server closed the connection before it answered'));
    });
    return (this.#socket = socket);
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const reply = replyIn(this.#received);
    if (reply === null) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(reply);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }
}

/** A connection to a server, opened when it is first used. @param from an address of this machine, for budgets of addresses */
export function connectionTo(url: string, from?: string): Connection {
  return new KeptAlive(new URL(url), from);
}
