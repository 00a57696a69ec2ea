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

/** Opens a port before the one at which a server listens. */
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
  const ownPort = await listen(listener, port);
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
