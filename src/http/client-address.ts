import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';

/** Where requests come from, as far as that can be believed. */
export interface ClientAddresses {
  /** The address of who asks: of the connection, or what our own proxies say of theirs. Null once the connection is gone. */
  of(request: IncomingMessage): string | null;
  /** Whether an address is of one of our own proxies. */
  isProxy(address: string): boolean;
}

/**
 * Finds out who asks. `X-Forwarded-For` is read from its end, for as long as one of our proxies has written it: what a client
 * has put into it itself is never believed, and without proxies it is not looked at.
 * @param proxies addresses, ranges (CIDR), or `loopback`, `linklocal`, `uniquelocal`
 */
export function createClientAddresses(proxies: readonly string[]): ClientAddresses {
  const isProxy = proxies.length === 0 ? () => false : proxyAddr.compile([...proxies]);
  return {
    isProxy: (address) => isProxy(address, 0),
    of(request) {
      const connected = request.socket.remoteAddress ?? null;
      if (connected === null) return null;
      const told = proxyAddr(request, isProxy);
      // A proxy may write what is no address, a name or a port say.
      return isIP(told) === 0 ? connected : told;
    },
  };
}
