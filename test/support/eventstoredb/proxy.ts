import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands before a server and passes bytes on, so that its connections can be dropped and frozen. */
export interface Proxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Connections that were ever opened. */
  readonly opened: () => number;
  /** Cuts every connection, or the one that the server behind sees coming from a port. */
  drop(fromPort?: number): void;
  /** Passes nothing on in either direction, and takes connections without serving them, as a stopped process does. */
  freeze(): void;
  thaw(): void;
  /** Lets no further connections in, and waits until those that are open have ended. */
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

function carry(from: Socket, to: Socket, frozen: () => boolean): void {
  from.on('data', (chunk) => {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => {
      if (!frozen()) from.resume();
    });
  });
  from.on('end', () => to.end());
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroySoon());
}

const both = ({ client, server }: Pair): readonly Socket[] => [client, server];

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/**
 * Ports that no system hands out by itself. A proxy that stops gives its port back, and listens there again later:
 * meanwhile neither a server that takes any free port nor a connection to another server may get it.
 */
const NEVER_HANDED_OUT = { from: 20_000, below: 32_000 };
const ATTEMPTS = 50;

async function listenAtAnyPort(server: Server): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await listen(server, randomInt(NEVER_HANDED_OUT.from, NEVER_HANDED_OUT.below));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === ATTEMPTS) throw error;
    }
  }
}

/** Opens a port before the one at which a server listens: this port, or for 0 any that is free. */
export async function openProxy(port: number, target: () => number): Promise<Proxy> {
  const pairs = new Set<Pair>();
  let opened = 0;
  let frozen = false;
  const listener = createServer((client) => {
    opened += 1;
    const pair = { client, server: connect(target(), '127.0.0.1') };
    pairs.add(pair);
    carry(client, pair.server, () => frozen);
    carry(pair.server, client, () => frozen);
    client.on('close', () => pairs.delete(pair));
    for (const socket of both(pair)) {
      socket.setNoDelay(true);
      if (frozen) socket.pause();
    }
  });
  const ownPort = await (port === 0 ? listenAtAnyPort(listener) : listen(listener, port));
  const forEachSocket = (act: (socket: Socket) => void): void => [...pairs].flatMap(both).forEach(act);
  const drop = (fromPort?: number): void => {
    for (const pair of pairs) {
      if (fromPort === undefined || pair.server.localPort === fromPort)
        both(pair).forEach((socket) => socket.destroy());
    }
  };
  return {
    port: ownPort,
    open: () => pairs.size,
    opened: () => opened,
    drop,
    freeze() {
      frozen = true;
      forEachSocket((socket) => socket.pause());
    },
    thaw() {
      frozen = false;
      forEachSocket((socket) => socket.resume());
    },
    async close() {
      if (frozen) drop();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
