import type { IncomingHttpHeaders } from 'node:http';
import type { HttpFault } from './errors.js';

export interface OwnOriginsOptions {
  /** The origin of PUBLIC_URL; null where it is not set. */
  readonly publicOrigin: string | null;
  /** Whether browsers reach the service over TLS. */
  readonly tls: boolean;
}

/** Tells whether a page of another site makes a request, over HTTP or WebSocket. */
export type ComesFromOtherSite = (headers: IncomingHttpHeaders) => boolean;

/** The answer to a request that a page of another site makes. */
export const OTHER_SITE: HttpFault = {
  status: 403,
  code: 'FORBIDDEN',
  message:
    'This request comes from a page of another origin. Call the service from its own origin, or set PUBLIC_URL to the address that browsers use.',
};

function originOf(scheme: string, host: string): string | null {
  const address = `${scheme}://${host}`;
  return URL.canParse(address) ? new URL(address).origin : null;
}

/**
 * A browser sends `Origin` with every WebSocket and every POST, and no page can change it (RFC 6455 section 10.2, Fetch
 * section 3.1). Programs send none, and are let through: they have no cookies of others. A proxy may rewrite `Host`; then
 * PUBLIC_URL names the origin, or `Sec-Fetch-Site`, which only browsers send, says that the page is our own.
 */
export function createOwnOrigins({ publicOrigin, tls }: OwnOriginsOptions): ComesFromOtherSite {
  // A proxy may add TLS although the service does not know, but a page without TLS is no page of a service with it.
  const schemes = tls ? ['https'] : ['https', 'http'];

  function isOwn(origin: string, host: string | undefined): boolean {
    if (origin === publicOrigin) return true;
    return host !== undefined && schemes.some((scheme) => originOf(scheme, host) === origin);
  }

  return ({ origin, host, 'sec-fetch-site': sent }) => {
    if (origin !== undefined && isOwn(origin, host)) return false;
    const site = typeof sent === 'string' ? sent.toLowerCase() : undefined;
    if (site === 'cross-site' || site === 'same-site') return true;
    return origin !== undefined && site !== 'same-origin';
  };
}
