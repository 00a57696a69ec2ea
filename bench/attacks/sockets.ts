import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectionTo, type Connection, type Reply } from '../load/connection.js';

/** Attackers come from an address of their own, so that the budgets of their address are not those of others. */
export const ATTACKER = '127.0.0.2';
/** An act that waits longer for an answer gives up. */
const LONGEST_WAIT = 2_000;

/** Opens the attacker's connections. All of them are cut at the end. */
export interface Open {
  /** A TCP connection, once it is there; null where the server lets none in. */
  readonly socket: () => Promise<Socket | null>;
  /** A kept-alive HTTP connection, which is opened anew where the server has closed it. */
  readonly http: () => Asking;
  readonly closeAll: () => void;
}

/** Asks over HTTP. */
export interface Asking {
  /** The answer; null where there was none. */
  readonly ask: (request: Buffer) => Promise<Reply | null>;
}

/** Waits for an event of a socket for a while; whether it came before the socket closed. */
export async function heard(socket: Socket, event: string, milliseconds = LONGEST_WAIT): Promise<boolean> {
  const signal = AbortSignal.timeout(milliseconds);
  const closed = once(socket, 'close', { signal }).then(() => event === 'close');
  return Promise.race([once(socket, event, { signal }).then(() => true), closed]).catch(() => false);
}

function asking(url: URL, opened: Set<() => void>): Asking {
  let connection: Connection = connectionTo(url.href, ATTACKER);
  const close = () => connection.close();
  opened.add(close);
  return {
    async ask(request) {
      const late = sleep(LONGEST_WAIT, null, { ref: false });
      const reply = await Promise.race([connection.send(request).catch(() => null), late]);
      if (reply === null) {
        close();
        connection = connectionTo(url.href, ATTACKER);
      }
      return reply;
    },
  };
}

/** Opens connections to a server from the attacker's address. */
export function openTo(url: URL): Open {
  const opened = new Set<() => void>();
  return {
    async socket() {
      const socket = connect({ host: url.hostname, port: Number(url.port), localAddress: ATTACKER, noDelay: true });
      const close = () => socket.destroy();
      opened.add(close);
      socket.on('error', () => undefined);
      socket.on('close', () => opened.delete(close));
      return (await heard(socket, 'connect')) ? socket : null;
    },
    http: () => asking(url, opened),
    closeAll: () => opened.forEach((close) => close()),
  };
}
